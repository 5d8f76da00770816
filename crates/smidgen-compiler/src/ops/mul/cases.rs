//! Conformance cases of `MUL`.

use super::Mul;
use crate::ops::Activation;
use crate::ops::case::Case;
use crate::ops::common::binary::{operand_cases, single_cases};
use crate::tensor::Rounding;

pub(crate) fn cases() -> Vec<Case> {
    let op = |rounding| move |activation: Activation| Mul { activation, rounding };
    let mut cases = operand_cases(op(Rounding::Tflm));
    cases.extend(single_cases(op(Rounding::Onnx)));
    cases
}
