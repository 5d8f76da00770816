//! `PAD` and `PADV2` to TFLite.

use super::{Pad, zero};
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Padding, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Data, Shape, TensorType};

impl ToTflite for Pad {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        layer(site, &self.amounts, &self.value).written()
    }
}

/// Operand 0 of a site, an image, with what a window needs around it.
pub(in crate::ops) fn padded(
    site: &Site,
    padding: Padding,
    value: &Data,
) -> Result<Input, OpError> {
    let Padding { top, bottom, left, right } = padding;
    let amounts = [[0, 0], [top, bottom], [left, right], [0, 0]];
    let ty = site.input(0);
    let dims = crate::ops::common::movement::padded(&ty.shape, &amounts)?;
    let shape = Shape::new(dims).map_err(|error| OpError::inconsistent(error.to_string()))?;
    let padded = TensorType { shape, ..ty.clone() };
    let image = Site { inputs: vec![site.inputs[0]], outputs: vec![&padded] };
    Ok(Input::Result(Box::new(layer(&image, &amounts, value)), padded.clone()))
}

fn layer(site: &Site, amounts: &[[usize; 2]], value: &Data) -> Layer {
    let means_zero = zero(site.output(0)).is_ok_and(|zero| zero == *value);
    let mut inputs = vec![Input::Operand(0), Input::pairs(amounts)];
    let builtin = if means_zero {
        BuiltinOperator::Pad
    } else {
        let ty = TensorType { shape: Shape::scalar(), ..site.output(0).clone() };
        inputs.push(Input::Constant(ty, value.clone()));
        BuiltinOperator::Padv2
    };
    let by_type = by_type(site, &[(DType::I8, 2), (DType::I16, 3), (DType::Bool, 5)]);
    let version = if site.input(0).shape.rank() > 4 { by_type.max(4) } else { by_type };
    Layer::new(builtin, site).reading(inputs).version(version)
}
