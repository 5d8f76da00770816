//! How the int32 sums of convolutions and fully connected layers become int8 outputs.

use super::{Activation, Arg, OpError, Site};
use crate::tensor::{Multiplier, Quant, Rounding, SHIFTS, Single};

/// Zero points, multipliers and clamp of an operator that sums products of int8.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Requantisation {
    /// Subtracted from every input.
    pub input_zero_point: i32,
    /// Added to every output.
    pub output_zero_point: i32,
    /// One per output channel.
    pub multipliers: Vec<Multiplier>,
    /// The same numbers before they became fixed-point.
    pub reals: Vec<f64>,
    /// Least and greatest output.
    pub clamp: (i32, i32),
    /// How sums are multiplied by them.
    pub product: Product,
}

/// How a sum is multiplied by a real number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Product {
    /// In fixed point and rounded twice.
    Twice,
    /// In double precision, halves away from zero.
    Double,
    /// In single precision, halves to even.
    Single,
    /// The same, and the output's zero point is added in single precision.
    SingleSum,
}

/// How sums are brought to the output's scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scheme {
    /// The real multiplier of an output channel: `input scale * filter scale / output scale`.
    real: fn(input: f32, filter: f32, output: f32) -> f64,
    product: Product,
}

/// The real multiplier in double precision, as TFLite's `PopulateConvolutionQuantizationParams`.
pub(super) const DOUBLE: Scheme = Scheme {
    real: |input, filter, output| f64::from(input) * f64::from(filter) / f64::from(output),
    product: Product::Twice,
};

/// With a product in single precision, as TFLite's `GetQuantizedConvolutionMultipler`.
pub(super) const SINGLE: Scheme = Scheme {
    real: |input, filter, output| f64::from(input * filter) / f64::from(output),
    product: Product::Twice,
};

/// As LiteRT's fully connected layers, which multiply sums in double precision too.
pub(super) const REAL: Scheme = Scheme { product: Product::Double, ..DOUBLE };

impl Scheme {
    /// What the profiles do with sums of products, but for LiteRT's peculiarities.
    pub(super) fn of_sums(rounding: Rounding) -> Self {
        match rounding {
            Rounding::Tflm | Rounding::Litert => DOUBLE,
            Rounding::Onnx => ONNX,
        }
    }
}

/// As onnxruntime: all in single precision.
pub(super) const ONNX: Scheme = Scheme {
    real: |input, filter, output| f64::from(input * filter / output),
    product: Product::Single,
};

impl Requantisation {
    /// Reads the quantisation of a site whose filter is input 1, with output channels along
    /// `channel_axis`.
    pub(super) fn new(
        site: &Site,
        channel_axis: usize,
        activation: Activation,
        scheme: Scheme,
    ) -> Result<Self, OpError> {
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
        if filter.quant.whole().is_some() {
            site.input_quant(1)?;
        }
        Self::with_channels(site, channels, activation, scheme)
    }

    /// Reads the quantisation of a site whose input 1 has one scale: that of a single channel.
    pub(super) fn whole(
        site: &Site,
        activation: Activation,
        scheme: Scheme,
    ) -> Result<Self, OpError> {
        site.input_quant(1)?;
        Self::with_channels(site, 1, activation, scheme)
    }

    fn with_channels(
        site: &Site,
        channels: usize,
        activation: Activation,
        scheme: Scheme,
    ) -> Result<Self, OpError> {
        let (input_scale, input_zero_point) = site.input_quant(0)?;
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let filter = site.input(1);
        let multiplier = |channel| {
            filter.quant.scale(channel).map(|scale| (scheme.real)(input_scale, scale, output_scale))
        };
        let reals: Option<Vec<f64>> = (0..channels).map(multiplier).collect();
        let reals = reals.ok_or_else(|| OpError::inconsistent("the filter has no scales"))?;
        let multipliers = reals.iter().map(|&real| Multiplier::from_real(real)).collect();
        let clamp = activation.clamp_integer(site.output(0).dtype, output_scale, output_zero_point);
        let product = scheme.product;
        Ok(Self { input_zero_point, output_zero_point, multipliers, reals, clamp, product })
    }

    /// The output for a sum of `channel`.
    pub(super) fn apply(&self, channel: usize, sum: i32) -> i8 {
        let scaled = match self.product {
            Product::Twice => self.multipliers[channel].apply_twice_rounded(sum),
            Product::Double => round_real(f64::from(sum) * self.reals[channel]),
            Product::Single | Product::SingleSum => {
                Single::nearest(sum, self.reals[channel] as f32)
            }
        };
        let (low, high) = self.clamp;
        scaled.wrapping_add(self.output_zero_point).clamp(low, high) as i8
    }

