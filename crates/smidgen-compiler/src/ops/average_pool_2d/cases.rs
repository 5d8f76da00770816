//! Conformance cases of `AVERAGE_POOL_2D`.

use super::AveragePool2d;
use crate::ops::case::Case;
use crate::ops::pool;

pub(crate) fn cases() -> Vec<Case> {
    pool::cases(AveragePool2d)
}
