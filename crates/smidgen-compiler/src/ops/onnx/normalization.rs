//! Normalisations and softmax.

use super::activation::only;
use super::convolution::{channels_first, channels_last};
use super::order::lines;
use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::compare::Relation;
use crate::ops::elementwise::Function as F;
use crate::ops::import::axis;
use crate::ops::local_response_normalization::LocalResponseNormalization;
use crate::ops::log_softmax::LogSoftmax;
use crate::ops::reduce::Function as R;
use crate::ops::softmax::Softmax;

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("BatchNormalization", batch),
    row("GroupNormalization", group),
    row("InstanceNormalization", instance),
    row("LRN", local_response),
    row("LayerNormalization", layer),
    row("LogSoftmax", log_softmax),
    row("LpNormalization", lp),
    row("MeanVarianceNormalization", mean_variance),
    row("RMSNormalization", root_mean_square),
    row("Softmax", softmax),
];

/// A list of channels as `[c, 1, ..]`, to meet `[n, c, ..]`.
fn per_channel(b: &mut Build, list: Term, rank: usize) -> Result<Term, OpError> {
    let mut dims = b.dims(list);
    dims.extend(vec![1; rank.saturating_sub(2)]);
    b.reshape(list, dims)
}

/// `x scale / sqrt(variance + epsilon) + (bias - mean scale / sqrt(variance + epsilon))`, whose two
/// lists are constants as a rule.
fn batch(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    if b.layer.flag("training_mode", false)? || b.layer.outputs() > 1 {
        return Err(OpError::unsupported("statistics for training are not supported"));
    }
    if !b.layer.flag("spatial", true)? {
        return Err(OpError::unsupported("statistics per element are not supported"));
    }
    let epsilon = b.layer.float("epsilon", 1e-5)?;
    let (scale, bias) = (b.input(1)?, b.input(2)?);
    let (mean, variance) = (b.input(3)?, b.input(4)?);
    let rank = b.dims(x).len();
    let width = b.affine(variance, 1.0, epsilon)?;
    let width = b.function(F::Sqrt, width)?;
    let factor = b.divide(scale, width)?;
    let shift = b.multiply(mean, factor)?;
    let offset = b.subtract(bias, shift)?;
    let (factor, offset) = (per_channel(b, factor, rank)?, per_channel(b, offset, rank)?);
    let y = b.multiply(x, factor)?;
    b.add(y, offset).map(only)
}

/// What a normalisation over some axes gives.
struct Normal {
    y: Term,
    mean: Term,
    /// `1 / sqrt(variance + epsilon)`.
    inverse: Term,
}

fn normalize(b: &mut Build, x: Term, axes: &[usize], epsilon: f32) -> Result<Normal, OpError> {
    let mean = b.reduce(R::Mean, x, axes, true)?;
    let centred = b.subtract(x, mean)?;
    let squares = b.function(F::Square, centred)?;
    let variance = b.reduce(R::Mean, squares, axes, true)?;
    let variance = b.affine(variance, 1.0, epsilon)?;
    let inverse = b.function(F::Rsqrt, variance)?;
    let y = b.multiply(centred, inverse)?;
    Ok(Normal { y, mean, inverse })
}

fn layer(b: &mut Build) -> Outputs {
    let (x, scale) = (b.input(0)?, b.input(1)?);
    let rank = b.dims(x).len();
    let first = axis(b.layer.integer("axis")?.unwrap_or(-1), rank)?;
    let epsilon = b.layer.float("epsilon", 1e-5)?;
    let axes: Vec<usize> = (first..rank).collect();
    let normal = normalize(b, x, &axes, epsilon)?;
    let mut y = b.multiply(normal.y, scale)?;
    if let Some(bias) = b.optional(2) {
        y = b.add(y, bias)?;
    }
    Ok(vec![y, normal.mean, normal.inverse])
}

fn root_mean_square(b: &mut Build) -> Outputs {
    let (x, scale) = (b.input(0)?, b.input(1)?);
    let rank = b.dims(x).len();
    let first = axis(b.layer.integer("axis")?.unwrap_or(-1), rank)?;
    let epsilon = b.layer.float("epsilon", 1e-5)?;
    let axes: Vec<usize> = (first..rank).collect();
    let squares = b.function(F::Square, x)?;
    let mean = b.reduce(R::Mean, squares, &axes, true)?;
    let mean = b.affine(mean, 1.0, epsilon)?;
    let inverse = b.function(F::Rsqrt, mean)?;
    let y = b.multiply(x, inverse)?;
    b.multiply(y, scale).map(only)
}

