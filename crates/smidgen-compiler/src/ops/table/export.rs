//! `TABLE` to TFLite, which has no such operator.

use super::Lookup;
use crate::ops::export::{ToTflite, Written};
use crate::ops::{OpError, Site};

impl ToTflite for Lookup {
    fn to_tflite(&self, _: &Site) -> Result<Written, OpError> {
        Err(OpError::unsupported("looks results up in a table, which no layer of TFLite does")
            .hint("write the model before it is optimised"))
    }
}