    /// The variant of `smidgen_output_s8` for sums whose absolute value is at most `bound`.
    fn variant(&self, bound: i64) -> i32 {
        let in_range = |m: &Multiplier| m.mantissa == 0 || (-22..=-1).contains(&m.shift);
        let small = bound < 1 << 30;
        match self.product {
            Product::Double => 1,
            Product::Twice if small && self.multipliers.iter().all(in_range) => {
                2 + i32::from(self.clamp.0 >= self.output_zero_point)
            }
            Product::Twice => 0,
            Product::Single | Product::SingleSum => {
                let shift = |&real: &f64| Single::new(real as f32).shift;
                let usual = self.reals.iter().map(shift).all(|shift| SHIFTS.contains(&shift));
                let first = if self.product == Product::Single { 4 } else { 6 };
                first + i32::from(small && usual)
            }
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

    /// Mantissa and right shift of `channel` as kernels take them, or the two words of a double. The
    /// multiplier 0 gets a shift that every variant takes.
    pub(super) fn scale(&self, channel: usize) -> [i32; 2] {
        match (self.product, self.multipliers[channel]) {
            (Product::Double, _) => {
                let bits = self.reals[channel].to_bits();
                [bits as i32, (bits >> 32) as i32]
            }
            (Product::Single | Product::SingleSum, _) => {
                let Single { mantissa, shift } = Single::new(self.reals[channel] as f32);
                [mantissa, shift]
            }
            (Product::Twice, Multiplier { mantissa: 0, .. }) => [0, 1],
            (Product::Twice, Multiplier { mantissa, shift }) => [mantissa, -shift],
        }
    }

    /// What kernels need for `channel`, with the input's zero point folded into the bias. The filter's
    /// zero point has been subtracted from the weights.
    pub(super) fn channel(&self, channel: usize, bias: i32, weights: &[i32]) -> Channel {
        let sum = wrapping_sum(weights);
        let folded = bias.wrapping_sub(self.input_zero_point.wrapping_mul(sum));
        let products: i64 = weights.iter().map(|&w| 128 * i64::from(w).abs()).sum();
        let bound = i64::from(folded).abs() + products;
        Channel { bias: folded, sum, scale: self.scale(channel), bound }
    }

    /// The same where each channel has its own scale. Channels without weights are constant; they
    /// often have vast biases and tiny scales, so they get a bias of some steps for each step of
    /// the output instead, and a simple multiplier.
    pub(super) fn scaled_channel(&self, channel: usize, bias: i32, weights: &[i32]) -> Channel {
        if weights.iter().any(|&w| w != 0) {
            return self.channel(channel, bias, weights);
        }
        let steps = i32::from(self.apply(channel, bias)) - self.output_zero_point;
        let fine = if self.product == Product::Single { 8 } else { 4 };
        let bound = i64::from(fine * steps).abs();
        Channel { bias: fine * steps, sum: 0, scale: self.simple(fine).scale(0), bound }
    }

    /// The same with a single channel whose multiplier is 1 / `fine`.
    fn simple(&self, fine: i32) -> Self {
        let real = 1.0 / f64::from(fine);
        Self { multipliers: vec![Multiplier::from_real(real)], reals: vec![real], ..self.clone() }
    }
}

/// Nearest integer, halves away from zero, at most 2^30 in absolute value: beyond that every output
/// is clamped.
pub(super) fn round_real(x: f64) -> i32 {
    let limit = f64::from(1 << 30);
    x.clamp(-limit, limit).round() as i32
}

/// An output channel as kernels see it. The default fills a block that is not full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Channel {
    /// Start of the sum of `input * weight`.
    pub bias: i32,
    /// Sum of the weights.
    pub sum: i32,
    /// Mantissa and right shift of the multiplier.
    pub scale: [i32; 2],
    /// Greatest absolute value of the sum, at any input.
    pub bound: i64,
}

impl Default for Channel {
    fn default() -> Self {
        Self { bias: 0, sum: 0, scale: [0, 1], bound: 0 }
    }
}

/// Greatest absolute value of any channel's sum.
pub(super) fn bound(channels: &[Channel]) -> i64 {
    channels.iter().map(|channel| channel.bound).max().unwrap_or(0)
}

/// Products of a sum that 32 bits hold, whatever the operands are: int8 times int8 less a zero point.
pub(super) const MAX_PRODUCTS: usize = (1 << 16) - 1;

/// What is subtracted from every element of the filter, input 1.
pub(super) fn filter_zero_point(site: &Site) -> i32 {
    site.input(1).quant.whole().map_or(0, |(_, zero_point)| zero_point)
}

/// Weights with the filter's zero point subtracted.
pub(super) fn centred(weights: impl IntoIterator<Item = i8>, zero_point: i32) -> Vec<i32> {
    weights.into_iter().map(|w| i32::from(w) - zero_point).collect()
}

/// The sum of weights, which wraps as those of kernels do.
pub(super) fn wrapping_sum<T: Copy + Into<i32>>(weights: &[T]) -> i32 {
    weights.iter().fold(0, |sum, &weight| sum.wrapping_add(weight.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(product: Product, fine: i32, bias: i32) {
        let reals = vec![1e-9];
        let requantisation = Requantisation {
            input_zero_point: 5,
            output_zero_point: -7,
            multipliers: reals.iter().map(|&real| Multiplier::from_real(real)).collect(),
            reals,
            clamp: (-128, 100),
            product,
        };
        let channel = requantisation.scaled_channel(0, bias, &[0, 0]);
        let simple = requantisation.simple(fine);
        assert_eq!(channel.scale, simple.scale(0));
        assert_eq!(simple.apply(0, channel.bias), requantisation.apply(0, bias));
        assert!(channel.bound <= 2040);
    }

    #[test]
    fn sums_of_many_weights_wrap() {
        assert_eq!(wrapping_sum(&vec![-128i8; (1 << 24) + 1]), i32::MAX - 127);
    }

    #[test]
    fn constant_channels_keep_their_output() {
        for (product, fine) in [(Product::Twice, 4), (Product::Double, 4), (Product::Single, 8)] {
            for bias in [0, 1, -1, i32::MAX, i32::MIN, 1_500_000_000, -1_500_000_000] {
                check(product, fine, bias);
            }
        }
    }
}
