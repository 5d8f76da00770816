//! Weights of 8 bits with a scale for each output channel, and the biases beside them.

use super::interval::{Interval, integers};
use crate::graph::{Graph, Node};
use crate::ops::{Operand, Site};
use crate::tensor::{DType, Data, Quant, Shape, TensorType};

/// The constant operands of a layer that sums products.
pub(super) struct Weights {
    /// Operand 1: int8.
    pub filter: (TensorType, Data),
    /// Operand 2: int32 beside int8, int64 beside int16.
    pub bias: Option<(TensorType, Data)>,
}

/// Greatest absolute value of a weight: -128 is left out, so that kernels may negate.
const GREATEST: f64 = 127.0;
/// A channel's scale is at least this share of the layer's largest: what is smaller is nothing there.
const LEAST_SHARE: f64 = 1e-6;

/// Quantises the filter and the bias of `node` beside activations of type `dtype` and scale `input`.
/// With a `mean` of the real activations, what the rounding of weights adds to each channel's mean is
/// taken from the bias (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias
/// Correction", ICCV 2019). `None` if weights or biases are not constant, or not finite.
pub(super) fn quantise(
    graph: &Graph,
    node: &Node,
    channel_axis: usize,
    (dtype, input): (DType, f32),
    mean: Option<&Data>,
) -> Option<Weights> {
    let constant = |index: usize| match graph.value(*node.inputs.get(index)?).constant.as_deref()? {
        Data::F32(numbers) => Interval::of(numbers).map(|_| numbers.as_slice()),
        _ => None,
    };
    let weights = constant(1)?;
    let biases = match node.inputs.len() {
        ..=2 => None,
        _ => Some(constant(2)?),
    };
    let shape = &graph.value(node.inputs[1]).ty.shape;
    let channels = Channels { count: shape[channel_axis], stride: shape.strides()[channel_axis] };
    let (bias_type, most) =
        if dtype == DType::I16 { (DType::I64, 2f64.powi(38)) } else { (DType::I32, 2f64.powi(30)) };

    let mut scales = channels.scales(weights);
    // The scale of a sum must not vanish.
    for scale in &mut scales {
        *scale = scale.max(f32::MIN_POSITIVE / input);
    }
    for (scale, bias) in scales.iter_mut().zip(biases.unwrap_or_default()) {
        // A bias that does not fit makes the steps coarser.
        let least = f64::from(bias.abs()) / (f64::from(input) * most);
        *scale = scale.max(least as f32);
    }
    let codes = channels.codes(weights, &scales);
    let correction = mean.map(|mean| {
        let errors: Vec<f32> = codes
            .iter()
            .zip(weights)
            .enumerate()
            .map(|(i, (&code, weight))| f32::from(code) * scales[channels.of(i)] - weight)
            .collect();
        mean_outputs(graph, node, mean, errors, channels.count)
    });
    let bias = (biases.is_some() || correction.is_some()).then(|| {
        let real = |channel: usize| {
            f64::from(biases.map_or(0.0, |biases| biases[channel]))
                - correction.as_ref().map_or(0.0, |means| means[channel])
        };
        let steps: Vec<f32> = scales.iter().map(|scale| input * scale).collect();
        let code = |channel: usize| {
            let code = (real(channel) / (f64::from(input) * f64::from(scales[channel]))).round();
            code.clamp(-most, most) as i64
        };
        let codes: Vec<i64> = (0..channels.count).map(code).collect();
        let data = match bias_type {
            DType::I64 => Data::I64(codes),
            _ => Data::I32(codes.into_iter().map(|code| code as i32).collect()),
        };
        let shape = Shape::new([channels.count]).expect("a filter has as many channels");
        (
            TensorType {
                dtype: bias_type,
                shape,
                quant: Quant::PerAxis { axis: 0, scales: steps },
            },
            data,
        )
    });
    let quant = Quant::PerAxis { axis: channel_axis, scales };
    let filter = (TensorType { dtype: DType::I8, shape: shape.clone(), quant }, Data::I8(codes));
    Some(Weights { filter, bias })
}

/// Where the elements of each output channel are in a filter.
#[derive(Clone, Copy)]
struct Channels {
    count: usize,
    /// Elements between neighbouring channels.
    stride: usize,
}

impl Channels {
    /// The channel of element `index`.
    fn of(self, index: usize) -> usize {
        index / self.stride % self.count
    }

    /// Scales that bring each channel's greatest absolute value to 127.
    fn scales(self, weights: &[f32]) -> Vec<f32> {
        let mut peaks = vec![0f64; self.count];
        for (index, weight) in weights.iter().enumerate() {
            let peak = &mut peaks[self.of(index)];
            *peak = peak.max(f64::from(weight.abs()));
        }
        let greatest = peaks.iter().copied().fold(0.0, f64::max);
        let usable = |peak: f64| match peak {
            // A channel without weights is as fine as the coarsest.
            0.0 => greatest,
            peak => peak.max(greatest * LEAST_SHARE),
        };
        let scale = |peak: f64| ((usable(peak) / GREATEST) as f32).max(f32::MIN_POSITIVE);
        peaks.into_iter().map(|peak| if greatest > 0.0 { scale(peak) } else { 1.0 }).collect()
    }

    fn codes(self, weights: &[f32], scales: &[f32]) -> Vec<i8> {
        let code = |(index, weight): (usize, &f32)| {
            let steps = f64::from(*weight) / f64::from(scales[self.of(index)]);
            steps.round().clamp(-GREATEST, GREATEST) as i8
        };
        weights.iter().enumerate().map(code).collect()
    }
}

/// The mean of each output channel over all places, if the layer had the weights `filter`, no bias and
/// no activation. A sum of products is linear: the mean over samples is what the mean sample gives.
fn mean_outputs(
    graph: &Graph,
    node: &Node,
    mean: &Data,
    filter: Vec<f32>,
    channels: usize,
) -> Vec<f64> {
    let site = graph.site(node);
    let filter = Data::F32(filter);
    let operands = vec![site.inputs[0], Operand { ty: site.inputs[1].ty, constant: Some(&filter) }];
    let site = Site { inputs: operands, outputs: site.outputs };
    let outputs = node.op.clone().without_activation().eval(&site, &[mean, &filter]);
    let mut sums = vec![0f64; channels];
    let numbers = outputs[0].get::<f32>();
    for row in numbers.chunks_exact(channels) {
        sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x));
    }
    let places = (numbers.len() / channels) as f64;
    sums.into_iter().map(|sum| sum / places).collect()
}

/// The slopes of a rectifier, and other constants that have one scale.
pub(super) fn constant(numbers: &[f32], ty: TensorType) -> Option<(TensorType, Data)> {
    let (scale, zero_point) = ty.quant.whole()?;
    let data = integers(numbers, ty.dtype, scale, zero_point);
    Some((ty, data))
}
