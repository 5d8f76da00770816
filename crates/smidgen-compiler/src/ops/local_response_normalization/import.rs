//! `LOCAL_RESPONSE_NORMALIZATION` from TFLite.

use super::LocalResponseNormalization;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for LocalResponseNormalization {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::LocalResponseNormalization];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options = layer.options(|options| match options {
            BuiltinOptionsRef::LocalResponseNormalizationOptions(options) => Some(options),
            _ => None,
        })?;
        let radius = options.radius()?;
        let radius = usize::try_from(radius)
            .map_err(|_| OpError::inconsistent(format!("the radius is {radius}")))?;
        let [bias, alpha, beta] = [options.bias()?, options.alpha()?, options.beta()?];
        if ![bias, alpha, beta].iter().all(|number| number.is_finite()) {
            return Err(OpError::inconsistent("bias, alpha and beta must be finite"));
        }
        Ok(Imported::all(Self { radius, bias, alpha, beta }))
    }
}
