//! Sparse tensors, which become dense ones.

use smidgen_schema::onnx::{SparseTensorProto, TensorProto};

use super::tensor::{Problem, dimensions, element_type, stored_bytes, tensor};
use super::{ElementType, Externals, Tensor, element_bits};
use crate::diag::Code;

/// Expands a sparse tensor, which is named like its values. The result costs at most what `pay` accepts.
pub(super) fn expand(
    part: &SparseTensorProto,
    externals: &Externals,
    mut pay: impl FnMut(usize) -> bool,
) -> Result<Tensor, Problem> {
    let missing = |what: &str| (Code::Malformed, format!("is sparse, but has no {what}"));
    let values = part.values.as_ref().ok_or_else(|| missing("values"))?;
    let indices = part.indices.as_ref().ok_or_else(|| missing("indices"))?;
    let element = element_type(values.data_type())?;
    let (dims, elements) = dimensions(&part.dims, element)?;
    let width = element_bits(element) / 8;
    if width == 0 {
        let text = format!("is sparse, with elements of type `{}`", element.as_str_name());
        return Err((Code::UnsupportedForm, text));
    }
    if !pay(stored_bytes(element, elements)) {
        return Err((Code::TooLarge, "takes more memory than is left for the file".to_owned()));
    }
    let places = places(indices, &dims, externals, &mut pay)?;
    let values = tensor(values, externals, &mut pay)?;
    if values.dims != [places.len()] {
        let text = format!("has values of shape {:?}, but {} indices", values.dims, places.len());
        return Err((Code::Inconsistent, text));
    }
    let mut bytes = vec![0; elements * width];
    for (place, value) in places.iter().zip(values.bytes.chunks_exact(width)) {
        bytes[place * width..][..width].copy_from_slice(value);
    }
    Ok(Tensor { name: values.name, element, dims, bytes: bytes.into() })
}

/// Positions of the values in the dense tensor, each within it.
fn places(
    part: &TensorProto,
    dims: &[usize],
    externals: &Externals,
    pay: &mut impl FnMut(usize) -> bool,
) -> Result<Vec<usize>, Problem> {
    let indices = tensor(part, externals, &mut *pay)?;
    let wrong = |text: String| (Code::Malformed, text);
    // Indices along each axis, or one along all of them.
    let flat = [dims.iter().product()];
    let axes = match *indices.dims {
        [_] => &flat,
        [_, rank] if rank == dims.len() => dims,
        _ => return Err(wrong(format!("has indices of shape {:?}", indices.dims))),
    };
    if indices.element != ElementType::Int64 {
        return Err(wrong(format!("has indices of type `{}`", indices.element.as_str_name())));
    }
    let (words, _) = indices.bytes.as_chunks::<8>();
    if !pay(words.len() * size_of::<usize>()) {
        return Err((Code::TooLarge, "has too many indices".to_owned()));
    }
    let place = |index: &[[u8; 8]]| {
        let digits = index.iter().map(|word| i64::from_le_bytes(*word));
        digits.zip(axes).try_fold(0, |place, (index, size)| {
            let inside = usize::try_from(index).ok().filter(|index| index < size);
            let place = inside.map(|index| place * size + index);
            place.ok_or_else(|| wrong(format!("has index {index} along {size} elements")))
        })
    };
    words.chunks_exact(axes.len().max(1)).map(place).collect()
}
