//! How sums of products of int16 become int16 outputs.
//!
//! Sums have 64 bits, or 32 where the bias has: then they wrap, as in TFLite.

use super::requantisation::{Requantisation, round_real};
use super::{Arg, CArray, Constant, OpError, Site};
use crate::tensor::{DType, Data, Multiplier};

/// How a sum is multiplied by a real number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scaling {
    /// In fixed point and rounded twice, from 32 bits.
    Twice,
    /// By a mantissa cut to 15 bits, with halves rounded up: TFLite's way from 64 bits.
    Cut,
    /// In double precision, halves away from zero: LiteRT's fully connected layers.
    Real,
}

impl Scaling {
    /// What TFLite's convolutions do: the type of the bias decides.
    pub(super) fn of_bias(site: &Site) -> Self {
        match site.inputs.get(2).map(|bias| bias.ty.dtype) {
            Some(DType::I32) => Self::Twice,
            _ => Self::Cut,
        }
    }
}

/// Multipliers and clamp of an operator that sums products of int16.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wide {
    scaling: Scaling,
    base: Requantisation,
}

/// Greatest exponent of a multiplier that is cut: beyond it the shift would go left.
const MAX_CUT_SHIFT: i32 = 14;

impl Wide {
    /// Scales as `base` does, in another way.
    pub(super) fn new(base: Requantisation, scaling: Scaling) -> Result<Self, OpError> {
        let is_large = |m: &Multiplier| m.shift > MAX_CUT_SHIFT;
        if scaling == Scaling::Cut && base.multipliers.iter().any(is_large) {
            return Err(OpError::unsupported("the output's scale is too small for its inputs'"));
        }
        Ok(Self { scaling, base })
    }

    /// The output for a sum of `channel`.
    pub(super) fn apply(&self, channel: usize, sum: i64) -> i16 {
        let y = match self.scaling {
            Scaling::Twice => self.base.multipliers[channel].apply_twice_rounded(sum as i32),
            Scaling::Cut => {
                let (mantissa, shift) = cut(self.base.multipliers[channel]);
                let product = sum.wrapping_mul(mantissa.into());
                (product.wrapping_add(1 << (shift - 1)) >> shift) as i32
            }
            Scaling::Real => round_real(sum as f64 * self.base.reals[channel]),
        };
        y.clamp(self.base.clamp.0, self.base.clamp.1) as i16
    }

    /// How kernels sum and scale, for the `weights` of each channel (none where they are not known)
    /// and the biases: see [`Plan`].
    pub(super) fn plan(&self, weights: &[Vec<i32>], bias: Option<&Data>) -> Plan {
        let products = |row: &Vec<i32>| row.iter().map(|&w| i64::from(w).abs() << 15).sum::<i64>();
        let biases: Vec<i64> = (0..self.base.multipliers.len())
            .map(|channel| bias.map_or(0, |bias| bias_at(bias, channel)))
            .collect();
        let bound =
            |(row, bias): (&Vec<i32>, &i64)| bias.saturating_abs().saturating_add(products(row));
        let greatest = weights.iter().zip(&biases).map(bound).max();
        let narrow = greatest.is_some_and(|bound| bound < 1 << 31);
        let largest = weights.iter().flatten().map(|w| w.unsigned_abs()).max().unwrap_or(0);
        // Products of 32 bits in a row whose sum cannot overflow.
        let longest = (u32::MAX >> 16).checked_div(largest).map_or(usize::MAX, |run| run as usize);
        let cuts: Vec<_> = self.base.multipliers.iter().map(|&m| cut(m)).collect();
        let high =
            narrow && self.scaling == Scaling::Cut && cuts.iter().all(|&c| high(c).is_some());
        let run = if narrow { usize::MAX } else { longest.max(1) };
        Plan { wide: self.clone(), biases, narrow, high, run }
    }

    /// Mantissa and shift of `channel` as kernels take them.
    fn scale(&self, channel: usize, as_high: bool) -> Vec<i32> {
        let multiplier = self.base.multipliers[channel];
        match self.scaling {
            Scaling::Cut if as_high => vec![high(cut(multiplier)).unwrap_or(0)],
            Scaling::Cut => {
                let (mantissa, shift) = cut(multiplier);
                vec![mantissa, shift]
            }
            Scaling::Real => {
                let bits = self.base.reals[channel].to_bits();
                vec![bits as i32, (bits >> 32) as i32]
            }
            Scaling::Twice => vec![multiplier.mantissa, -multiplier.shift],
        }
    }
}

