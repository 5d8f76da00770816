//! Tensors and their quantisation.

use smidgen_schema::tflite as schema;

use super::limits::MAX_RANK;
use super::list::{numbers, text};
use super::parse::Context;
use super::place::{Log, Place};
use super::{Quantization, Tensor, TensorType};
use crate::diag::Code;

/// Reads a tensor; a damaged one becomes a scalar, with its problems noted, so that indices stay valid.
pub(super) fn tensor<'a>(
    log: &mut Log,
    context: &Context<'a>,
    (subgraph, index): (usize, usize),
    part: Option<schema::TensorRef<'a>>,
) -> Tensor<'a> {
    let Some(part) = part else { return damaged() };
    let unnamed = Place::Tensor { subgraph, tensor: index, name: "" };
    let name = text(log, unnamed, "name", part.name());
    let place = Place::Tensor { subgraph, tensor: index, name: &name };
    let (shape, shape_signature) = shapes(log, place, part);
    let quantization = log
        .take(place, "quantisation", part.quantization())
        .and_then(|part| quantization(log, place, part, &shape));
    let element = log.take(place, "type", part.type_().map(Some)).unwrap_or(TensorType::Float32);
    let is_variable = log.take(place, "is_variable", part.is_variable());
    let is_sparse = log.take(place, "sparsity", part.sparsity().map(|sparsity| sparsity.is_some()));
    let data = content(log, context, place, part);
    Tensor { name, element, shape, shape_signature, data, quantization, is_variable, is_sparse }
}

fn damaged<'a>() -> Tensor<'a> {
    Tensor {
        name: "".into(),
        element: TensorType::Float32,
        shape: Vec::new(),
        shape_signature: Vec::new(),
        data: None,
        quantization: None,
        is_variable: false,
        is_sparse: false,
    }
}

/// Shape and shape signature, of equal rank where there are both.
fn shapes(log: &mut Log, place: Place, part: schema::TensorRef) -> (Vec<i32>, Vec<i32>) {
    let shape = numbers(log, place, "shape", part.shape());
    let signature = numbers(log, place, "shape signature", part.shape_signature());
    if shape.len() > MAX_RANK {
        let text = format_args!(": {} dimensions, the limit is {MAX_RANK}", shape.len());
        log.note_at(Code::TooLarge, place, text);
    }
    if !signature.is_empty() && signature.len() != shape.len() {
        let (signature, shape) = (signature.len(), shape.len());
        let text = format_args!(
            ": the shape signature has {signature} dimensions, but the shape has {shape}"
        );
        log.malformed_at(place, text);
    }
    (shape, signature)
}

fn content<'a>(
    log: &mut Log,
    context: &Context<'a>,
    place: Place,
    part: schema::TensorRef,
) -> Option<&'a [u8]> {
    if log.take(place, "external buffer", part.external_buffer()) != 0 {
        log.note_at(Code::UnsupportedForm, place, ": its content lies in another file");
    }
    let buffer = log.take(place, "buffer", part.buffer());
    // Files without any buffer are valid: index 0 means that there is no content.
    match context.buffers.get(buffer as usize) {
        Some(content) => *content,
        None if buffer == 0 => None,
        None => {
            let count = context.buffers.len();
            let text =
                format_args!(": buffer index {buffer} out of range, the file has {count} buffers");
            log.malformed_at(place, text);
            None
        }
    }
}

/// Quantisation whose lists fit each other and the shape.
fn quantization(
    log: &mut Log,
    place: Place,
    part: schema::QuantizationParametersRef,
    shape: &[i32],
) -> Option<Quantization> {
    let scale = numbers(log, place, "scale", part.scale());
    let zero_point = numbers(log, place, "zero point", part.zero_point());
    let axis = log.take(place, "quantized dimension", part.quantized_dimension());
    let other_scheme = log.take(place, "quantisation details", part.details().map(|d| d.is_some()));
    let (scales, zero_points) = (scale.len(), zero_point.len());
    if zero_points != 0 && zero_points != scales {
        log.malformed_at(place, format_args!(": {scales} scales, but {zero_points} zero points"));
    }
    let axis = if scales > 1 { per_axis(log, place, axis, scales, shape) } else { 0 };
    (scales > 0 || other_scheme).then_some(Quantization { scale, zero_point, axis, other_scheme })
}

/// The axis of several scales, which must have as many indices.
fn per_axis(log: &mut Log, place: Place, axis: i32, scales: usize, shape: &[i32]) -> usize {
    let index = usize::try_from(axis).unwrap_or(usize::MAX);
    match shape.get(index) {
        Some(&size) if i64::from(size) == scales as i64 => return index,
        Some(size) => {
            let text = format_args!(": {scales} scales along axis {axis}, which has size {size}");
            log.note_at(Code::Inconsistent, place, text);
        }
        None => {
            let rank = shape.len();
            let text = format_args!(": {scales} scales along axis {axis}, but the rank is {rank}");
            log.note_at(Code::Inconsistent, place, text);
        }
    }
    0
}
