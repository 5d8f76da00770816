//! Conformance cases of `RANGE`.

use super::Range;
use crate::ops::case::{Case, plain};
use crate::tensor::{Data, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let case = |name: &str, count, numbers: [Data; 3]| {
        let input = |data: Data| (plain(data.dtype(), &[]), Some(data));
        Case::new(name, Range { count }, numbers.map(input).into(), &[Quant::None])
    };
    vec![
        case("up_int32", 7, [2, 9, 1].map(|x| Data::I32(vec![x]))),
        case("down_int64", 5, [5, -4, -2].map(|x| Data::I64(vec![x]))),
        case("one_int64", 1, [5, 6, 9].map(|x| Data::I64(vec![x]))),
        case("float32", 7, [0.1, 2.0, 0.3].map(|x| Data::F32(vec![x]))),
    ]
}
