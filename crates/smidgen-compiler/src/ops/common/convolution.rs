//! What convolutions share: rules, arithmetic and the reference.

pub(crate) mod cases;

use super::sequence::expect_constant;
use crate::ops::requantisation::{DOUBLE, Requantisation, Scheme, filter_zero_point};
use crate::ops::wide::{Scaling, Wide, bias_at};
use crate::ops::{Activation, OpError, Site};
use crate::tensor::{DType, Data, Element, Shape, TensorType};

/// Dimensions of activations and of a filter, whose output channels lie along `channel_axis`.
pub(crate) fn dims<const RANK: usize>(
    inputs: &[&TensorType],
    channel_axis: usize,
) -> Result<[[usize; RANK]; 2], OpError> {
    let (2 | 3, [x, filter, ..]) = (inputs.len(), inputs) else {
        return Err(OpError::inconsistent("needs activations, a filter and at most a bias"));
    };
    let (Ok(x), Ok(filter)) = (x.shape.dims().try_into(), filter.shape.dims().try_into()) else {
        let text = format!("activations and filter must have {RANK} dimensions");
        return Err(OpError::inconsistent(text));
    };
    let dims: [[usize; RANK]; 2] = [x, filter];
    let channels = dims[1][channel_axis];
    if inputs.get(2).is_some_and(|bias| bias.shape.elements() != channels) {
        return Err(OpError::inconsistent(format!("the bias must have {channels} elements")));
    }
    Ok(dims)
}

/// Requires a filter to have as many input channels as the activations.
pub(crate) fn same_channels(activations: usize, filter: usize) -> Result<(), OpError> {
    if activations == filter {
        return Ok(());
    }
    Err(OpError::inconsistent(format!(
        "the filter has {filter} input channels, the activations have {activations}"
    )))
}

/// The only output: it has the element type of input 0.
pub(crate) fn output<const RANK: usize>(
    inputs: &[&TensorType],
    dims: [usize; RANK],
) -> Result<Vec<(DType, Shape)>, OpError> {
    let shape = Shape::new(dims).map_err(|e| OpError::inconsistent(e.to_string()))?;
    Ok(vec![(inputs[0].dtype, shape)])
}

/// Element types, quantisation and constants that every convolution demands. `biases` are the types
/// of a bias beside int16 activations.
pub(crate) fn check(site: &Site, channel_axis: usize, biases: &[DType]) -> Result<(), OpError> {
    let dtype = site.input(0).dtype;
    let filter = site.input(1).dtype;
    let matches = match dtype {
        DType::F32 => filter == DType::F32,
        _ => filter == DType::I8,
    };
    if !matches || site.output(0).dtype != dtype {
        return Err(OpError::unsupported(format!(
            "activations of `{dtype}`, a filter of `{filter}` and an output of `{}` do not go \
             together",
            site.output(0).dtype
        )));
    }
    let bias = site.inputs.get(2).map(|bias| bias.ty.dtype);
    match (dtype, bias) {
        (DType::F32, None | Some(DType::F32)) => return Ok(()),
        (DType::I8, None | Some(DType::I32)) => {
            Requantisation::new(site, channel_axis, Activation::None, DOUBLE)?;
        }
        (DType::I16, bias) if bias.is_none_or(|bias| biases.contains(&bias)) => {
            wide(site, channel_axis, Activation::None)?;
        }
        (_, Some(bias)) => {
            return Err(OpError::unsupported(format!(
                "activations of `{dtype}` with a bias of `{bias}` are not supported"
            )));
        }
        (_, None) => {
            let text = format!("element type `{dtype}` is not supported");
            return Err(OpError::unsupported(text));
        }
    }
    (1..site.inputs.len()).try_for_each(|operand| expect_constant(site, operand))
}

/// How the sums of an int16 convolution become outputs.
pub(crate) fn wide(
    site: &Site,
    channel_axis: usize,
    activation: Activation,
) -> Result<Wide, OpError> {
    if filter_zero_point(site) != 0 {
        return Err(OpError::unsupported("a filter beside int16 must have zero point 0"));
    }
    let base = Requantisation::new(site, channel_axis, activation, DOUBLE)?;
    Wide::new(base, Scaling::of_bias(site))
}

/// A convolution over planes or volumes at a checked site.
pub(crate) struct Convolution<'a> {
    pub site: &'a Site<'a>,
    pub activation: Activation,
    /// How sums of int8 are brought to the output's scale.
    pub scheme: Scheme,
    /// The filter's axis of output channels, the first or the last.
    pub channel_axis: usize,
    /// Sizes of the window along rows and columns, or along depth, rows and columns.
    pub kernel: &'a [usize],
    /// The place along a dimension of the window (first argument) that an output (second) multiplies
    /// with a tap (third), if there is one.
    pub source: &'a dyn Fn(usize, usize, usize) -> Option<usize>,
}