/// How kernels compute a site: which sums have 64 bits, and with which form of the multipliers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    wide: Wide,
    biases: Vec<i64>,
    /// Whether 32 bits hold every sum with its bias.
    pub narrow: bool,
    /// Whether the result is the high word of a product.
    high: bool,
    /// Products in a row whose sum 32 bits hold.
    pub run: usize,
}

impl Plan {
    /// The biases of `channels`, 0 where there is none to fill a block; 32 bits where sums have them.
    pub(super) fn bias(&self, channels: impl Iterator<Item = Option<usize>>) -> Constant {
        let biases = channels.map(|channel| channel.map_or(0, |channel| self.biases[channel]));
        let data = if self.narrow {
            CArray::I32(biases.map(|bias| bias as i32).collect())
        } else {
            CArray::I64(biases.collect())
        };
        Constant { name: "bias", is_weight: true, data }
    }

    /// The multipliers of `channels`, any where there is none.
    pub(super) fn scale(&self, channels: impl Iterator<Item = Option<usize>>) -> Constant {
        let scale = |channel: Option<usize>| self.wide.scale(channel.unwrap_or(0), self.high);
        let data = CArray::I32(channels.flat_map(scale).collect());
        Constant { name: "scale", is_weight: false, data }
    }

    /// The arguments that follow shapes in the calls of kernels with prepared constants.
    pub(super) fn args(&self) -> [(&'static str, Arg); 4] {
        let [rounding, low, high] = self.scaling_args();
        [("wide", Arg::Int(i32::from(!self.narrow))), rounding, low, high]
    }

    /// How sums become outputs.
    pub(super) fn scaling_args(&self) -> [(&'static str, Arg); 3] {
        let rounding = match self.wide.scaling {
            Scaling::Twice => 0,
            Scaling::Real => 1,
            Scaling::Cut => 2 + i32::from(self.high),
        };
        let (low, high) = self.wide.base.clamp;
        [("rounding", Arg::Int(rounding)), ("low", Arg::Int(low)), ("high", Arg::Int(high))]
    }
}

/// The bias of a channel.
pub(super) fn bias_at(bias: &Data, channel: usize) -> i64 {
    match bias {
        Data::I32(values) => values[channel].into(),
        other => other.get::<i64>()[channel],
    }
}

/// A multiplier as a mantissa of 15 bits and a right shift, as TFLite's
/// `MultiplyByQuantizedMultiplier` for 64 bits.
fn cut(multiplier: Multiplier) -> (i32, i32) {
    let Multiplier { mantissa, shift } = multiplier;
    let mantissa = if mantissa < 0x7fff_0000 { (mantissa + (1 << 15)) >> 16 } else { 0x7fff };
    (mantissa, 15 - shift)
}

/// The mantissa for which the result is the high word of a product, if 32 bits hold it.
fn high((mantissa, shift): (i32, i32)) -> Option<i32> {
    if mantissa == 0 {
        return Some(0);
    }
    (16..=32).contains(&shift).then(|| mantissa << (32 - shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(real: f64, sum: i64, expected: i32) {
        let (mantissa, shift) = cut(Multiplier::from_real(real));
        let y = (sum * i64::from(mantissa) + (1 << (shift - 1))) >> shift;
        assert_eq!(y, i64::from(expected), "{real} {sum}");
        if let Some(high) = high((mantissa, shift)) {
            assert_eq!((sum * i64::from(high) + (1 << 31)) >> 32, y, "{real} {sum}");
        }
    }

    #[test]
    fn halves_round_up() {
        check(0.25, 2, 1);
        check(0.25, -2, 0);
        check(0.25, -3, -1);
        check(3.0, 5, 15);
    }

    #[test]
    fn the_mantissa_is_cut() {
        check(0.499_999_9, 1 << 20, (1 << 19) - (1 << 4));
        check(0.1, 1_000_000, 99_998);
    }

    #[test]
    fn high_words_take_usual_multipliers() {
        for real in [0.49, 0.1, 0.001, 1e-5] {
            assert!(high(cut(Multiplier::from_real(real))).is_some(), "{real}");
        }
        assert_eq!(high(cut(Multiplier::from_real(0.6))), None);
        assert_eq!(high(cut(Multiplier::from_real(0.0))), Some(0));
    }
}
