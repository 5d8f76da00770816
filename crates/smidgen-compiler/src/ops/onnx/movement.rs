//! Elements in other places.

use super::activation::only;
use super::build::shape;
use super::convolution::{channels_first, channels_last};
use super::shape::repeat;
use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::concatenation::Concatenation;
use crate::ops::gather::Gather;
use crate::ops::import::axis;
use crate::ops::mirror_pad::MirrorPad;
use crate::ops::pad::Pad;
use crate::ops::slice::{Cut, Slice};
use crate::ops::split::Split;
use crate::tensor::{DType, Data, Shape};

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("CenterCropPad", center_crop_pad),
    row("Concat", concat),
    row("DepthToSpace", depth_to_space),
    row("Gather", gather),
    row("GatherElements", gather_elements),
    row("GatherND", gather_nd),
    row("Pad", pad),
    row("Slice", slice),
    row("SpaceToDepth", space_to_depth),
    row("Split", split),
    row("Tile", tile),
    row("Transpose", transpose),
    row("Trilu", trilu),
];

fn concat(b: &mut Build) -> Outputs {
    let inputs = b.present();
    let Some(&first) = inputs.first() else { return Ok(only(Term::EMPTY)) };
    let axis = axis(b.layer.integer("axis")?.unwrap_or(1), b.dims(first).len())?;
    let inputs: Vec<Term> = match b.layer.result.clone() {
        Some(quant) => {
            inputs.iter().map(|&x| b.requantised(x, &quant)).collect::<Result<_, _>>()?
        }
        None => inputs,
    };
    if inputs.len() == 1 {
        return Ok(only(inputs[0]));
    }
    b.apply(Concatenation { axis }, &inputs).map(only)
}

fn transpose(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let rank = b.dims(x).len();
    let permutation = match b.layer.integers("perm")? {
        Some(list) => list.iter().map(|&n| axis(n, rank)).collect::<Result<Vec<_>, _>>()?,
        None => (0..rank).rev().collect(),
    };
    b.transpose(x, &permutation).map(only)
}

fn tile(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let counts = b.integers(1)?;
    let natural = |&count: &i64| usize::try_from(count).ok().filter(|&count| count > 0);
    let counts: Option<Vec<usize>> = counts.iter().map(natural).collect();
    let counts = counts.filter(|counts| counts.len() == b.dims(x).len());
    let text = "input 1 must hold one positive number per axis";
    repeat(b, x, counts.ok_or_else(|| OpError::unsupported(text))?).map(only)
}

/// Sizes come from an attribute or since version 13 from input 1; else the parts are equal but for the
/// last one.
fn split(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let axis = axis(b.layer.integer("axis")?.unwrap_or(0), dims.len())?;
    let stated = match b.layer.integers("split")? {
        Some(list) => Some(list),
        None => b.optional_integers(1)?,
    };
    let sizes = if let Some(list) = stated {
        super::convolution::naturals("split", &list)?
    } else {
        let parts = b.layer.integer("num_outputs")?.and_then(|n| usize::try_from(n).ok());
        let parts = parts.unwrap_or(b.layer.node.outputs.len()).max(1);
        let size = dims[axis].div_ceil(parts);
        let last = size.checked_mul(parts - 1).and_then(|before| dims[axis].checked_sub(before));
        let last = last.filter(|&last| last > 0).ok_or_else(|| {
            OpError::inconsistent(format!("{} elements do not form {parts} parts", dims[axis]))
        })?;
        [vec![size; parts - 1], vec![last]].concat()
    };
    if sizes.len() == 1 {
        return Ok(only(x));
    }
    b.apply_all(Split { axis, sizes }, &[x])
}

fn whole(dims: &[usize]) -> Vec<Cut> {
    dims.iter().map(|&count| Cut { start: 0, step: 1, count }).collect()
}

/// The elements that cuts take, in as many axes.
pub(super) fn cut(b: &mut Build, x: Term, cuts: Vec<Cut>) -> Result<Term, OpError> {
    if cuts == whole(&b.dims(x)) {
        return Ok(x);
    }
    let shape = shape(cuts.iter().map(|cut| cut.count).collect())?;
    b.apply(Slice { cuts, shape, moved: None }, &[x])
}

/// Bounds are attributes before version 10, inputs since.
fn slice(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let (starts, ends, axes, steps) = if b.layer.opset() < 10 {
        let list = |name| b.layer.integers(name);
        (
            list("starts")?.unwrap_or_default(),
            list("ends")?.unwrap_or_default(),
            list("axes")?,
            None,
        )
    } else {
        (b.integers(1)?, b.integers(2)?, b.optional_integers(3)?, b.optional_integers(4)?)
    };
    let axes = axes.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = steps.unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), axes.len(), steps.len()].iter().any(|&len| len != starts.len()) {
        return Err(OpError::inconsistent("starts, ends, axes and steps differ in number"));
    }
    let mut cuts = whole(&dims);
    for (index, &number) in axes.iter().enumerate() {
        let axis = axis(number, dims.len())?;
        match range(dims[axis], starts[index], ends[index], steps[index])? {
            Some(cut) => cuts[axis] = cut,
            None => return Ok(only(Term::EMPTY)),
        }
    }
    cut(b, x, cuts).map(only)
}

