//! Conformance cases of `MUL`.

use super::Mul;
use crate::ops::Activation;
use crate::ops::case::Case;
use crate::ops::common::binary::operand_cases;
use crate::tensor::Rounding;

pub(crate) fn cases() -> Vec<Case> {
    operand_cases(|activation: Activation| Mul { activation, rounding: Rounding::Tflm })
}
