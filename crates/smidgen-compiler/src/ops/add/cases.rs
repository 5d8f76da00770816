//! Conformance cases of `ADD`.

use super::Add;
use crate::ops::Activation;
use crate::ops::case::Case;
use crate::ops::common::binary::operand_cases;

pub(crate) fn cases() -> Vec<Case> {
    operand_cases(|activation: Activation| Add { activation, shifting: false })
}
