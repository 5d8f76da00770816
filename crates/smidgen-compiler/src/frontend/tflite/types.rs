//! Types of tensors. Error texts continue a sentence that names the tensor.

use crate::diag::Code;
use crate::frontend::MAX_TENSOR_BYTES;
use crate::ops::OpError;
use crate::ops::import::stored_bytes;
use crate::reader::tflite::{self, Quantization, Tensor};
use crate::tensor::{DType, Quant, Shape, TensorType};

/// The type of a tensor whose content, if there is any, fits it.
pub(super) fn tensor_type(tensor: &Tensor) -> Result<TensorType, OpError> {
    shaped_type(tensor, &tensor.shape)
}

/// The type of a tensor with `dims` in place of the shape in the file.
pub(super) fn shaped_type(tensor: &Tensor, dims: &[i32]) -> Result<TensorType, OpError> {
    // Quantised uint8 becomes int8: zero points and constants move by 128, the reals stay.
    let moved = tensor.element == tflite::TensorType::Uint8 && tensor.quantization.is_some();
    let dtype = match tensor.element {
        tflite::TensorType::Uint8 if moved => DType::I8,
        // Constants alone are stored in fewer bits; they are widened here.
        tflite::TensorType::Float16 if tensor.data.is_some() => DType::F32,
        tflite::TensorType::Int4 if tensor.data.is_some() => DType::I8,
        other => dtype(other)?,
    };
    if tensor.is_sparse {
        return Err(OpError::unsupported("is stored sparsely")
            .hint("convert the model without sparse weights"));
    }
    let shape = shape(dims)?;
    let quant = match &tensor.quantization {
        Some(quantization) if !matches!(dtype, DType::F32 | DType::Bool) => {
            quant(quantization, if moved { 128 } else { 0 })?
        }
        _ => Quant::None,
    };
    if let (DType::I8, Quant::PerTensor { zero_point, .. }) = (dtype, &quant)
        && i8::try_from(*zero_point).is_err()
    {
        let text = format!("has zero point `{zero_point}`, which int8 cannot hold");
        return Err(OpError::inconsistent(text));
    }
    let ty = TensorType { dtype, shape, quant };
    if ty.bytes() > MAX_TENSOR_BYTES {
        let text =
            format!("has type {ty} of {} bytes, the limit is {MAX_TENSOR_BYTES}", ty.bytes());
        return Err(OpError { code: Code::TooLarge, text, hint: None });
    }
    match tensor.data {
        Some(data) if data.len() != stored_bytes(tensor, &ty) => {
            let (holds, needs) = (data.len(), stored_bytes(tensor, &ty));
            let text = format!("holds {holds} bytes, but its type {ty} takes {needs}");
            Err(OpError::inconsistent(text))
        }
        _ => Ok(ty),
    }
}

fn dtype(element: tflite::TensorType) -> Result<DType, OpError> {
    let hint = match element {
        tflite::TensorType::Float32 => return Ok(DType::F32),
        tflite::TensorType::Int8 => return Ok(DType::I8),
        tflite::TensorType::Uint8 => return Ok(DType::U8),
        tflite::TensorType::Int16 => return Ok(DType::I16),
        tflite::TensorType::Int32 => return Ok(DType::I32),
        tflite::TensorType::Int64 => return Ok(DType::I64),
        tflite::TensorType::Bool => return Ok(DType::Bool),
        tflite::TensorType::Float16 => "convert the model to float32 or to int8",
        _ => "convert the model with full integer quantisation to int8",
    };
    let name = tflite::type_name(element);
    Err(OpError::unsupported(format!("has element type `{name}`, which is not supported"))
        .hint(hint))
}

/// The shape; sizes of -1 or less are those that only the running model knows.
fn shape(dims: &[i32]) -> Result<Shape, OpError> {
    let sizes: Option<Vec<usize>> = dims.iter().map(|&dim| usize::try_from(dim).ok()).collect();
    let Some(sizes) = sizes else {
        let text = format!("has shape {dims:?}, which is not known before the model runs");
        return Err(OpError { code: Code::DynamicShape, text, hint: None }
            .hint("convert the model with fixed input shapes"));
    };
    Shape::new(sizes).map_err(|error| OpError::inconsistent(format!("has shape {dims:?}: {error}")))
}

/// The quantisation of integers that `offset` was subtracted from.
fn quant(quantization: &Quantization, offset: i64) -> Result<Quant, OpError> {
    let Quantization { scale, zero_point, axis, other_scheme } = quantization;
    if *other_scheme {
        return Err(OpError::unsupported("is not quantised per tensor or per axis"));
    }
    let quant = if let [scale] = **scale {
        let zero_point = zero_point.first().copied().unwrap_or(0);
        let moved = zero_point.checked_sub(offset).and_then(|moved| i32::try_from(moved).ok());
        let zero_point = moved.ok_or_else(|| {
            OpError::inconsistent(format!("has zero point `{zero_point}`, which int32 cannot hold"))
        })?;
        Quant::per_tensor(scale, zero_point)
    } else {
        if zero_point.iter().any(|&zero_point| zero_point != offset) {
            return Err(OpError::unsupported(
                "is quantised per axis with zero points other than 0",
            ));
        }
        Quant::per_axis(*axis, scale.clone())
    };
    quant.map_err(|error| OpError::inconsistent(format!("has wrong quantisation: {error}")))
}