/// What `start..end` in steps takes of `length` elements, if anything; ends outside are moved to the edge.
fn range(length: usize, start: i64, end: i64, step: i64) -> Result<Option<Cut>, OpError> {
    let length = length as i64;
    let at = |number: i64, low: i64, high: i64| {
        let number = if number < 0 { number.saturating_add(length) } else { number };
        number.clamp(low, high)
    };
    let (start, distance) = match step {
        0 => return Err(OpError::inconsistent("a step is 0")),
        1.. => {
            let start = at(start, 0, length);
            (start, at(end, 0, length) - start)
        }
        _ => {
            let start = at(start, 0, length - 1);
            (start, start - at(end, -1, length - 1))
        }
    };
    if distance <= 0 {
        return Ok(None);
    }
    let size = step.unsigned_abs().min(1 << 32) as i64;
    let count = distance.div_euclid(size) + i64::from(distance % size != 0);
    let step = (size * step.signum()) as isize;
    Ok(Some(Cut { start: start as usize, step, count: count as usize }))
}

fn gather(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let axis = axis(b.layer.integer("axis")?.unwrap_or(0), dims.len())?;
    let indices = b.input(1)?;
    let indices = wrapped(b, indices, dims[axis])?;
    b.apply(Gather::Axis { axis, batch_dims: 0 }, &[x, indices]).map(only)
}

/// Indices of which negative ones count from the end of an axis.
fn wrapped(b: &mut Build, indices: Term, length: usize) -> Result<Term, OpError> {
    if let Some(list) = b.constant(indices).and_then(Data::integers)
        && list.iter().all(|&index| index >= 0)
    {
        return Ok(indices);
    }
    let zero = b.number(0, indices)?;
    let length = b.number(length as i64, indices)?;
    let moved = b.add(indices, length)?;
    let is_negative = b.compare(crate::ops::compare::Relation::Less, indices, zero)?;
    b.choose(is_negative, moved, indices)
}

/// Each index replaces the place along an axis: as places in the flat tensor, which rows of one
/// element are gathered from.
fn gather_elements(b: &mut Build) -> Outputs {
    let (x, indices) = (b.input(0)?, b.input(1)?);
    let axis = axis(b.layer.integer("axis")?.unwrap_or(0), b.dims(x).len())?;
    let places = places(b, x, indices, axis)?;
    let elements = b.ty(x).shape.elements();
    let flat = b.reshape(x, [elements])?;
    b.apply(Gather::Axis { axis: 0, batch_dims: 0 }, &[flat, places]).map(only)
}

/// For each index, where in the flat `x` the element at its place lies once the index stands for the
/// place along an axis.
pub(super) fn places(b: &mut Build, x: Term, indices: Term, axis: usize) -> Result<Term, OpError> {
    let (shape, list) = (b.ty(x).shape.clone(), b.dims(indices));
    if shape.rank() != list.len() {
        return Err(OpError::inconsistent("data and indices must have as many dimensions"));
    }
    let indices = b.cast(indices, DType::I32)?;
    let indices = wrapped(b, indices, shape[axis])?;
    let strides = shape.strides();
    let step = b.value(Shape::scalar(), Data::I32(vec![int(strides[axis])?]));
    let along = b.multiply(indices, step)?;
    let index_shape = b.ty(indices).shape.clone();
    let own = index_shape.strides();
    let other = |flat: usize| -> usize {
        let at = |d: usize| flat / own[d] % index_shape[d] * strides[d];
        (0..list.len()).filter(|&d| d != axis).map(at).sum()
    };
    let others: Result<Vec<i32>, OpError> =
        (0..index_shape.elements()).map(|flat| int(other(flat))).collect();
    let others = b.value(index_shape.clone(), Data::I32(others?));
    b.add(along, others)
}

fn int(number: usize) -> Result<i32, OpError> {
    i32::try_from(number).map_err(|_| OpError::unsupported("the tensor is too large"))
}

