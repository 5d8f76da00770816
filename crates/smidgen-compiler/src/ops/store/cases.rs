//! Conformance cases of `STORE`.

use super::{OpDef, Store};
use crate::ops::case::{Case, plain};
use crate::tensor::Quant;

pub(crate) fn cases() -> Vec<Case> {
    let case = |&dtype| {
        let ty = plain(dtype, &[3, 5]);
        Case::new(&format!("{dtype}"), Store, vec![(ty.clone(), None), (ty, None)], &[Quant::None])
    };
    Store::TYPES.iter().map(case).collect()
}
