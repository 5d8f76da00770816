//! Conformance cases of `REBIAS`.

use super::Rebias;
use crate::ops::case::{Case, int8, uint8};

pub(crate) fn cases() -> Vec<Case> {
    let signed = int8(&[3, 7], 0.5, -28);
    let unsigned = uint8(&[3, 7], 0.5, 100);
    let quants = [signed.quant.clone(), unsigned.quant.clone()];
    vec![
        Case::new("to_int8", Rebias, vec![(unsigned, None)], &quants[..1]),
        Case::new("to_uint8", Rebias, vec![(signed, None)], &quants[1..]),
    ]
}
