//! Constant tensors: one form for every way of storing them.

use smidgen_schema::onnx::TensorProto;

use super::limits::{MAX_RANK, MAX_TENSOR_BYTES};
use super::{Bytes, ElementType, Externals, external};
use crate::diag::Code;

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Name, possibly empty.
    pub name: String,
    /// Element type; never `Undefined`.
    pub element: ElementType,
    /// Dimensions, outermost first.
    pub dims: Vec<usize>,
    /// Elements in little-endian row-major order; those of less than a byte are packed, the first in the lowest bits.
    /// Exactly as many bytes as type and dimensions take, but none for text, which no network computes with.
    pub bytes: Bytes,
}

/// Why a tensor cannot be used: the kind of problem, and words that continue a sentence about the tensor.
pub(super) type Problem = (Code, String);

/// Bits of an element; 0 for text.
pub fn element_bits(element: ElementType) -> usize {
    use ElementType as E;
    match element {
        E::Undefined | E::String => 0,
        E::Int2 | E::Uint2 => 2,
        E::Int4 | E::Uint4 | E::Float4e2m1 => 4,
        E::Float6e2m3 | E::Float6e3m2 => 6,
        E::Float8e4m3fn
        | E::Float8e4m3fnuz
        | E::Float8e5m2
        | E::Float8e5m2fnuz
        | E::Float8e8m0
        | E::Bool
        | E::Int8
        | E::Uint8 => 8,
        E::Int16 | E::Uint16 | E::Float16 | E::Bfloat16 => 16,
        E::Int32 | E::Uint32 | E::Float => 32,
        E::Int64 | E::Uint64 | E::Double | E::Complex64 => 64,
        E::Complex128 => 128,
    }
}

impl Tensor {
    /// Number of elements.
    pub fn elements(&self) -> usize {
        self.dims.iter().product()
    }
}

/// Bytes of `elements` elements.
pub(super) fn stored_bytes(element: ElementType, elements: usize) -> usize {
    (elements * element_bits(element)).div_ceil(8)
}

/// Reads a tensor. Its content costs at most what `pay` accepts.
pub(super) fn tensor(
    part: &TensorProto,
    externals: &Externals,
    mut pay: impl FnMut(usize) -> bool,
) -> Result<Tensor, Problem> {
    let element = element_type(part.data_type())?;
    let (dims, elements) = dimensions(&part.dims, element)?;
    if part.segment.is_some() {
        return Err((Code::UnsupportedForm, "is stored in segments".to_owned()));
    }
    let needed = stored_bytes(element, elements);
    let bytes = if external::location(part).is_some() {
        external::content(part, needed, externals).map_err(malformed)?
    } else if let Some(raw) = &part.raw_data {
        raw.clone()
    } else if element == ElementType::String {
        fits("texts", part.string_data.len(), elements)?;
        Bytes::new()
    } else if pay(needed) {
        typed(part, element, elements)?
    } else {
        return Err((Code::TooLarge, "takes more memory than is left for the file".to_owned()));
    };
    fits("bytes", bytes.len(), needed)?;
    Ok(Tensor { name: part.name().to_owned(), element, dims, bytes })
}

/// The element type of a number in the file.
pub(super) fn element_type(number: i32) -> Result<ElementType, Problem> {
    let known = ElementType::try_from(number).ok().filter(|e| *e != ElementType::Undefined);
    known.ok_or_else(|| (Code::Malformed, format!("has element type {number}, which is unknown")))
}

/// Dimensions and the number of elements, which is small enough for a tensor.
pub(super) fn dimensions(
    dims: &[i64],
    element: ElementType,
) -> Result<(Vec<usize>, usize), Problem> {
    if dims.len() > MAX_RANK {
        let text = format!("has {} dimensions, the limit is {MAX_RANK}", dims.len());
        return Err((Code::TooLarge, text));
    }
    let sizes: Result<Vec<_>, _> = dims.iter().map(|dim| usize::try_from(*dim)).collect();
    let sizes = sizes.map_err(|_| malformed(format!("has shape {dims:?}")))?;
    let empty = sizes.contains(&0);
    let elements = sizes.iter().try_fold(1, |product: usize, size| product.checked_mul(*size));
    let limit = MAX_TENSOR_BYTES * 8 / element_bits(element).max(1);
    match elements.or(empty.then_some(0)) {
        Some(elements) if elements <= limit => Ok((sizes, elements)),
        _ => {
            let text = format!("has shape {dims:?}, the limit is {MAX_TENSOR_BYTES} bytes");
            Err((Code::TooLarge, text))
        }
    }
}

/// Content from the list that belongs to the element type.
fn typed(part: &TensorProto, element: ElementType, elements: usize) -> Result<Bytes, Problem> {
    use ElementType as E;
    let bits = element_bits(element);
    Ok(match element {
        E::Float => numbers(&part.float_data, elements, f32::to_le_bytes)?,
        E::Complex64 => numbers(&part.float_data, 2 * elements, f32::to_le_bytes)?,
        E::Double => numbers(&part.double_data, elements, f64::to_le_bytes)?,
        E::Complex128 => numbers(&part.double_data, 2 * elements, f64::to_le_bytes)?,
        E::Int64 => numbers(&part.int64_data, elements, i64::to_le_bytes)?,
        E::Uint64 => numbers(&part.uint64_data, elements, u64::to_le_bytes)?,
        E::Uint32 => numbers(&part.uint64_data, elements, |number| (number as u32).to_le_bytes())?,
        E::Int32 => numbers(&part.int32_data, elements, i32::to_le_bytes)?,
        _ if bits == 16 => numbers(&part.int32_data, elements, |n| (n as u16).to_le_bytes())?,
        _ if bits == 8 => numbers(&part.int32_data, elements, |number| [number as u8])?,
        _ if bits == 6 => sextets(&part.int32_data, elements)?,
        // Each entry is a byte of several elements.
        _ => numbers(&part.int32_data, stored_bytes(element, elements), |byte| [byte as u8])?,
    })
}

fn numbers<T: Copy, const N: usize>(
    list: &[T],
    entries: usize,
    bytes: impl Fn(T) -> [u8; N],
) -> Result<Bytes, Problem> {
    fits("numbers", list.len(), entries)?;
    let mut out = Vec::with_capacity(entries * N);
    out.extend(list.iter().flat_map(|number| bytes(*number)));
    Ok(out.into())
}

/// Elements of 6 bits, four in three bytes.
fn sextets(list: &[i32], elements: usize) -> Result<Bytes, Problem> {
    fits("numbers", list.len(), elements)?;
    let groups = list.chunks(4).flat_map(|group| {
        let bits = group.iter().rev().fold(0, |bits, number| bits << 6 | (*number as u32 & 0x3f));
        bits.to_le_bytes().into_iter().take((group.len() * 6).div_ceil(8))
    });
    Ok(groups.collect::<Vec<_>>().into())
}

fn fits(what: &str, holds: usize, needs: usize) -> Result<(), Problem> {
    if holds == needs {
        return Ok(());
    }
    let text = format!("holds {holds} {what}, but its type and shape take {needs}");
    Err((Code::Inconsistent, text))
}

fn malformed(text: String) -> Problem {
    (Code::Malformed, text)
}
