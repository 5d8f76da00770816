//! How the int32 sums of convolutions and fully connected layers become int8 outputs.

use super::{Activation, Arg, OpError, Site};
use crate::tensor::{Multiplier, Quant, Rounding};

/// Zero points, multipliers and clamp of an operator that sums products of int8.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Requantisation {
    /// Subtracted from every input.
    pub input_zero_point: i32,
    /// Added to every output.
    pub output_zero_point: i32,
    /// One per output channel.
    pub multipliers: Vec<Multiplier>,
    /// Least and greatest output.
    pub clamp: (i32, i32),
    /// How often the product is rounded.
    pub rounding: Rounding,
}

/// The real multiplier of an output channel: `input scale * filter scale / output scale`.
type RealMultiplier = fn(input: f32, filter: f32, output: f32) -> f64;

/// In double precision, as TFLite's `PopulateConvolutionQuantizationParams`.
pub(super) const DOUBLE: RealMultiplier =
    |input, filter, output| f64::from(input) * f64::from(filter) / f64::from(output);

/// With a product in single precision, as TFLite's `GetQuantizedConvolutionMultipler`.
pub(super) const SINGLE: RealMultiplier =
    |input, filter, output| f64::from(input * filter) / f64::from(output);

impl Requantisation {
    /// Reads the quantisation of a site whose filter is input 1, with output channels along
    /// `channel_axis`.
    pub(super) fn new(
        site: &Site,
        channel_axis: usize,
        activation: Activation,
        real: RealMultiplier,
    ) -> Result<Self, OpError> {
        let (input_scale, input_zero_point) = site.input_quant(0)?;
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let filter = site.input(1);
        let channels = filter.shape[channel_axis];
        if let Quant::PerAxis { axis, scales } = &filter.quant
            && (*axis != channel_axis || scales.len() != channels)
        {
            return Err(OpError::inconsistent(format!(
                "the filter has {} scales along axis {axis}, but {channels} output channels along \
                 axis {channel_axis}",
                scales.len()
            )));
        }
        let multiplier = |channel| {
            let scale = filter.quant.scale(channel)?;
            Some(Multiplier::from_real(real(input_scale, scale, output_scale)))
        };
        let multipliers = (0..channels).map(multiplier).collect::<Option<_>>();
        let multipliers =
            multipliers.ok_or_else(|| OpError::inconsistent("the filter has no scales"))?;
        let clamp = activation.clamp_i8(output_scale, output_zero_point);
        let rounding = Rounding::Tflm;
        Ok(Self { input_zero_point, output_zero_point, multipliers, clamp, rounding })
    }

    /// The output for a sum of `channel`.
    pub(super) fn apply(&self, channel: usize, sum: i32) -> i8 {
        let multiplier = self.multipliers[channel];
        let scaled = match self.rounding {
            Rounding::Tflm => multiplier.apply_twice_rounded(sum),
            Rounding::Litert => multiplier.apply_once_rounded(sum),
        };
        let (low, high) = self.clamp;
        scaled.wrapping_add(self.output_zero_point).clamp(low, high) as i8
    }

    /// The variant of `smidgen_output_s8` for sums whose absolute value is at most `bound`.
    fn variant(&self, bound: i64) -> i32 {
        let in_range = |m: &Multiplier| m.mantissa == 0 || (-22..=-1).contains(&m.shift);
        let small = bound < 1 << 30 && self.multipliers.iter().all(in_range);
        match (self.rounding, small) {
            (Rounding::Litert, _) => 1,
            (Rounding::Tflm, false) => 0,
            (Rounding::Tflm, true) => 2 + i32::from(self.clamp.0 >= self.output_zero_point),
        }
    }

    /// The arguments that follow shapes in every kernel's call, for sums up to `bound`.
    pub(super) fn args(&self, bound: i64) -> [(&'static str, Arg); 4] {
        [
            ("rounding", Arg::Int(self.variant(bound))),
            ("output_zero_point", Arg::Int(self.output_zero_point)),
            ("low", Arg::Int(self.clamp.0)),
            ("high", Arg::Int(self.clamp.1)),
        ]
    }

    /// Mantissa and right shift of `channel` as kernels take them. `None` is a channel that only
    /// fills a block; like the multiplier 0 it has a shift that every variant takes.
    pub(super) fn scale(&self, channel: Option<usize>) -> [i32; 2] {
        match channel.map(|channel| self.multipliers[channel]) {
            Some(Multiplier { mantissa, shift }) if mantissa != 0 => [mantissa, -shift],
            _ => [0, 1],
        }
    }
}

/// Products of a sum that 32 bits hold, whatever the operands are.
pub(super) const MAX_PRODUCTS: usize = (1 << 17) - 1;

/// A bias into which the input's zero point has been folded, and the greatest absolute value that
/// the sum over `weights` can have with it, at any input.
pub(super) fn fold_zero_point(bias: i32, weights: &[i8], input_zero_point: i32) -> (i32, i64) {
    let sum: i32 = weights.iter().map(|&w| i32::from(w)).sum();
    let folded = bias.wrapping_sub(input_zero_point.wrapping_mul(sum));
    let reach: i64 = weights.iter().map(|&w| 128 * i64::from(w).abs()).sum();
    (folded, i64::from(folded).abs() + reach)
}
