//! `Conv` and `ConvTranspose` over one or two axes.

use super::activation::only;
use super::build::shape;
use super::{Build, Row, Term, row};
use crate::ops::concatenation::Concatenation;
use crate::ops::conv2d::Conv2d;
use crate::ops::conv3d::Conv3d;
use crate::ops::depthwise_conv2d::DepthwiseConv2d;
use crate::ops::pad::Pad;
use crate::ops::split::Split;
use crate::ops::transpose_conv::TransposeConv;
use crate::ops::{Activation, OpError, Padding, Window};
use crate::tensor::Data;

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[row("Conv", conv), row("ConvTranspose", conv_transpose)];

/// Steps of a window along the spatial axes, outermost first.
#[derive(Debug, Clone)]
pub(super) struct Spatial {
    pub kernel: Vec<usize>,
    pub stride: Vec<usize>,
    pub dilation: Vec<usize>,
    /// Elements added before and after.
    pub pads: Vec<[usize; 2]>,
}

impl Spatial {
    /// The attributes of a convolution or a pool over `sizes`.
    pub(super) fn new(b: &Build, kernel: Vec<usize>, sizes: &[usize]) -> Result<Self, OpError> {
        let axes = kernel.len();
        let stride = positive(b, "strides", axes)?;
        let dilation = positive(b, "dilations", axes)?;
        let mut new = Self { kernel, stride, dilation, pads: vec![[0, 0]; axes] };
        let known = [("NOTSET", 0), ("VALID", 1), ("SAME_UPPER", 2), ("SAME_LOWER", 3)];
        match b.layer.choice("auto_pad", "NOTSET", &known)? {
            0 => new.pads = pads(b, axes)?,
            1 => (),
            kind => new.pads = new.same(sizes, kind == 3),
        }
        Ok(new)
    }

    /// Elements that the taps of a window cover.
    pub(super) fn extent(&self, axis: usize) -> usize {
        (self.kernel[axis] - 1).saturating_mul(self.dilation[axis]).saturating_add(1)
    }

    /// Padding that gives `ceil(size / stride)` windows.
    fn same(&self, sizes: &[usize], odd_first: bool) -> Vec<[usize; 2]> {
        let axis = |axis: usize| {
            let windows = sizes[axis].div_ceil(self.stride[axis]);
            let reach = (windows - 1).saturating_mul(self.stride[axis]);
            let total = reach.saturating_add(self.extent(axis)).saturating_sub(sizes[axis]);
            let (less, more) = (total / 2, total - total / 2);
            if odd_first { [more, less] } else { [less, more] }
        };
        (0..sizes.len()).map(axis).collect()
    }

    /// The window over the last two axes; where there is but one, over rows of 1.
    pub(super) fn window(&self) -> Window {
        let mut plane = self.clone();
        if self.kernel.len() == 1 {
            plane.kernel.insert(0, 1);
            plane.stride.insert(0, 1);
            plane.dilation.insert(0, 1);
            plane.pads.insert(0, [0, 0]);
        }
        let at = plane.kernel.len() - 2;
        let pair = |list: &[usize]| [list[at], list[at + 1]];
        let [[top, bottom], [left, right]] = [plane.pads[at], plane.pads[at + 1]];
        Window {
            stride: pair(&plane.stride),
            dilation: pair(&plane.dilation),
            padding: Padding { top, bottom, left, right },
        }
    }
}

/// A list of positive numbers, one per axis, which are 1 by default.
pub(super) fn positive(b: &Build, name: &str, axes: usize) -> Result<Vec<usize>, OpError> {
    let Some(list) = b.layer.integers(name)? else { return Ok(vec![1; axes]) };
    let list = naturals(name, &list)?;
    if list.len() != axes || list.contains(&0) {
        let text = format!("attribute `{name}` must have {axes} positive numbers, not {list:?}");
        return Err(OpError::inconsistent(text));
    }
    Ok(list)
}

