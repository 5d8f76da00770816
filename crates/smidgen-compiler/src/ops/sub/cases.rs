//! Conformance cases of `SUB`.

use super::Sub;
use crate::ops::Activation;
use crate::ops::case::Case;
use crate::ops::common::binary::operand_cases;

pub(crate) fn cases() -> Vec<Case> {
    operand_cases(|activation: Activation| Sub { activation, shifting: false })
}
