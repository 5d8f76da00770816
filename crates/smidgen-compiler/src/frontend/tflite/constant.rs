//! Contents of constant tensors, as stored or as the real numbers they stand for.

use crate::reader::tflite::Tensor;
use crate::tensor::{DType, Data, Quant, TensorType};

/// Whether a tensor holds int8 numbers that stand for real ones.
pub(super) fn is_quantised_weight(tensor: &Tensor, ty: &TensorType) -> bool {
    tensor.data.is_some() && ty.dtype == DType::I8 && ty.quant != Quant::None
}

/// The real numbers that quantised elements of type `ty` stand for.
pub(super) fn dequantised(data: &[i8], ty: &TensorType) -> Data {
    let real = |index: usize, stored: i8| match &ty.quant {
        Quant::None => f32::from(stored),
        Quant::PerTensor { scale, zero_point } => {
            (i64::from(stored) - i64::from(*zero_point)) as f32 * scale
        }
        Quant::PerAxis { axis, scales } => {
            let inner: usize = ty.shape.dims()[axis + 1..].iter().product();
            f32::from(stored) * scales[index / inner % scales.len()]
        }
    };
    Data::F32(data.iter().enumerate().map(|(index, &stored)| real(index, stored)).collect())
}
