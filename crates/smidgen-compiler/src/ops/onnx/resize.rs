//! `Resize` and `Upsample`: sizes along any axes, as products with constant matrices or as choices of
//! elements.

use super::activation::only;
use super::convolution::{channels_first, channels_last};
use super::matrix::multiply_matrices;
use super::{Build, Row, Term, row};
use crate::ops::gather::Gather;
use crate::ops::import::axis;
use crate::ops::{OpDef, OpError, resize};
use crate::tensor::{DType, Data};

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[row("Resize", resize), row("Upsample", upsample)];

/// How a place in the output is found in the input.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Transform {
    AlignCorners,
    Asymmetric,
    HalfPixel,
    HalfPixelSymmetric,
    PytorchHalfPixel,
    CropAndResize,
}

/// Which element counts where a place lies between two.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Nearest {
    PreferFloor,
    PreferCeil,
    Floor,
    Ceil,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Nearest,
    Linear,
    Cubic,
}

/// A change of the size along one axis.
#[derive(Debug, Clone, Copy)]
struct Change {
    from: usize,
    to: usize,
    scale: f64,
    /// The part of the axis that is resized, of its length.
    part: [f64; 2],
}

struct Rules {
    mode: Mode,
    transform: Transform,
    nearest: Nearest,
    cubic: f64,
    excludes_outside: bool,
    antialias: bool,
    outside: f32,
}

const MODES: &[(&str, Mode)] = &[
    ("nearest", Mode::Nearest),
    ("linear", Mode::Linear),
    ("bilinear", Mode::Linear),
    ("cubic", Mode::Cubic),
];

fn upsample(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let scales = match b.layer.node.floats("scales")? {
        Some(list) => list.to_vec(),
        None => b.floats(1)?,
    };
    let rules = Rules {
        mode: b.layer.choice("mode", "nearest", MODES)?,
        transform: Transform::Asymmetric,
        nearest: Nearest::Floor,
        cubic: -0.75,
        excludes_outside: false,
        antialias: false,
        outside: 0.0,
    };
    if scales.len() != dims.len() {
        return Err(OpError::inconsistent("there must be one scale per axis"));
    }
    let changes = dims.iter().zip(&scales).map(|(&from, &scale)| by_scale(from, scale, [0.0, 1.0]));
    let changes = changes.collect::<Result<Vec<_>, _>>()?;
    apply(b, x, &changes, &rules).map(only)
}

fn by_scale(from: usize, scale: f32, part: [f64; 2]) -> Result<Change, OpError> {
    let to = (from as f64 * f64::from(scale) * (part[1] - part[0])).floor();
    if !(1.0..=crate::tensor::MAX_ELEMENTS as f64).contains(&to) {
        return Err(OpError::inconsistent(format!("a scale of {scale} leaves no axis")));
    }
    Ok(Change { from, to: to as usize, scale: f64::from(scale), part })
}

/// Since version 11; version 10 has no regions and no sizes, and its places are asymmetric.
fn resize(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dims = b.dims(x);
    let old = b.layer.opset() < 11;
    let transforms = [
        ("half_pixel", Transform::HalfPixel),
        ("half_pixel_symmetric", Transform::HalfPixelSymmetric),
        ("pytorch_half_pixel", Transform::PytorchHalfPixel),
        ("align_corners", Transform::AlignCorners),
        ("asymmetric", Transform::Asymmetric),
        ("tf_crop_and_resize", Transform::CropAndResize),
    ];
    let nearest = [
        ("round_prefer_floor", Nearest::PreferFloor),
        ("round_prefer_ceil", Nearest::PreferCeil),
        ("floor", Nearest::Floor),
        ("ceil", Nearest::Ceil),
    ];
    let name = "coordinate_transformation_mode";
    let (transform, choice) =
        if old { ("asymmetric", "floor") } else { ("half_pixel", "round_prefer_floor") };
    let rules = Rules {
        mode: b.layer.choice("mode", "nearest", MODES)?,
        transform: b.layer.choice(name, transform, &transforms)?,
        nearest: b.layer.choice("nearest_mode", choice, &nearest)?,
        cubic: f64::from(b.layer.float("cubic_coeff_a", -0.75)?),
        excludes_outside: b.layer.flag("exclude_outside", false)?,
        antialias: b.layer.flag("antialias", false)?,
        outside: b.layer.float("extrapolation_value", 0.0)?,
    };
    let changes = changes(b, &dims, &rules, old)?;
    apply(b, x, &changes, &rules).map(only)
}

