//! Pools over one, two or three axes.

use super::activation::only;
use super::convolution::{Spatial, channels_first, channels_last, naturals, spatial_sizes};
use super::{Build, Row, Term, row};
use crate::ops::elementwise::Function as F;
use crate::ops::pad::Pad;
use crate::ops::pairwise::Function as P;
use crate::ops::pool_2d::{Function, Pool2d};
use crate::ops::reduce::Function as R;
use crate::ops::slice::{Cut, Slice};
use crate::ops::{Activation, OpError};
use crate::tensor::{DType, Data, Quant};

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("AveragePool", |b| pool(b, Kind::Average)),
    row("GlobalAveragePool", |b| global(b, |b, x, axes| b.reduce(R::Mean, x, axes, true))),
    row("GlobalLpPool", global_lp),
    row("GlobalMaxPool", |b| global(b, |b, x, axes| b.reduce(R::Max, x, axes, true))),
    row("LpPool", |b| pool(b, Kind::Lp)),
    row("MaxPool", |b| pool(b, Kind::Max)),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Average,
    Lp,
    Max,
}

/// A reduction over all spatial axes, with channels last as in the layers before it.
fn global(
    b: &mut Build,
    reduce: fn(&mut Build<'_>, Term, &[usize]) -> Result<Term, OpError>,
) -> Outputs {
    let x = b.input(0)?;
    let rank = b.dims(x).len();
    if !(3..=5).contains(&rank) {
        let axes: Vec<usize> = (2..rank).collect();
        return reduce(b, x, &axes).map(only);
    }
    let x = channels_last(b, x)?;
    let axes: Vec<usize> = (1..b.dims(x).len() - 1).collect();
    let y = reduce(b, x, &axes)?;
    channels_first(b, y, rank).map(only)
}

fn global_lp(b: &mut Build) -> Outputs {
    let order = b.layer.integer("p")?.unwrap_or(2) as f32;
    let x = b.input(0)?;
    let axes: Vec<usize> = (2..b.dims(x).len()).collect();
    let powers = magnitude_power(b, x, order)?;
    let sum = b.reduce(R::Sum, powers, &axes, true)?;
    root(b, sum, order).map(only)
}

/// `|x|^order`.
pub(super) fn magnitude_power(b: &mut Build, x: Term, order: f32) -> Result<Term, OpError> {
    if order.to_bits() == 2f32.to_bits() {
        return b.function(F::Square, x);
    }
    let size = b.function(F::Abs, x)?;
    if order.to_bits() == 1f32.to_bits() {
        return Ok(size);
    }
    let order = b.float(order);
    b.pairwise(P::Pow, size, order)
}

/// `x^(1 / order)`.
pub(super) fn root(b: &mut Build, x: Term, order: f32) -> Result<Term, OpError> {
    if order.to_bits() == 2f32.to_bits() {
        return b.function(F::Sqrt, x);
    }
    if order.to_bits() == 1f32.to_bits() {
        return Ok(x);
    }
    let order = b.float(1.0 / order);
    b.pairwise(P::Pow, x, order)
}

fn pool(b: &mut Build, kind: Kind) -> Outputs {
    if b.layer.wants(1) {
        return Err(OpError::unsupported("places of the maxima are not supported"));
    }
    let mut x = b.input(0)?;
    let sizes = spatial_sizes(b, x)?;
    let list = b.layer.integers("kernel_shape")?.unwrap_or_default();
    let kernel = naturals("kernel_shape", &list)?;
    if kernel.len() != sizes.len() || kernel.contains(&0) {
        let text = format!("attribute `kernel_shape` is {kernel:?} for {} axes", sizes.len());
        return Err(OpError::inconsistent(text));
    }
    let mut spatial = Spatial::new(b, kernel, &sizes)?;
    let inside =
        Inside { pads: spatial.pads.clone(), counts: b.layer.flag("count_include_pad", false)? };
    if b.layer.flag("ceil_mode", false)? {
        grow(&mut spatial, &sizes);
    }
    let rank = sizes.len() + 2;
    let dilated = spatial.dilation.iter().any(|&step| step != 1);
    let outside = |axis: usize| spatial.pads[axis].iter().any(|&pad| pad >= spatial.kernel[axis]);
    let simple = rank < 5 && !dilated && !(0..sizes.len()).any(outside);
    let real = b.dtype(x) == DType::F32 || b.ty(x).quant != Quant::None;
    if !simple || kind == Kind::Lp || !real {
        return by_taps(b, kind, x, &spatial, &inside).map(only);
    }
    let function = if kind == Kind::Max { Function::Max } else { Function::Average };
    if kind == Kind::Average && inside.counts && inside.pads.iter().any(|pads| *pads != [0, 0]) {
        // Zeros that count are part of the input.
        x = padded(b, x, &inside.pads, Data::F32(vec![0.0]))?;
        for (pads, [before, after]) in spatial.pads.iter_mut().zip(&inside.pads) {
            *pads = [pads[0] - before, pads[1] - after];
        }
    }
    let x = channels_last(b, x)?;
    let window = spatial.window();
    let mut kernel = [1; 2];
    kernel[4 - rank..].copy_from_slice(&spatial.kernel);
    let y = b.apply(Pool2d { function, kernel, window, activation: Activation::None }, &[x])?;
    channels_first(b, y, rank).map(only)
}

/// The padding that the model states, and whether it counts in means.
struct Inside {
    pads: Vec<[usize; 2]>,
    counts: bool,
}

/// Lets the last window reach beyond the padded input, if it starts inside it.
fn grow(spatial: &mut Spatial, sizes: &[usize]) {
    for (axis, &size) in sizes.iter().enumerate() {
        let [before, after] = spatial.pads[axis];
        let (length, stride) = (size + before + after, spatial.stride[axis]);
        let Some(reach) = length.checked_sub(spatial.extent(axis)) else { continue };
        let mut last = reach.div_ceil(stride);
        if last * stride >= size + before {
            last -= 1;
        }
        let needed = (last * stride).saturating_add(spatial.extent(axis));
        spatial.pads[axis][1] += needed.saturating_sub(length);
    }
}

fn padded(b: &mut Build, x: Term, pads: &[[usize; 2]], value: Data) -> Result<Term, OpError> {
    if pads.iter().all(|pads| *pads == [0, 0]) {
        return Ok(x);
    }
    let amounts = [&[[0, 0], [0, 0]], pads].concat();
    b.apply(Pad { amounts, value }, &[x])
}

/// Most taps of a window that is taken apart.
const MAX_TAPS: usize = 1024;

/// A pool as a function of the elements that each tap sees: for windows with gaps and for those over
/// three axes.
fn by_taps(
    b: &mut Build,
    kind: Kind,
    x: Term,
    spatial: &Spatial,
    inside: &Inside,
) -> Result<Term, OpError> {
    let count = spatial.kernel.iter().try_fold(1usize, |n, &k| n.checked_mul(k));
    if count.is_none_or(|count| count > MAX_TAPS) {
        let text = format!("a window of more than {MAX_TAPS} elements is not supported here");
        return Err(OpError::unsupported(text));
    }
    let order = b.layer.integer("p")?.unwrap_or(2) as f32;
    let dtype = b.dtype(x);
    let least = match dtype {
        DType::F32 => Data::F32(vec![f32::NEG_INFINITY]),
        DType::U8 => Data::U8(vec![0]),
        DType::I8 => Data::I8(vec![i8::MIN]),
        _ => return Err(OpError::unsupported(format!("element type `{dtype}` is not supported"))),
    };
    if kind == Kind::Max {
        let x = padded(b, x, &spatial.pads, least)?;
        return taps(b, x, spatial, |b, x, y| b.greatest(x, y));
    }
    let powers = if kind == Kind::Lp { magnitude_power(b, x, order)? } else { x };
    let powers = padded(b, powers, &spatial.pads, Data::F32(vec![0.0]))?;
    let sum = taps(b, powers, spatial, |b, x, y| b.add(x, y))?;
    if kind == Kind::Lp {
        return root(b, sum, order);
    }
    // How many elements of a window count, in the same way: a constant.
    let mut dims = b.dims(x);
    dims[..2].fill(1);
    let (one, extra): (f32, Vec<[usize; 2]>) = (1.0, spatial.pads.clone());
    let shape = super::build::shape(dims)?;
    let ones = Data::F32(vec![one; shape.elements()]);
    let ones = b.value(shape, ones);
    let counted =
        if inside.counts { padded(b, ones, &inside.pads, Data::F32(vec![1.0]))? } else { ones };
    let rest = |(all, counted): (&[usize; 2], &[usize; 2])| {
        if inside.counts { [all[0] - counted[0], all[1] - counted[1]] } else { *all }
    };
    let rest: Vec<[usize; 2]> = extra.iter().zip(&inside.pads).map(rest).collect();
    let counted = padded(b, counted, &rest, Data::F32(vec![0.0]))?;
    let number = taps(b, counted, spatial, |b, x, y| b.add(x, y))?;
    b.divide(sum, number)
}

/// Joins what each tap of a window over padded elements sees.
fn taps(
    b: &mut Build,
    x: Term,
    spatial: &Spatial,
    join: fn(&mut Build<'_>, Term, Term) -> Result<Term, OpError>,
) -> Result<Term, OpError> {
    let dims = b.dims(x);
    let counts: Option<Vec<usize>> = (0..spatial.kernel.len())
        .map(|axis| {
            let reach = dims[axis + 2].checked_sub(spatial.extent(axis))?;
            Some(reach / spatial.stride[axis] + 1)
        })
        .collect();
    let counts = counts.ok_or_else(|| OpError::inconsistent("the window exceeds its input"))?;
    let mut result = None;
    let mut tap = vec![0; spatial.kernel.len()];
    loop {
        let whole = dims[..2].iter().map(|&count| Cut { start: 0, step: 1, count });
        let cuts = (0..tap.len()).map(|axis| Cut {
            start: tap[axis] * spatial.dilation[axis],
            step: isize::try_from(spatial.stride[axis]).unwrap_or(isize::MAX),
            count: counts[axis],
        });
        let cuts: Vec<Cut> = whole.chain(cuts).collect();
        let shape = super::build::shape(cuts.iter().map(|cut| cut.count).collect())?;
        let seen = b.apply(Slice { cuts, shape, moved: None }, &[x])?;
        result = Some(match result {
            Some(before) => join(b, before, seen)?,
            None => seen,
        });
        // The next tap, the last axis first.
        let next = (0..tap.len()).rev().find(|&axis| tap[axis] + 1 < spatial.kernel[axis]);
        match (next, result) {
            (Some(axis), _) => {
                tap[axis] += 1;
                tap[axis + 1..].fill(0);
            }
            (None, Some(result)) => return Ok(result),
            (None, None) => return Err(OpError::inconsistent("the window is empty")),
        }
    }
}