/// Numbers of an attribute that may not be negative.
pub(super) fn naturals(name: &str, list: &[i64]) -> Result<Vec<usize>, OpError> {
    let natural = |&number: &i64| {
        usize::try_from(number).map_err(|_| {
            OpError::inconsistent(format!("attribute `{name}` holds {number}, which is negative"))
        })
    };
    list.iter().map(natural).collect()
}

fn pads(b: &Build, axes: usize) -> Result<Vec<[usize; 2]>, OpError> {
    let Some(list) = b.layer.integers("pads")? else { return Ok(vec![[0, 0]; axes]) };
    let list = naturals("pads", &list)?;
    if list.len() != 2 * axes {
        let text = format!("attribute `pads` must have {} numbers, not {}", 2 * axes, list.len());
        return Err(OpError::inconsistent(text));
    }
    Ok((0..axes).map(|axis| [list[axis], list[axes + axis]]).collect())
}

/// `[n, c, d...]` as `[n, d..., c]`, with rows of 1 where there is but one spatial axis.
pub(super) fn channels_last(b: &mut Build, x: Term) -> Result<Term, OpError> {
    let rank = b.dims(x).len();
    let permutation: Vec<usize> = [0].into_iter().chain(2..rank).chain([1]).collect();
    let x = b.transpose(x, &permutation)?;
    let mut dims = b.dims(x);
    if rank == 3 {
        dims.insert(1, 1);
    }
    b.reshape(x, dims)
}

/// The inverse, to `rank` axes.
pub(super) fn channels_first(b: &mut Build, x: Term, rank: usize) -> Result<Term, OpError> {
    let mut dims = b.dims(x);
    if rank == 3 {
        dims.remove(1);
    }
    let x = b.reshape(x, dims)?;
    let permutation: Vec<usize> = [0, rank - 1].into_iter().chain(1..rank - 1).collect();
    b.transpose(x, &permutation)
}

/// The spatial axes of the first input.
pub(super) fn spatial_sizes(b: &Build, x: Term) -> Result<Vec<usize>, OpError> {
    match &b.dims(x)[..] {
        [_, _, sizes @ ..] if (1..=3).contains(&sizes.len()) => Ok(sizes.to_vec()),
        dims => Err(OpError::unsupported(format!(
            "has {} dimensions; supported are 1, 2 and 3 beside batch and channels",
            dims.len()
        ))),
    }
}

/// The filter's spatial size, which an attribute may repeat.
fn kernel(b: &Build, filter: Term, axes: usize) -> Result<Vec<usize>, OpError> {
    let dims = b.dims(filter);
    let (true, Some(kernel)) = (dims.len() == axes + 2, dims.get(2..)) else {
        let text = format!("the filter must have {} dimensions, not {}", axes + 2, dims.len());
        return Err(OpError::inconsistent(text));
    };
    match b.layer.integers("kernel_shape")? {
        Some(list) if naturals("kernel_shape", &list)? != kernel => Err(OpError::inconsistent(
            format!("attribute `kernel_shape` is {list:?}, the filter has {kernel:?}"),
        )),
        _ => Ok(kernel.to_vec()),
    }
}

fn groups(b: &Build) -> Result<usize, OpError> {
    let groups = b.layer.integer("group")?.unwrap_or(1);
    usize::try_from(groups)
        .ok()
        .filter(|&groups| groups > 0)
        .ok_or_else(|| OpError::inconsistent(format!("attribute `group` is {groups}")))
}

fn conv(b: &mut Build) -> Outputs {
    let (x, filter) = (b.input(0)?, b.input(1)?);
    conv_of(b, x, filter, b.optional(2)).map(only)
}