/// What happens to each axis.
fn changes(b: &Build, dims: &[usize], rules: &Rules, old: bool) -> Result<Vec<Change>, OpError> {
    let stay = |&from: &usize| Change { from, to: from, scale: 1.0, part: [0.0, 1.0] };
    let mut changes: Vec<Change> = dims.iter().map(stay).collect();
    let axes = match b.layer.integers("axes")? {
        Some(list) => list.iter().map(|&n| axis(n, dims.len())).collect::<Result<Vec<_>, _>>()?,
        None => (0..dims.len()).collect(),
    };
    let fits = |count: usize| {
        let text = || format!("{count} numbers for {} axes", axes.len());
        if count == axes.len() { Ok(()) } else { Err(OpError::inconsistent(text())) }
    };
    let region =
        if rules.transform == Transform::CropAndResize { b.floats(1)? } else { Vec::new() };
    let part = |index: usize| match region.get(index).zip(region.get(axes.len() + index)) {
        Some((&start, &end)) => [f64::from(start), f64::from(end)],
        None => [0.0, 1.0],
    };
    let at = if old { 1 } else { 2 };
    if b.optional(at).is_some() && (old || b.optional(3).is_none()) {
        let scales = b.floats(at)?;
        fits(scales.len())?;
        for (index, &axis) in axes.iter().enumerate() {
            changes[axis] = by_scale(dims[axis], scales[index], part(index))?;
        }
        return Ok(changes);
    }
    let sizes = super::convolution::naturals("sizes", &b.integers(3)?)?;
    fits(sizes.len())?;
    let ratio = |(&axis, &size): (&usize, &usize)| size as f64 / dims[axis] as f64;
    let ratios = axes.iter().zip(&sizes).map(ratio);
    let known = [("stretch", 0), ("not_larger", 1), ("not_smaller", 2)];
    let common = match b.layer.choice("keep_aspect_ratio_policy", "stretch", &known)? {
        1 => Some(ratios.fold(f64::INFINITY, f64::min)),
        2 => Some(ratios.fold(0.0, f64::max)),
        _ => None,
    };
    for (index, &axis) in axes.iter().enumerate() {
        let from = dims[axis];
        let (to, scale) = match common {
            Some(scale) => ((scale * from as f64 + 0.5).floor() as usize, scale),
            None => (sizes[index], sizes[index] as f64 / from as f64),
        };
        changes[axis] = Change { from, to, scale, part: part(index) };
    }
    Ok(changes)
}

impl Change {
    fn is_still(&self, rules: &Rules) -> bool {
        let whole = self.part.map(f64::to_bits) == [0.0, 1.0].map(f64::to_bits);
        self.from == self.to && (whole || rules.transform != Transform::CropAndResize)
    }

    /// The place in the input, of which element centres are whole numbers, of an output element.
    fn place(&self, transform: Transform, at: usize) -> f64 {
        let (at, from, to) = (at as f64, self.from as f64, self.to as f64);
        // The size that the scale gives, before it is rounded.
        let exact = self.scale * from;
        match transform {
            Transform::AlignCorners if self.to == 1 => 0.0,
            Transform::AlignCorners => at * (from - 1.0) / (exact - 1.0),
            Transform::Asymmetric => at / self.scale,
            Transform::HalfPixelSymmetric => {
                let offset = from / 2.0 * (1.0 - to / exact);
                offset + (at + 0.5) / self.scale - 0.5
            }
            Transform::PytorchHalfPixel if self.to == 1 => -0.5,
            Transform::HalfPixel | Transform::PytorchHalfPixel => (at + 0.5) / self.scale - 0.5,
            Transform::CropAndResize => {
                let [start, end] = self.part;
                match self.to {
                    1 => 0.5 * (start + end) * (from - 1.0),
                    _ => start * (from - 1.0) + at * (end - start) * (from - 1.0) / (to - 1.0),
                }
            }
        }
    }

    /// The nearest input element of each output element.
    fn nearest(&self, rules: &Rules) -> Vec<usize> {
        let choose = |at: usize| {
            let place = self.place(rules.transform, at);
            let whole = match rules.nearest {
                Nearest::PreferFloor => (place - 0.5).ceil(),
                Nearest::PreferCeil => (place + 0.5).floor(),
                Nearest::Floor => place.floor(),
                Nearest::Ceil => place.ceil(),
            };
            whole.clamp(0.0, (self.from - 1) as f64) as usize
        };
        (0..self.to).map(choose).collect()
    }

    /// How much each input element counts in an output element; `None` outside the input.
    fn weights(&self, rules: &Rules, at: usize) -> Option<Vec<f64>> {
        let place = self.place(rules.transform, at);
        let last = (self.from - 1) as f64;
        if rules.transform == Transform::CropAndResize && !(0.0..=last).contains(&place) {
            return None;
        }
        // With antialiasing, what shrinks is averaged over a wider part.
        let spread = if rules.antialias { self.scale.min(1.0) } else { 1.0 };
        let reach = if rules.mode == Mode::Cubic { 2.0 } else { 1.0 };
        let first = (place - reach / spread).floor() as i64;
        let mut weights = vec![0.0; self.from];
        let mut sum = 0.0;
        for index in first..=(place + reach / spread).ceil() as i64 {
            let weight = rules.weight((index as f64 - place) * spread);
            let inside = (0..self.from as i64).contains(&index);
            if !inside && rules.excludes_outside {
                continue;
            }
            sum += weight;
            weights[index.clamp(0, self.from as i64 - 1) as usize] += weight;
        }
        if sum != 0.0 {
            for weight in &mut weights {
                *weight /= sum;
            }
        }
        Some(weights)
    }
}

