//! `STORE` to TFLite: the assignment of a variable.

use super::Store;
use crate::ops::export::{ToTflite, Written};
use crate::ops::{OpError, Site};

impl ToTflite for Store {
    fn to_tflite(&self, _: &Site) -> Result<Written, OpError> {
        Ok(Written::Assignment)
    }
}