fn instance(b: &mut Build) -> Outputs {
    let (x, scale, bias) = (b.input(0)?, b.input(1)?, b.input(2)?);
    let rank = b.dims(x).len();
    let epsilon = b.layer.float("epsilon", 1e-5)?;
    let axes: Vec<usize> = (2..rank).collect();
    let normal = normalize(b, x, &axes, epsilon)?;
    let (scale, bias) = (per_channel(b, scale, rank)?, per_channel(b, bias, rank)?);
    let y = b.multiply(normal.y, scale)?;
    b.add(y, bias).map(only)
}

/// Since version 21 scale and bias belong to channels, before to groups.
fn group(b: &mut Build) -> Outputs {
    let (x, scale, bias) = (b.input(0)?, b.input(1)?, b.input(2)?);
    let dims = b.dims(x);
    let groups = b.layer.integer("num_groups")?.unwrap_or(1);
    let groups = usize::try_from(groups).ok().filter(|&groups| groups > 0);
    let (Some(groups), [batch, channels, rest @ ..]) = (groups, &dims[..]) else {
        return Err(OpError::inconsistent("needs groups, and an input of batch and channels"));
    };
    if channels % groups != 0 {
        let text = format!("{channels} channels do not form {groups} groups");
        return Err(OpError::inconsistent(text));
    }
    let epsilon = b.layer.float("epsilon", 1e-5)?;
    let inner: usize = rest.iter().product();
    let parts = b.reshape(x, [*batch, groups, channels / groups, inner])?;
    let normal = normalize(b, parts, &[2, 3], epsilon)?;
    let lists = [scale, bias];
    let mut y = normal.y;
    let by_group = b.ty(scale).shape.elements() != *channels;
    if !by_group {
        y = b.reshape(y, dims.clone())?;
    }
    for (index, list) in lists.into_iter().enumerate() {
        let list =
            if by_group { per_channel(b, list, 4)? } else { per_channel(b, list, dims.len())? };
        y = if index == 0 { b.multiply(y, list)? } else { b.add(y, list)? };
    }
    b.reshape(y, dims).map(only)
}

fn mean_variance(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let rank = b.dims(x).len();
    let list = b.layer.integers("axes")?.unwrap_or_else(|| vec![0, 2, 3]);
    let mut axes = list.iter().map(|&n| axis(n, rank)).collect::<Result<Vec<_>, _>>()?;
    axes.sort_unstable();
    let mean = b.reduce(R::Mean, x, &axes, true)?;
    let centred = b.subtract(x, mean)?;
    let squares = b.function(F::Square, centred)?;
    let variance = b.reduce(R::Mean, squares, &axes, true)?;
    let width = b.function(F::Sqrt, variance)?;
    let width = b.affine(width, 1.0, 1e-9)?;
    b.divide(centred, width).map(only)
}

fn lp(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let axis = axis(b.layer.integer("axis")?.unwrap_or(-1), b.dims(x).len())?;
    let order = b.layer.integer("p")?.unwrap_or(2) as f32;
    let powers = super::pool::magnitude_power(b, x, order)?;
    let sum = b.reduce(R::Sum, powers, &[axis], true)?;
    let norm = super::pool::root(b, sum, order)?;
    // Where all is 0, it stays so.
    let (zero, one) = (b.float(0.0), b.float(1.0));
    let is_zero = b.compare(Relation::Equal, norm, zero)?;
    let norm = b.choose(is_zero, one, norm)?;
    b.divide(x, norm).map(only)
}

/// `x / (bias + alpha / size * sum of squares)^beta` over `size` channels around each.
fn local_response(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let rank = b.dims(x).len();
    let size = b.layer.integer("size")?.unwrap_or(1);
    let radius = usize::try_from(size / 2).unwrap_or(0);
    if size < 1 || size % 2 == 0 {
        return Err(OpError::unsupported(format!("a window of {size} channels is not supported"))
            .hint("use an odd size"));
    }
    let op = LocalResponseNormalization {
        radius,
        bias: b.layer.float("bias", 1.0)?,
        alpha: b.layer.float("alpha", 1e-4)? / size as f32,
        beta: b.layer.float("beta", 0.75)?,
    };
    let x = channels_last(b, x)?;
    let y = b.apply(op, &[x])?;
    channels_first(b, y, rank).map(only)
}

fn softmax(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (last, back) = lines(b, x)?;
    let y = b.apply(Softmax { beta: 1.0, rounding: b.layer.rounding }, &[last])?;
    back.restore(b, y).map(only)
}

fn log_softmax(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let (last, back) = lines(b, x)?;
    let y = b.apply(LogSoftmax, &[last])?;
    back.restore(b, y).map(only)
}
