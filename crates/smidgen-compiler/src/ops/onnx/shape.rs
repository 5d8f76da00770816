//! Shapes, constants and changes of shape and element type.

use super::activation::only;
use super::build::shape;
use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::bitcast::Bitcast;
use crate::ops::import::{axis, half_to_f32};
use crate::ops::tile::Tile;
use crate::reader::onnx::{ElementType, Tensor};
use crate::tensor::{DType, Data, Shape};

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("BitCast", bit_cast),
    row("Cast", cast),
    row("CastLike", cast_like),
    row("Constant", constant),
    row("ConstantOfShape", constant_of_shape),
    row("Dropout", dropout),
    row("Expand", expand),
    row("EyeLike", eye_like),
    row("Flatten", flatten),
    row("Identity", |b| b.input(0).map(only)),
    row("Range", range),
    row("Reshape", reshape),
    row("Shape", shape_of),
    row("Size", size),
    row("Squeeze", squeeze),
    row("Unsqueeze", unsqueeze),
];

/// The element type of an attribute that holds the format's number for it.
fn element_type(b: &Build, name: &str) -> Result<Option<DType>, OpError> {
    let Some(number) = b.layer.integer(name)? else { return Ok(None) };
    let element = i32::try_from(number).ok().and_then(|number| ElementType::try_from(number).ok());
    let element = element.ok_or_else(|| {
        OpError::inconsistent(format!("attribute `{name}` is {number}, which is no element type"))
    })?;
    dtype(element).map(Some)
}

/// smidgen's element type for one of the format's. Floats of any precision are computed in single
/// precision.
pub fn dtype(element: ElementType) -> Result<DType, OpError> {
    Ok(match element {
        ElementType::Float | ElementType::Float16 | ElementType::Bfloat16 | ElementType::Double => {
            DType::F32
        }
        ElementType::Int8 => DType::I8,
        ElementType::Uint8 => DType::U8,
        ElementType::Int16 => DType::I16,
        ElementType::Int32 => DType::I32,
        ElementType::Int64 => DType::I64,
        ElementType::Bool => DType::Bool,
        other => {
            let text = format!("element type `{}` is not supported", other.as_str_name());
            return Err(OpError::unsupported(text)
                .hint("export the model with float32, int8, uint8, int16, int32, int64 or bool"));
        }
    })
}

fn cast(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let to = element_type(b, "to")?;
    let to = to.ok_or_else(|| OpError::inconsistent("attribute `to` is missing"))?;
    b.cast(x, to).map(only)
}

fn bit_cast(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let to = element_type(b, "to")?;
    let to = to.ok_or_else(|| OpError::inconsistent("attribute `to` is missing"))?;
    // Floats of other precisions are float32 here, and have not their bits.
    let code = b.layer.integer("to")?;
    if to == DType::F32 && code != Some(ElementType::Float as i64) {
        return Err(OpError::unsupported("floats of half and double precision have no bits here"));
    }
    b.apply(Bitcast { to }, &[x]).map(only)
}

fn cast_like(b: &mut Build) -> Outputs {
    let (x, like) = (b.input(0)?, b.input(1)?);
    b.cast(x, b.dtype(like)).map(only)
}

fn constant(b: &mut Build) -> Outputs {
    let attributes = b.layer.node;
    if let Some(value) = attributes.get("value_float")? {
        return Ok(only(b.float(value)));
    }
    if let Some(value) = attributes.get("value_int")? {
        return Ok(only(b.value(Shape::scalar(), Data::I64(vec![value]))));
    }
    if let Some(list) = attributes.floats("value_floats")? {
        return b.list(Data::F32(list.to_vec())).map(only);
    }
    if let Some(list) = attributes.ints("value_ints")? {
        return b.list(Data::I64(list.to_vec())).map(only);
    }
    let Some(tensor) = attributes.tensor("value")? else {
        return Err(OpError::unsupported("holds a text or a sparse tensor"));
    };
    if tensor.dims.contains(&0) {
        return Ok(only(Term::EMPTY));
    }
    let (shape, data) = tensor_data(tensor)?;
    Ok(only(b.value(shape, data)))
}

/// A shape, or why the dimensions are none.
///
/// # Errors
/// A dimension is 0, or there are too many elements.
pub fn new_shape(dims: Vec<usize>) -> Result<Shape, OpError> {
    shape(dims)
}

/// Shape and elements of a stored tensor.
pub fn tensor_data(tensor: &Tensor) -> Result<(Shape, Data), OpError> {
    let shape = shape(tensor.dims.clone())?;
    // Two of 4 bits to a byte, the first in the lower half.
    let halves = || {
        let halves = tensor.bytes.iter().flat_map(|&byte| [byte << 4, byte & 0xf0]);
        halves.take(shape.elements())
    };
    let data = match tensor.element {
        ElementType::Int4 => Some(Data::I8(halves().map(|half| half as i8 >> 4).collect())),
        ElementType::Uint4 => Some(Data::U8(halves().map(|half| half >> 4).collect())),
        element => stored(tensor, dtype(element)?),
    };
    let data = data.filter(|data| data.len() == shape.elements());
    let data = data.ok_or_else(|| {
        let text = format!("tensor `{}` does not have the elements of {shape}", tensor.name);
        OpError::inconsistent(text)
    })?;
    Ok((shape, data))
}

