//! Conformance cases of `BITCAST`: every pair of types.

use super::Bitcast;
use crate::ops::OpDef;
use crate::ops::case::{Case, plain};
use crate::tensor::Quant;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &from in Bitcast::TYPES {
        for &to in Bitcast::TYPES {
            let parts = (to.bytes() / from.bytes()).max(1);
            let ty = plain(from, &[3, parts]);
            let name = format!("{from}_to_{to}");
            cases.push(Case::new(&name, Bitcast { to }, vec![(ty, None)], &[Quant::None]));
        }
    }
    cases
}