/// A convolution with the attributes of the node.
pub(super) fn conv_of(
    b: &mut Build,
    x: Term,
    filter: Term,
    bias: Option<Term>,
) -> Result<Term, OpError> {
    let sizes = spatial_sizes(b, x)?;
    let kernel = kernel(b, filter, sizes.len())?;
    let spatial = Spatial::new(b, kernel, &sizes)?;
    let groups = groups(b)?;
    let (rank, channels, filters) = (sizes.len() + 2, b.dims(x)[1], b.dims(filter));
    if filters[1].checked_mul(groups) != Some(channels) || filters[0] % groups != 0 {
        return Err(OpError::inconsistent(format!(
            "{channels} channels and a filter of {filters:?} do not form {groups} groups"
        )));
    }
    let x = channels_last(b, x)?;
    let filter = channels_last(b, filter)?;
    let mut operands = vec![x, filter];
    operands.extend(bias);
    let activation = Activation::None;
    let y = if rank == 5 {
        conv_3d(b, &spatial, groups, operands)?
    } else if groups == channels && groups > 1 {
        // [oc, kh, kw, 1] becomes [1, kh, kw, oc].
        operands[1] = b.transpose(filter, &[3, 1, 2, 0])?;
        b.apply(
            DepthwiseConv2d { window: spatial.window(), activation, rounding: b.layer.rounding },
            &operands,
        )?
    } else {
        b.apply(
            Conv2d { window: spatial.window(), activation, rounding: b.layer.rounding },
            &operands,
        )?
    };
    channels_first(b, y, rank)
}

/// The filter of a convolution over three axes has `[kd, kh, kw, c, oc]`.
fn conv_3d(
    b: &mut Build,
    spatial: &Spatial,
    groups: usize,
    mut operands: Vec<Term>,
) -> Result<Term, OpError> {
    if groups != 1 {
        return Err(OpError::unsupported("groups are not supported over three axes"));
    }
    operands[1] = b.transpose(operands[1], &[1, 2, 3, 4, 0])?;
    let [top, bottom] = spatial.pads[0];
    let padding = Padding { top, bottom, left: 0, right: 0 };
    let depth =
        Window { stride: [spatial.stride[0], 1], dilation: [spatial.dilation[0], 1], padding };
    let op = Conv3d { depth, plane: spatial.window(), activation: Activation::None };
    b.apply(op, &operands)
}

fn conv_transpose(b: &mut Build) -> Outputs {
    let (x, filter) = (b.input(0)?, b.input(1)?);
    let sizes = spatial_sizes(b, x)?;
    if sizes.len() == 3 {
        return Err(OpError::unsupported("three spatial axes are not supported"));
    }
    let kernel = kernel(b, filter, sizes.len())?;
    let groups = groups(b)?;
    let spatial = Spatial::new(b, kernel, &sizes)?;
    let spread = Spread::new(b, spatial, &sizes)?;
    let (rank, channels) = (sizes.len() + 2, b.dims(x)[1]);
    if b.dims(filter)[0] != channels || channels % groups != 0 {
        return Err(OpError::inconsistent(format!(
            "{channels} channels and a filter of {:?} do not form {groups} groups",
            b.dims(filter)
        )));
    }
    let x = channels_last(b, x)?;
    // [c, oc, kh, kw] becomes [oc, kh, kw, c] for each group.
    let filter = channels_last(b, filter)?;
    let filter = dilated(b, filter, &spread.spatial)?;
    let (parts, filters) = (split(b, x, 3, groups)?, split(b, filter, 0, groups)?);
    let bias = b.optional(2);
    let biases = bias.map(|bias| split(b, bias, 0, groups)).transpose()?;
    let op = spread.op();
    let mut results = Vec::new();
    for group in 0..groups {
        let filter = b.transpose(filters[group], &[3, 1, 2, 0])?;
        let mut operands = vec![parts[group], filter];
        operands.extend(biases.as_ref().map(|biases| biases[group]));
        results.push(b.apply(op.clone(), &operands)?);
    }
    let y = match results[..] {
        [y] => y,
        _ => b.apply(Concatenation { axis: 3 }, &results)?,
    };
    channels_first(b, y, rank).map(only)
}