impl Convolution<'_> {
    /// The outputs.
    pub(crate) fn eval(&self, inputs: &[&Data]) -> Vec<Data> {
        let &Self { site, activation, scheme, channel_axis, .. } = self;
        let checked = "the quantisation has been checked";
        let channels = site.output(0).shape.last();
        let bias = inputs.get(2);
        vec![match site.input(0).dtype {
            DType::F32 => {
                let start = |channel: usize| bias.map_or(0.0, |b| b.get::<f32>()[channel]);
                let sums = self.sums(inputs, start, |sum: f32, x: f32, w: f32| sum + x * w);
                Data::F32(sums.into_iter().map(|sum| activation.apply_f32(sum)).collect())
            }
            DType::I16 => {
                let wide = wide(site, channel_axis, activation).expect(checked);
                let start = |channel: usize| bias.map_or(0, |b| bias_at(b, channel));
                let mac = |sum: i64, x: i16, w: i8| sum.wrapping_add(i64::from(x) * i64::from(w));
                let sums = self.sums(inputs, start, mac).into_iter().enumerate();
                Data::I16(sums.map(|(i, sum)| wide.apply(i % channels, sum)).collect())
            }
            _ => {
                let requantisation =
                    Requantisation::new(site, channel_axis, activation, scheme).expect(checked);
                let zero_points = (requantisation.input_zero_point, filter_zero_point(site));
                let start = |channel: usize| bias.map_or(0, |b| b.get::<i32>()[channel]);
                let mac = |sum: i32, x: i8, w: i8| {
                    let (x, w) = (i32::from(x) - zero_points.0, i32::from(w) - zero_points.1);
                    sum.wrapping_add(x * w)
                };
                let sums = self.sums(inputs, start, mac).into_iter().enumerate();
                Data::I8(sums.map(|(i, sum)| requantisation.apply(i % channels, sum)).collect())
            }
        }]
    }

    /// Sums over all taps inside the input, in the order of the filter.
    fn sums<X: Element, W: Element, S: Copy>(
        &self,
        inputs: &[&Data],
        start: impl Fn(usize) -> S,
        mac: impl Fn(S, X, W) -> S,
    ) -> Vec<S> {
        let (x, filter) = (inputs[0].get::<X>(), inputs[1].get::<W>());
        let (image, output) = (&self.site.input(0).shape, &self.site.output(0).shape);
        let channels = output.last();
        let rows: Vec<Vec<W>> = if self.channel_axis == 0 {
            filter.chunks_exact(filter.len() / channels).map(<[W]>::to_vec).collect()
        } else {
            let row = |channel| filter[channel..].iter().step_by(channels).copied().collect();
            (0..channels).map(row).collect()
        };
        // Planes are volumes of one layer.
        let layers = 3 - self.kernel.len();
        let volume = |dims: &[usize]| {
            let mut volume = [1; 3];
            volume[layers..].copy_from_slice(dims);
            volume
        };
        let spatial = 1..=self.kernel.len();
        let (kernel, [size, outputs]) = (
            volume(self.kernel),
            [image, output].map(|shape| volume(&shape.dims()[spatial.clone()])),
        );
        let taps: usize = kernel.iter().product();
        let depth = filter.len() / channels / taps;
        let group = channels * depth / image.last();
        let places: usize = outputs.iter().product();
        let mut sums = Vec::with_capacity(output.elements());
        let mut inside = Vec::new();
        for pixel in 0..output.elements() / channels {
            let at = position(pixel % places, outputs);
            inside.clear();
            inside.extend((0..taps).filter_map(|tap| {
                let taps = position(tap, kernel);
                let source = (0..3usize).try_fold(pixel / places, |source, axis| {
                    let place = match axis.checked_sub(layers) {
                        Some(dimension) => (self.source)(dimension, at[axis], taps[axis])?,
                        None => 0,
                    };
                    Some(source * size[axis] + place)
                });
                Some((source? * image.last(), tap * depth))
            }));
            for (channel, row) in rows.iter().enumerate() {
                let first = channel / group * depth;
                sums.push(inside.iter().fold(start(channel), |sum, &(pixel, tap)| {
                    let pairs = x[pixel + first..][..depth].iter().zip(&row[tap..]);
                    pairs.fold(sum, |sum, (&x, &w)| mac(sum, x, w))
                }));
            }
        }
        sums
    }
}

/// The place of element `index` in a volume.
fn position(index: usize, [_, rows, columns]: [usize; 3]) -> [usize; 3] {
    [index / (rows * columns), index / columns % rows, index % columns]
}
