//! Activations that are fused into the operator before them.

use crate::tensor::DType;

/// A clamp of the output's real value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// No clamp.
    None,
    /// At least 0.
    Relu,
    /// From 0 to 6.
    Relu6,
    /// From -1 to 1.
    ReluN1To1,
}

impl Activation {
    /// Bounds of the real value, where there are any.
    pub fn bounds(self) -> (Option<f32>, Option<f32>) {
        match self {
            Self::None => (None, None),
            Self::Relu => (Some(0.0), None),
            Self::Relu6 => (Some(0.0), Some(6.0)),
            Self::ReluN1To1 => (Some(-1.0), Some(1.0)),
        }
    }

    /// Bounds of a quantised int8 value.
    pub fn clamp_i8(self, scale: f32, zero_point: i32) -> (i32, i32) {
        self.clamp_integer(DType::I8, scale, zero_point)
    }

    /// Bounds of a quantised value, of int16 or else int8, as TFLite's
    /// `CalculateActivationRangeQuantized`.
    pub fn clamp_integer(self, dtype: DType, scale: f32, zero_point: i32) -> (i32, i32) {
        let (least, greatest) = match dtype {
            DType::I16 => (i16::MIN.into(), i16::MAX.into()),
            _ => (i8::MIN.into(), i8::MAX.into()),
        };
        let quantised = |real: f32| zero_point.saturating_add((real / scale).round() as i32);
        let (low, high) = self.bounds();
        let low = low.map_or(least, |x| quantised(x).clamp(least, greatest));
        let high = high.map_or(greatest, |x| quantised(x).clamp(least, greatest));
        (low, high)
    }

    /// Bounds of a float value; the largest finite numbers where there are none, as TFLite does.
    pub fn clamp_f32(self) -> (f32, f32) {
        let (low, high) = self.bounds();
        (low.unwrap_or(f32::MIN), high.unwrap_or(f32::MAX))
    }

    /// Clamps a float as the kernels do: what is not a number stays so.
    pub fn apply_f32(self, x: f32) -> f32 {
        let (low, high) = self.clamp_f32();
        let at_least = if x < low { low } else { x };
        if at_least > high { high } else { at_least }
    }

    /// Whether the operator may stand behind values of this type.
    pub fn applies_to(self, dtype: DType) -> bool {
        self == Self::None || matches!(dtype, DType::I8 | DType::I16 | DType::F32)
    }
}