fn gather_nd(b: &mut Build) -> Outputs {
    let (x, indices) = (b.input(0)?, b.input(1)?);
    let shared = b.layer.integer("batch_dims")?.unwrap_or(0);
    let (dims, list) = (b.dims(x), b.dims(indices));
    let shared = usize::try_from(shared).ok().filter(|&shared| shared < list.len().min(dims.len()));
    let Some(shared) = shared else {
        return Err(OpError::inconsistent("`batch_dims` is too large"));
    };
    let depth = list.last().copied().unwrap_or(0);
    if depth + shared > dims.len() {
        return Err(OpError::inconsistent("the indices have more numbers than there are axes"));
    }
    let lengths = dims[shared..shared + depth].iter().map(|&dim| dim as i64);
    let lengths = b.list(Data::I64(lengths.collect()))?;
    let lengths = b.cast(lengths, b.dtype(indices))?;
    let zero = b.number(0, indices)?;
    let moved = b.add(indices, lengths)?;
    let is_negative = b.compare(crate::ops::compare::Relation::Less, indices, zero)?;
    let mut indices = b.choose(is_negative, moved, indices)?;
    if shared > 0 {
        indices = with_batches(b, indices, shared)?;
    }
    b.apply(Gather::Nd, &[x, indices]).map(only)
}

/// Lists of indices that begin with the place along the first `shared` axes.
fn with_batches(b: &mut Build, indices: Term, shared: usize) -> Result<Term, OpError> {
    let mut shape_of_one = b.dims(indices);
    let last = shape_of_one.len() - 1;
    shape_of_one[last] = 1;
    let mut parts = Vec::new();
    for axis in 0..shared {
        let one = shape(shape_of_one.clone())?;
        let stride = one.strides()[axis];
        let numbers = (0..one.elements()).map(|flat| (flat / stride % one[axis]) as i64);
        let numbers = Data::I64(numbers.collect());
        let part = b.value(one, numbers);
        parts.push(b.cast(part, b.dtype(indices))?);
    }
    parts.push(indices);
    b.apply(Concatenation { axis: last }, &parts)
}

fn pad(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let old = b.layer.opset() < 11;
    let list = match b.layer.integers("pads")? {
        Some(list) => list,
        None => b.integers(1)?,
    };
    let axes = if old { None } else { b.optional_integers(3)? };
    let axes = axes.unwrap_or_else(|| (0..dims.len() as i64).collect());
    if list.len() != 2 * axes.len() {
        let text = format!("{} paddings for {} axes", list.len(), axes.len());
        return Err(OpError::inconsistent(text));
    }
    let mut amounts = vec![[0i64; 2]; dims.len()];
    for (index, &number) in axes.iter().enumerate() {
        amounts[axis(number, dims.len())?] = [list[index], list[axes.len() + index]];
    }
    let known = [("constant", 0), ("reflect", 1), ("edge", 2), ("wrap", 3)];
    let mode = b.layer.choice("mode", "constant", &known)?;
    // What is negative is cut off.
    let mut cuts = whole(&dims);
    for (cut, amounts) in cuts.iter_mut().zip(&amounts) {
        let [before, after] = amounts.map(|amount| usize::try_from(-amount.min(0)).unwrap_or(0));
        let left = cut.count.checked_sub(before).and_then(|left| left.checked_sub(after));
        let left = left.filter(|&left| left > 0);
        cut.count = left.ok_or_else(|| OpError::inconsistent("the padding cuts off everything"))?;
        cut.start = before;
    }
    let x = cut(b, x, cuts)?;
    let natural = |amount: i64| usize::try_from(amount.max(0)).unwrap_or(usize::MAX);
    let amounts: Vec<[usize; 2]> = amounts.iter().map(|pair| pair.map(natural)).collect();
    if amounts.iter().all(|pair| *pair == [0, 0]) {
        return Ok(only(x));
    }
    if mode != 0 {
        return surround(b, x, &amounts, mode).map(only);
    }
    let stated = if old { None } else { b.optional(2) };
    let value = match stated {
        Some(value) => {
            b.constant(value).cloned().filter(|value| value.len() == 1).ok_or_else(|| {
                OpError::unsupported("the value that is added must be one constant")
            })?
        }
        None if old => Data::F32(vec![b.layer.float("value", 0.0)?]),
        None => Data::zeros(b.dtype(x), 1),
    };
    b.apply(Pad { amounts, value }, &[x]).map(only)
}

