//! The logistic function and the hyperbolic tangent of int16, as TFLite's kernels interpolate them in
//! one table. Results are in units of 2^-15.

use super::{COMMON, real};
use crate::ops::{Arg, CArray, OpError, Source};

/// One of the two functions at an input scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sigmoid {
    is_tanh: bool,
    /// To units of 1 / 12288, with a right shift.
    multiplier: i32,
    shift: u32,
}

/// What the C functions need.
pub(crate) const SOURCES: [Source; 2] =
    [COMMON, Source { file: "smidgen_sigmoid_s16.h", text: include_str!("smidgen_sigmoid_s16.h") }];

impl Sigmoid {
    /// The logistic function of integers in units of `scale`.
    pub(crate) fn logistic(scale: f32) -> Self {
        Self::new(false, scale)
    }

    /// The hyperbolic tangent of integers in units of `scale`.
    pub(crate) fn tanh(scale: f32) -> Self {
        Self::new(true, scale)
    }

    fn new(is_tanh: bool, scale: f32) -> Self {
        // A scale of nearly 2^-12, or 2^-11 for the tangent, needs no shift.
        for power in 0..=u32::from(is_tanh) {
            let exponent = real::log(f64::from(scale) * 4096.0) / std::f64::consts::LN_2;
            if (exponent - f64::from(power)).abs() < 1e-3 {
                return Self { is_tanh, multiplier: 3 << power, shift: 0 };
            }
        }
        let mut real = f64::from(scale) * 12288.0;
        let mut shift = 0;
        while real <= 32767.0 / 2.0 && shift <= 30 {
            shift += 1;
            real *= 2.0;
        }
        Self { is_tanh, multiplier: real as i32, shift }
    }

    /// Refuses scales with which TFLite's arithmetic overflows.
    pub(crate) fn check(scale: f32) -> Result<(), OpError> {
        if scale * 12288.0 <= 65535.0 {
            return Ok(());
        }
        Err(OpError::unsupported(format!("the input's scale `{scale}` is greater than 5.3")))
    }

    /// The result for an integer.
    pub(crate) fn apply(self, x: i16) -> i16 {
        let half = (1i64 << self.shift) >> 1;
        let x = (i64::from(x) * i64::from(self.multiplier) + half) >> self.shift;
        // Bits below the index.
        let bits = if self.is_tanh { 8 } else { 9 };
        let index = (x.abs() >> bits) as usize;
        // Above 1/2, with as many more fraction bits.
        let above = match TABLE.get(index..index + 2) {
            Some(&[a, b]) => {
                (i64::from(a) << bits) + (x.abs() & ((1 << bits) - 1)) * i64::from(b - a)
            }
            _ if self.is_tanh => 32767 << 8,
            _ => 32766 << 9,
        };
        let signed = if x >= 0 { above } else { -above - 1 };
        let y = if self.is_tanh { (signed + (1 << 7)) >> 8 } else { (signed + (1 << 9)) >> 10 };
        (if self.is_tanh { y } else { y + (1 << 14) }) as i16
    }

    /// The C function, which takes the table last.
    pub(crate) fn c_name(self) -> &'static str {
        if self.is_tanh { "smidgen_tanh_s16" } else { "smidgen_logistic_s16" }
    }

    /// The arguments after the length and before the table.
    pub(crate) fn args(self) -> [(&'static str, Arg); 2] {
        [("multiplier", Arg::Int(self.multiplier)), ("shift", Arg::Int(self.shift as i32))]
    }

    /// The table for the C function.
    pub(crate) fn table() -> CArray {
        CArray::I16(TABLE.to_vec())
    }
}

