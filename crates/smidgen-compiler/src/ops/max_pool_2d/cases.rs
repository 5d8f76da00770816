//! Conformance cases of `MAX_POOL_2D`.

use super::MaxPool2d;
use crate::ops::case::Case;
use crate::ops::pool;

pub(crate) fn cases() -> Vec<Case> {
    pool::cases(MaxPool2d)
}
