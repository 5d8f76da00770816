//! Conformance cases of `BROADCAST_ARGS`.

use super::BroadcastArgs;
use crate::ops::case::{Case, plain};
use crate::tensor::{Data, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let case = |name: &str, a: Data, b: &[usize]| {
        let inputs =
            vec![(plain(a.dtype(), &[a.len()]), Some(a.clone())), (plain(a.dtype(), b), None)];
        Case::new(name, BroadcastArgs, inputs, &[Quant::None])
    };
    vec![
        case("same_rank_int32", Data::I32(vec![1, 5, 1]), &[3]),
        case("longer_int64", Data::I64(vec![1, 5]), &[4]),
        case("shorter_int32", Data::I32(vec![2, 1, 1, 3]), &[2]),
    ]
}