/// A tensor surrounded by its own elements.
fn surround(b: &mut Build, x: Term, amounts: &[[usize; 2]], mode: i32) -> Result<Term, OpError> {
    let dims = b.dims(x);
    let reflects =
        mode == 1 && amounts.iter().zip(&dims).all(|(a, &dim)| a.iter().all(|&a| a < dim));
    if reflects {
        return b.apply(MirrorPad { amounts: amounts.to_vec(), repeats_edge: false }, &[x]);
    }
    let mut x = x;
    for (axis, &[before, after]) in amounts.iter().enumerate().filter(|(_, pair)| **pair != [0, 0])
    {
        let dim = dims[axis] as i64;
        let count = before.checked_add(after).and_then(|n| n.checked_add(dims[axis]));
        let total = shape(vec![count.unwrap_or(usize::MAX)])?.elements();
        let source = |at: usize| {
            let at = at as i64 - before as i64;
            let period = (2 * dim - 2).max(1);
            match mode {
                1 => (dim - 1) - (at.rem_euclid(period) - (dim - 1)).abs(),
                2 => at.clamp(0, dim - 1),
                _ => at.rem_euclid(dim),
            }
        };
        let indices = b.list(Data::I32((0..total).map(|at| source(at) as i32).collect()))?;
        x = b.apply(Gather::Axis { axis, batch_dims: 0 }, &[x, indices])?;
    }
    Ok(x)
}

/// The middle of a tensor, or the tensor in the middle of zeros.
fn center_crop_pad(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let sizes = super::convolution::naturals("shape", &b.integers(1)?)?;
    let axes = b.layer.integers("axes")?.unwrap_or_else(|| (0..dims.len() as i64).collect());
    if sizes.len() != axes.len() {
        return Err(OpError::inconsistent("there must be one size per axis"));
    }
    let (mut cuts, mut amounts) = (whole(&dims), vec![[0; 2]; dims.len()]);
    for (&number, size) in axes.iter().zip(sizes) {
        let axis = axis(number, dims.len())?;
        let (less, more) = (dims[axis].saturating_sub(size), size.saturating_sub(dims[axis]));
        cuts[axis] = Cut { start: less / 2, step: 1, count: dims[axis] - less };
        amounts[axis] = [more / 2, more - more / 2];
    }
    let x = cut(b, x, cuts)?;
    let value = Data::zeros(b.dtype(x), 1);
    b.apply(Pad { amounts, value }, &[x]).map(only)
}

/// Rows, columns, and the side of a square of pixels.
fn block(b: &Build, x: Term) -> Result<([usize; 4], usize), OpError> {
    let size = b.layer.integer("blocksize")?.unwrap_or(0);
    let size = usize::try_from(size).ok().filter(|&size| size > 0);
    match (&b.dims(x)[..], size) {
        (&[n, c, h, w], Some(size)) => Ok(([n, c, h, w], size)),
        _ => Err(OpError::inconsistent("needs 4 dimensions and a positive `blocksize`")),
    }
}

fn depth_to_space(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let ([n, c, h, w], size) = block(b, x)?;
    let depth = c / size.saturating_mul(size).max(1);
    if depth == 0 || c != depth * size * size {
        return Err(OpError::inconsistent(format!("{c} channels form no squares of {size}")));
    }
    let columns_first = b.layer.choice("mode", "DCR", &[("DCR", false), ("CRD", true)])?;
    let (split, permutation) = if columns_first {
        ([n, h, w, depth, size, size], [0, 1, 4, 2, 5, 3])
    } else {
        ([n, h, w, size, size, depth], [0, 1, 3, 2, 4, 5])
    };
    let x = channels_last(b, x)?;
    let x = b.reshape(x, split)?;
    let x = b.transpose(x, &permutation)?;
    let y = b.reshape(x, [n, h * size, w * size, depth])?;
    channels_first(b, y, 4).map(only)
}

fn space_to_depth(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let ([n, c, h, w], size) = block(b, x)?;
    if h % size != 0 || w % size != 0 {
        return Err(OpError::inconsistent(format!("{h}x{w} pixels form no squares of {size}")));
    }
    let x = channels_last(b, x)?;
    let x = b.reshape(x, [n, h / size, size, w / size, size, c])?;
    let columns_first = b.layer.choice("mode", "DCR", &[("DCR", false), ("CRD", true)])?;
    let permutation = if columns_first { [0, 1, 3, 5, 2, 4] } else { [0, 1, 3, 2, 4, 5] };
    let x = b.transpose(x, &permutation)?;
    let y = b.reshape(x, [n, h / size, w / size, c * size * size])?;
    channels_first(b, y, 4).map(only)
}

/// The upper or lower triangle of matrices; 0 elsewhere.
fn trilu(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let shift = b.optional_integers(1)?.and_then(|list| list.first().copied()).unwrap_or(0);
    let upper = b.layer.flag("upper", true)?;
    let [.., rows, columns] = b.dims(x)[..] else {
        return Err(OpError::inconsistent("the input must have at least 2 dimensions"));
    };
    let keeps = |row: usize, column: usize| {
        let distance = column as i64 - row as i64;
        if upper { distance >= shift } else { distance <= shift }
    };
    let mask = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let mask = Data::Bool(mask.map(|(row, column)| keeps(row, column)).collect());
    let mask = b.value(shape(vec![rows, columns])?, mask);
    let zero = b.number(0, x)?;
    b.choose(mask, x, zero).map(only)
}
