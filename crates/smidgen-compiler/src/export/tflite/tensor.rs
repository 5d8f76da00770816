//! Types of tensors.

use super::file::text;
use crate::ops::export::element;
use crate::tensor::{Data, Quant, TensorType};
use smidgen_schema::tflite as schema;

/// A tensor without content.
pub(super) fn tensor(name: &str, ty: &TensorType) -> schema::Tensor {
    schema::Tensor {
        name: Some(text(name)),
        shape: Some(ty.shape.dims().iter().map(|&dim| dim as i32).collect()),
        type_: element(ty.dtype),
        quantization: quantization(&ty.quant).map(Box::new),
        ..Default::default()
    }
}

/// The type of quantised int8 as uint8: the same real numbers.
pub(super) fn unsigned(ty: &TensorType) -> TensorType {
    let quant = match ty.quant {
        Quant::PerTensor { scale, zero_point } => {
            Quant::PerTensor { scale, zero_point: zero_point + 128 }
        }
        ref other => other.clone(),
    };
    TensorType { dtype: crate::tensor::DType::U8, shape: ty.shape.clone(), quant }
}

/// The elements of quantised int8 as uint8.
pub(super) fn unsigned_data(data: &Data) -> Data {
    let Data::I8(elements) = data else { return data.clone() };
    Data::U8(elements.iter().map(|&element| element as u8 ^ 0x80).collect())
}

pub(super) fn quantization(quant: &Quant) -> Option<schema::QuantizationParameters> {
    let (scale, zero_point, axis) = match quant {
        Quant::None => return None,
        Quant::PerTensor { scale, zero_point } => (vec![*scale], vec![(*zero_point).into()], 0),
        Quant::PerAxis { axis, scales } => (scales.clone(), vec![0; scales.len()], *axis),
    };
    Some(schema::QuantizationParameters {
        scale: Some(scale),
        zero_point: Some(zero_point),
        quantized_dimension: axis as i32,
        ..Default::default()
    })
}