/// The elements of a tensor as `dtype`.
fn stored(tensor: &Tensor, dtype: DType) -> Option<Data> {
    fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Option<Data> {
        let (numbers, rest) = bytes.as_chunks::<N>();
        rest.is_empty().then(|| Data::F32(numbers.iter().map(|&bytes| number(bytes)).collect()))
    }
    let bytes = &tensor.bytes;
    match tensor.element {
        ElementType::Float16 => each(bytes, |bytes| half_to_f32(u16::from_le_bytes(bytes))),
        ElementType::Bfloat16 => each(bytes, |[low, high]| f32::from_le_bytes([0, 0, low, high])),
        ElementType::Double => each(bytes, |bytes| f64::from_le_bytes(bytes) as f32),
        _ => Data::from_le_bytes(dtype, bytes),
    }
}

fn constant_of_shape(b: &mut Build) -> Outputs {
    let dims = naturals(&b.optional_integers(0)?.unwrap_or_default())?;
    if dims.contains(&0) {
        return Ok(only(Term::EMPTY));
    }
    let shape = shape(dims)?;
    let tensor = b.layer.node.tensor("value")?;
    let (_, one) =
        tensor.map_or_else(|| Ok((Shape::scalar(), Data::F32(vec![0.0]))), tensor_data)?;
    if one.len() != 1 {
        return Err(OpError::inconsistent("attribute `value` must have one element"));
    }
    let one = b.value(Shape::scalar(), one);
    b.apply(Tile { counts: shape.dims().to_vec() }, &[one]).map(only)
}

/// Integers that may not be negative.
fn naturals(list: &[i64]) -> Result<Vec<usize>, OpError> {
    let natural = |&number: &i64| {
        usize::try_from(number)
            .map_err(|_| OpError::inconsistent(format!("{number} is no size: it is negative")))
    };
    list.iter().map(natural).collect()
}

/// During inference nothing is dropped, and the mask is true everywhere.
fn dropout(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    if let Some(training) = b.optional(2) {
        match b.constant(training) {
            Some(Data::Bool(list)) if list[..] == [false] => {}
            _ => return Err(OpError::unsupported("`training_mode` must be false")),
        }
    }
    if !b.layer.wants(1) {
        return Ok(only(x));
    }
    let shape = b.ty(x).shape.clone();
    let mask = Data::Bool(vec![true; shape.elements()]);
    let mask = b.value(shape, mask);
    Ok(vec![x, mask])
}

fn expand(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let wanted = naturals(&b.optional_integers(1)?.unwrap_or_default())?;
    let dims = b.dims(x);
    let rank = wanted.len().max(dims.len());
    let aligned = |list: &[usize]| [vec![1; rank - list.len()], list.to_vec()].concat();
    let (from, to) = (aligned(&dims), aligned(&wanted));
    let mut counts = Vec::new();
    for (&from, &to) in from.iter().zip(&to) {
        counts.push(match (from, to) {
            (1, to) => to,
            (_, 1) => 1,
            (from, to) if from == to => 1,
            _ => {
                let text = format!("{dims:?} cannot be expanded to {wanted:?}");
                return Err(OpError::inconsistent(text));
            }
        });
    }
    repeat(b, x, counts).map(only)
}

/// A tensor `counts` times along each axis.
pub(super) fn repeat(b: &mut Build, x: Term, counts: Vec<usize>) -> Result<Term, OpError> {
    if counts.len() == b.dims(x).len() && counts.iter().all(|&count| count == 1) {
        return Ok(x);
    }
    b.apply(Tile { counts }, &[x])
}

fn eye_like(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dtype = element_type(b, "dtype")?.unwrap_or(b.dtype(x));
    let first = b.layer.integer("k")?.unwrap_or(0);
    let [rows, columns] = b.dims(x)[..] else {
        return Err(OpError::inconsistent("the input must have 2 dimensions"));
    };
    let at = |row: usize| (0..columns).map(move |column| column as i64 - row as i64 == first);
    let ones: Vec<bool> = (0..rows).flat_map(at).collect();
    let shape = b.ty(x).shape.clone();
    let ones = b.value(shape, Data::Bool(ones));
    b.cast(ones, dtype).map(only)
}

fn flatten(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let number = b.layer.integer("axis")?.unwrap_or(1);
    let at = if number == dims.len() as i64 { dims.len() } else { axis(number, dims.len())? };
    let product = |dims: &[usize]| dims.iter().product();
    b.reshape(x, [product(&dims[..at]), product(&dims[at..])]).map(only)
}