/// A tensor in equal parts along an axis.
fn split(b: &mut Build, x: Term, axis: usize, parts: usize) -> Result<Vec<Term>, OpError> {
    if parts == 1 {
        return Ok(vec![x]);
    }
    let length = b.dims(x)[axis];
    if !length.is_multiple_of(parts) {
        return Err(OpError::inconsistent(format!("{length} channels do not form {parts} groups")));
    }
    b.apply_all(Split { axis, sizes: vec![length / parts; parts] }, &[x])
}

/// A filter `[c, kh, kw, oc]` with zeros between its taps.
fn dilated(b: &mut Build, filter: Term, spatial: &Spatial) -> Result<Term, OpError> {
    let mut dilation = spatial.dilation.clone();
    if dilation.iter().all(|&step| step == 1) {
        return Ok(filter);
    }
    dilation.splice(0..0, vec![1; 2 - spatial.dilation.len()]);
    let mut filter = filter;
    for (axis, &step) in [1, 2].iter().zip(&dilation) {
        // Each tap gets zeros behind it; those behind the last one are cut off.
        let mut dims = b.dims(filter);
        let taps = dims[*axis];
        dims.insert(axis + 1, 1);
        let spaced = b.reshape(filter, dims.clone())?;
        let mut amounts = vec![[0, 0]; dims.len()];
        amounts[axis + 1] = [0, step - 1];
        let spaced = b.apply(Pad { amounts, value: Data::F32(vec![0.0]) }, &[spaced])?;
        dims.remove(axis + 1);
        dims[*axis] = taps * step;
        let spaced = b.reshape(spaced, dims)?;
        let sizes = vec![taps * step - (step - 1), step - 1];
        filter = if step == 1 {
            spaced
        } else {
            b.apply_all(Split { axis: *axis, sizes }, &[spaced])?[0]
        };
    }
    Ok(filter)
}

/// A transposed convolution: where its input goes in the output.
struct Spread {
    spatial: Spatial,
    size: Vec<usize>,
}

impl Spread {
    fn new(b: &Build, mut spatial: Spatial, sizes: &[usize]) -> Result<Self, OpError> {
        let axes = sizes.len();
        let extra = b.layer.integers("output_padding")?.unwrap_or_else(|| vec![0; axes]);
        let extra = naturals("output_padding", &extra)?;
        let asked = b.layer.integers("output_shape")?;
        let asked = asked.map(|list| naturals("output_shape", &list)).transpose()?;
        let asked = asked.map(|list| list[list.len().saturating_sub(axes)..].to_vec());
        if extra.len() != axes || asked.as_ref().is_some_and(|asked| asked.len() != axes) {
            let text = format!("`output_padding` and `output_shape` must have {axes} numbers");
            return Err(OpError::inconsistent(text));
        }
        let auto = b.layer.text("auto_pad", "NOTSET")?;
        let mut size = Vec::new();
        for axis in 0..axes {
            let reach = (sizes[axis] - 1).saturating_mul(spatial.stride[axis]);
            let full = reach.saturating_add(extra[axis]).saturating_add(spatial.extent(axis));
            let wanted = match (&asked, auto.as_str()) {
                (Some(asked), _) => Some(asked[axis]),
                (None, "SAME_UPPER" | "SAME_LOWER") => {
                    Some(sizes[axis].saturating_mul(spatial.stride[axis]))
                }
                _ => None,
            };
            if let Some(wanted) = wanted {
                let total = full.saturating_sub(wanted);
                let before = if auto == "SAME_UPPER" { total / 2 } else { total - total / 2 };
                spatial.pads[axis] = [before, total - before];
            }
            let cut: usize = spatial.pads[axis].iter().sum();
            let left = wanted.or_else(|| full.checked_sub(cut));
            size.push(left.ok_or_else(|| OpError::inconsistent("padding leaves no output"))?);
        }
        shape(size.clone())?;
        Ok(Self { spatial, size })
    }

    fn op(&self) -> TransposeConv {
        let mut window = self.spatial.window();
        window.dilation = [1, 1];
        let size = match self.size[..] {
            [rows, columns] => [rows, columns],
            _ => [1, self.size[0]],
        };
        TransposeConv { window, size, activation: Activation::None }
    }
}
