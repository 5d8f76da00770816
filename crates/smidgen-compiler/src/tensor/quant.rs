//! Affine quantisation: `real = scale * (integer - zero_point)`.

use std::fmt;

/// What the integers of a tensor mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Quant {
    /// The numbers mean themselves.
    None,
    /// One scale and zero point for all elements.
    PerTensor {
        /// Positive and finite.
        scale: f32,
        /// The integer that means 0.
        zero_point: i32,
    },
    /// One scale per index of `axis`; zero points are all 0.
    PerAxis {
        /// The axis that the scales run along.
        axis: usize,
        /// Positive and finite, one per index.
        scales: Vec<f32>,
    },
}

/// Why scales and zero points describe no quantisation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QuantError {
    /// A scale is zero, negative, infinite or not a number.
    #[error("scale `{0}` is not a positive finite number")]
    Scale(f32),
    /// No scales at all.
    #[error("the list of scales is empty")]
    Empty,
}

impl Quant {
    /// One scale and zero point for all elements.
    pub fn per_tensor(scale: f32, zero_point: i32) -> Result<Self, QuantError> {
        check_scale(scale)?;
        Ok(Self::PerTensor { scale, zero_point })
    }

    /// One scale per index of `axis`, symmetric around zero.
    pub fn per_axis(axis: usize, scales: Vec<f32>) -> Result<Self, QuantError> {
        scales.iter().try_for_each(|&scale| check_scale(scale))?;
        if scales.is_empty() {
            return Err(QuantError::Empty);
        }
        Ok(Self::PerAxis { axis, scales })
    }

    /// Scale and zero point where both hold for the whole tensor.
    pub fn whole(&self) -> Option<(f32, i32)> {
        match *self {
            Self::PerTensor { scale, zero_point } => Some((scale, zero_point)),
            _ => None,
        }
    }

    /// The scale of channel `index` along the quantised axis.
    pub fn scale(&self, index: usize) -> Option<f32> {
        match self {
            Self::None => None,
            Self::PerTensor { scale, .. } => Some(*scale),
            Self::PerAxis { scales, .. } => scales.get(index).copied(),
        }
    }
}

fn check_scale(scale: f32) -> Result<(), QuantError> {
    if scale.is_finite() && scale > 0.0 { Ok(()) } else { Err(QuantError::Scale(scale)) }
}

impl fmt::Display for Quant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::PerTensor { scale, zero_point } => write!(f, " q({scale}, {zero_point})"),
            Self::PerAxis { axis, scales } => write!(f, " q(axis {axis}, {} scales)", scales.len()),
        }
    }
}