fn range(b: &mut Build) -> Outputs {
    let inputs = b.all_inputs()?;
    let constants: Option<Vec<&Data>> = inputs.iter().map(|&input| b.constant(input)).collect();
    let data = match constants.as_deref() {
        Some([Data::F32(start), Data::F32(end), Data::F32(step)]) => {
            let count = ((f64::from(end[0]) - f64::from(start[0])) / f64::from(step[0])).ceil();
            let count = steps(count)?;
            Data::F32((0..count).map(|index| start[0] + index as f32 * step[0]).collect())
        }
        Some([start, end, step]) => {
            let number = |data: &Data| data.integers().and_then(|list| list.first().copied());
            let all = (number(start), number(end), number(step));
            let (Some(start), Some(end), Some(step)) = all else {
                return Err(OpError::inconsistent("the bounds must be numbers of one type"));
            };
            let count = (i128::from(end) - i128::from(start)) as f64 / step as f64;
            let terms = (0..steps(count.ceil())? as i64).map(|index| start + index * step);
            let wide = b.list(Data::I64(terms.collect()))?;
            return b.cast(wide, b.dtype(inputs[0])).map(only);
        }
        _ => return Err(OpError::unsupported("start, limit and step must be constant")),
    };
    b.list(data).map(only)
}

/// A number of steps as a size.
fn steps(count: f64) -> Result<usize, OpError> {
    if (1.0..=crate::tensor::MAX_ELEMENTS as f64).contains(&count) {
        return Ok(count as usize);
    }
    Err(OpError::unsupported(format!("the range would have {count} elements")))
}

fn reshape(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let wanted = match b.layer.integers("shape")? {
        Some(list) => list,
        None => b.optional_integers(1)?.unwrap_or_default(),
    };
    let keeps_zero = !b.layer.flag("allowzero", false)?;
    let from = b.dims(x);
    let mut dims = Vec::new();
    for (axis, &number) in wanted.iter().enumerate() {
        dims.push(match (number, from.get(axis)) {
            (0, Some(&dim)) if keeps_zero => dim as i64,
            _ => number,
        });
    }
    let open: Vec<usize> = (0..dims.len()).filter(|&axis| dims[axis] == -1).collect();
    if let [axis] = open[..] {
        let known = dims.iter().filter(|&&dim| dim != -1);
        let mut known = known;
        let known = known.try_fold(1i64, |n, &dim| n.checked_mul(dim)).filter(|&n| n > 0);
        let all: usize = from.iter().product();
        let open = known.filter(|&known| all as i64 % known == 0).map(|known| all as i64 / known);
        dims[axis] = open.ok_or_else(|| {
            OpError::inconsistent(format!("{from:?} cannot be reshaped to {wanted:?}"))
        })?;
    }
    b.reshape(x, naturals(&dims)?).map(only)
}

fn shape_of(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let rank = dims.len() as i64;
    let bound = |number: i64| {
        (if number < 0 { number.saturating_add(rank) } else { number }).clamp(0, rank)
    };
    let start = bound(b.layer.integer("start")?.unwrap_or(0)) as usize;
    let end = bound(b.layer.integer("end")?.unwrap_or(rank)) as usize;
    let dims = dims.get(start..end).unwrap_or_default();
    if dims.is_empty() {
        return Ok(only(Term::EMPTY));
    }
    b.list(Data::I64(dims.iter().map(|&dim| dim as i64).collect())).map(only)
}

fn size(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let elements = b.ty(x).shape.elements() as i64;
    Ok(only(b.value(Shape::scalar(), Data::I64(vec![elements]))))
}

/// Axes given by an attribute, or since version 13 by input 1.
fn stated_axes(b: &Build) -> Result<Option<Vec<i64>>, OpError> {
    match b.layer.integers("axes")? {
        Some(list) => Ok(Some(list)),
        None => b.optional_integers(1),
    }
}

fn squeeze(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let gone: Vec<usize> = match stated_axes(b)? {
        Some(list) => list.iter().map(|&n| axis(n, dims.len())).collect::<Result<_, _>>()?,
        None => (0..dims.len()).filter(|&axis| dims[axis] == 1).collect(),
    };
    if let Some(&axis) = gone.iter().find(|&&axis| dims[axis] != 1) {
        let text = format!("axis {axis} of {dims:?} cannot go, it is not 1");
        return Err(OpError::inconsistent(text));
    }
    let kept = (0..dims.len()).filter(|axis| !gone.contains(axis)).map(|axis| dims[axis]);
    b.reshape(x, kept.collect::<Vec<_>>()).map(only)
}

fn unsqueeze(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let list = stated_axes(b)?.ok_or_else(|| OpError::inconsistent("the new axes are missing"))?;
    let rank = dims.len() + list.len();
    let new: Vec<usize> = list.iter().map(|&n| axis(n, rank)).collect::<Result<_, _>>()?;
    let mut old = dims.iter();
    let all = (0..rank)
        .map(|axis| if new.contains(&axis) { 1 } else { old.next().copied().unwrap_or(1) });
    let all: Vec<usize> = all.collect();
    b.reshape(x, all).map(only)
}
