//! `ROWS` to TFLite, which has no such operator.

use super::Rows;
use crate::ops::export::{ToTflite, Written};
use crate::ops::{OpError, Site};

impl ToTflite for Rows {
    fn to_tflite(&self, _: &Site) -> Result<Written, OpError> {
        Err(OpError::unsupported("joins operators row by row, which no layer of TFLite does")
            .hint("write the model before it is optimised"))
    }
}