impl Rules {
    fn weight(&self, distance: f64) -> f64 {
        let (d, a) = (distance.abs(), self.cubic);
        match self.mode {
            Mode::Cubic if d <= 1.0 => ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0,
            Mode::Cubic if d < 2.0 => ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a,
            Mode::Cubic => 0.0,
            _ => (1.0 - d).max(0.0),
        }
    }
}

/// The operator that resizes the planes of `[n, c, h, w]` or `[n, c, w]` so, if there is one.
fn image(b: &Build, x: Term, changes: &[Change], rules: &Rules) -> Option<resize::Resize> {
    let (outer, inner) = changes.split_at_checked(2)?;
    let fits = |change: &Change| change.from.max(change.to) <= resize::MAX_SIDE;
    let still = |changes: &[Change]| changes.iter().all(|change| change.is_still(rules));
    if !(1..=2).contains(&inner.len()) || !still(outer) || still(inner) || !inner.iter().all(fits) {
        return None;
    }
    let size = match *inner {
        [rows, columns] => [rows.to, columns.to],
        _ => [1, inner[0].to],
    };
    let linear = rules.mode == Mode::Linear;
    let method = if linear { resize::Method::Bilinear } else { resize::Method::Nearest };
    let of = |align_corners, half_pixel_centers| resize::Resize {
        method,
        size,
        align_corners,
        half_pixel_centers,
    };
    if rules.mode == Mode::Nearest {
        let known = resize::Resize::TYPES.contains(&b.dtype(x));
        let same = |op: &resize::Resize| {
            inner.iter().all(|change| op.nearest(change.from, change.to) == change.nearest(rules))
        };
        let mut ops = [of(false, false), of(false, true), of(true, false)].into_iter();
        return ops.find(same).filter(|_| known);
    }
    let op = match rules.transform {
        Transform::HalfPixel => of(false, true),
        Transform::PytorchHalfPixel if inner.iter().all(|change| change.to > 1) => of(false, true),
        Transform::AlignCorners => of(true, false),
        Transform::Asymmetric => of(false, false),
        _ => return None,
    };
    let plain = |change: &Change| {
        let ratio = change.to as f64 / change.from as f64;
        (change.scale - ratio).abs() < 1e-9 && !(rules.antialias && change.scale < 1.0)
    };
    let real = linear && b.dtype(x) == DType::F32 && !rules.excludes_outside;
    (real && inner.iter().all(plain)).then_some(op)
}

/// Most elements of the matrix that resizes an axis.
const MAX_MATRIX: usize = 1 << 20;

fn apply(b: &mut Build, x: Term, changes: &[Change], rules: &Rules) -> Result<Term, OpError> {
    let dtype = b.dtype(x);
    if let Some(op) = image(b, x, changes, rules) {
        let x = channels_last(b, x)?;
        let y = b.apply(op, &[x])?;
        return channels_first(b, y, changes.len());
    }
    if rules.mode != Mode::Nearest && dtype != DType::F32 {
        let text = format!("element type `{dtype}` is not supported");
        return Err(OpError::unsupported(text));
    }
    let mut x = x;
    for (axis, change) in changes.iter().enumerate().filter(|(_, change)| !change.is_still(rules)) {
        if change.to == 0 || change.from.saturating_mul(change.to) > MAX_MATRIX {
            return Err(OpError::unsupported(format!(
                "{} elements become {}",
                change.from, change.to
            )));
        }
        if rules.mode == Mode::Nearest {
            let indices = change.nearest(rules).into_iter().map(|index| index as i32).collect();
            let indices = b.list(Data::I32(indices))?;
            x = b.apply(Gather::Axis { axis, batch_dims: 0 }, &[x, indices])?;
        } else {
            x = interpolate(b, x, axis, change, rules)?;
        }
    }
    Ok(x)
}

/// The product of an axis with the weights of its elements.
fn interpolate(
    b: &mut Build,
    x: Term,
    axis: usize,
    change: &Change,
    rules: &Rules,
) -> Result<Term, OpError> {
    let mut matrix = vec![0f32; change.from * change.to];
    let mut outside = vec![0f32; change.to];
    for at in 0..change.to {
        match change.weights(rules, at) {
            Some(weights) => {
                for (index, weight) in weights.into_iter().enumerate() {
                    matrix[index * change.to + at] = weight as f32;
                }
            }
            None => outside[at] = rules.outside,
        }
    }
    let matrix = b.value(super::build::shape(vec![change.from, change.to])?, Data::F32(matrix));
    let rank = b.dims(x).len();
    let mut permutation: Vec<usize> = (0..rank).collect();
    permutation.swap(axis, rank - 1);
    let last = b.transpose(x, &permutation)?;
    let mut y = multiply_matrices(b, last, matrix)?;
    if outside.iter().any(|&value| value != 0.0) {
        let outside = b.list(Data::F32(outside))?;
        y = b.add(y, outside)?;
    }
    b.transpose(y, &permutation)
}