/// `1 / (1 + e^(-i/24)) - 1/2` in units of 2^-16; TFLite's numbers, which are not the nearest ones.
#[rustfmt::skip]
const TABLE: [i16; 256] = [
    0, 683, 1_365, 2_045, 2_725, 3_401, 4_075, 4_745, 5_412, 6_073, 6_730, 7_381, 8_026, 8_664,
    9_296, 9_920, 10_536, 11_144, 11_743, 12_334, 12_915, 13_487, 14_049, 14_601, 15_143, 15_675,
    16_196, 16_707, 17_207, 17_696, 18_174, 18_641, 19_097, 19_543, 19_977, 20_401, 20_813, 21_215,
    21_606, 21_987, 22_357, 22_717, 23_066, 23_406, 23_735, 24_055, 24_365, 24_665, 24_956, 25_239,
    25_512, 25_776, 26_032, 26_280, 26_520, 26_751, 26_975, 27_191, 27_400, 27_602, 27_797, 27_985,
    28_167, 28_342, 28_511, 28_673, 28_831, 28_982, 29_128, 29_268, 29_404, 29_534, 29_660, 29_781,
    29_898, 30_010, 30_118, 30_222, 30_322, 30_418, 30_511, 30_600, 30_686, 30_768, 30_847, 30_923,
    30_997, 31_067, 31_135, 31_200, 31_262, 31_322, 31_380, 31_436, 31_489, 31_540, 31_589, 31_637,
    31_682, 31_726, 31_768, 31_808, 31_846, 31_884, 31_919, 31_953, 31_986, 32_018, 32_048, 32_077,
    32_105, 32_132, 32_158, 32_182, 32_206, 32_229, 32_251, 32_271, 32_292, 32_311, 32_329, 32_347,
    32_364, 32_381, 32_396, 32_411, 32_426, 32_440, 32_453, 32_466, 32_478, 32_490, 32_501, 32_512,
    32_523, 32_533, 32_542, 32_551, 32_560, 32_569, 32_577, 32_584, 32_592, 32_599, 32_606, 32_613,
    32_619, 32_625, 32_631, 32_636, 32_642, 32_647, 32_652, 32_657, 32_661, 32_665, 32_670, 32_674,
    32_677, 32_681, 32_685, 32_688, 32_691, 32_694, 32_697, 32_700, 32_703, 32_706, 32_708, 32_711,
    32_713, 32_715, 32_717, 32_720, 32_721, 32_723, 32_725, 32_727, 32_729, 32_730, 32_732, 32_733,
    32_735, 32_736, 32_737, 32_739, 32_740, 32_741, 32_742, 32_743, 32_744, 32_745, 32_746, 32_747,
    32_748, 32_749, 32_749, 32_750, 32_751, 32_752, 32_752, 32_753, 32_754, 32_754, 32_755, 32_755,
    32_756, 32_756, 32_757, 32_757, 32_758, 32_758, 32_758, 32_759, 32_759, 32_760, 32_760, 32_760,
    32_761, 32_761, 32_761, 32_761, 32_762, 32_762, 32_762, 32_762, 32_763, 32_763, 32_763, 32_763,
    32_763, 32_764, 32_764, 32_764, 32_764, 32_764, 32_764, 32_765, 32_765, 32_765, 32_765, 32_765,
    32_765, 32_765, 32_765, 32_766, 32_766, 32_766, 32_766, 32_766, 32_766, 32_766, 32_766, 32_766,
    32_766, 32_767,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sigmoid: impl Fn(f32) -> Sigmoid, exact: fn(f64) -> f64) {
        for scale in [1.0 / 4096.0, 1.0 / 2048.0, 3e-4, 1e-5, 0.001] {
            let sigmoid = sigmoid(scale);
            for x in (i16::MIN..=i16::MAX).step_by(97) {
                let y = f64::from(sigmoid.apply(x)) / 32768.0;
                let expected = exact(f64::from(x) * f64::from(scale));
                assert!((y - expected).abs() < 2e-4, "{scale} {x}: {y}, not {expected}");
            }
        }
    }

    #[test]
    fn the_logistic_function_is_close() {
        check(Sigmoid::logistic, |x| 1.0 / (1.0 + (-x).exp()));
    }

    #[test]
    fn the_tangent_is_close() {
        check(Sigmoid::tanh, f64::tanh);
    }

    #[test]
    fn coarse_scales_are_refused() {
        assert!(Sigmoid::check(5.0).is_ok() && Sigmoid::check(6.0).is_err());
    }
}
