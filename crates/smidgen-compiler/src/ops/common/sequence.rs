//! What recurrent operators share: the layout of sequences, and functions of float sums.

use crate::ops::{Activation, Arg, OpError, Site};
use crate::tensor::Shape;
use smidgen_schema::tflite::ActivationFunctionType;

/// The function that a recurrent layer applies to its float sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nonlinearity {
    /// A clamp, or nothing.
    Clamp(Activation),
    /// The hyperbolic tangent.
    Tanh,
}

impl Nonlinearity {
    /// From TFLite's fused activation.
    pub(crate) fn from_tflite(function: ActivationFunctionType) -> Result<Self, OpError> {
        match function {
            ActivationFunctionType::Tanh => Ok(Self::Tanh),
            other => crate::ops::import::activation(other).map(Self::Clamp),
        }
    }

    /// TFLite's fused activation.
    pub(crate) fn to_tflite(self) -> ActivationFunctionType {
        match self {
            Self::Tanh => ActivationFunctionType::Tanh,
            Self::Clamp(activation) => crate::ops::export::activation(activation),
        }
    }

    /// The function, as kernels compute it.
    pub(crate) fn apply(self, x: f32) -> f32 {
        match self {
            Self::Clamp(activation) => activation.apply_f32(x),
            Self::Tanh => super::float_math::tanh(x),
        }
    }

    /// The arguments of `smidgen_nonlinear`.
    pub(crate) fn args(self) -> [(&'static str, Arg); 3] {
        let (low, high) = match self {
            Self::Clamp(activation) => activation.clamp_f32(),
            Self::Tanh => (-1.0, 1.0),
        };
        let tanh = Arg::Int((self == Self::Tanh).into());
        [("tanh", tanh), ("low", Arg::Float(low)), ("high", Arg::Float(high))]
    }
}

/// How a recurrent layer goes through its sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// One step.
    Step,
    /// From the first step to the last.
    Forward,
    /// A second layer begins at the end.
    Both {
        /// Whether both write into one tensor.
        merged: bool,
    },
}

impl Function {
    /// Number of layers.
    pub(crate) fn directions(self) -> usize {
        if matches!(self, Self::Both { .. }) { 2 } else { 1 }
    }

    /// Number of outputs before the states.
    pub(crate) fn outputs(self) -> usize {
        if self == (Self::Both { merged: false }) { 2 } else { 1 }
    }
}

/// Vectors of a batch of sequences: `[batch, time, size]`, `[time, batch, size]` if it is time-major,
/// or `[batch, size]` for a single step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// Number of sequences.
    pub batch: usize,
    /// Steps of each.
    pub time: usize,
    /// Elements of a vector.
    pub size: usize,
    /// Vectors from one sequence to the next, and from one step to the next.
    strides: [usize; 2],
}

impl Sequence {
    /// The sequences in a tensor of `shape`.
    pub(crate) fn new(shape: &Shape, time_major: bool) -> Result<Self, OpError> {
        let (batch, time, size) = match *shape.dims() {
            [batch, size] => (batch, 1, size),
            [time, batch, size] if time_major => (batch, time, size),
            [batch, time, size] => (batch, time, size),
            ref dims => {
                let text = format!("input 0 must have 2 or 3 dimensions, not {}", dims.len());
                return Err(OpError::inconsistent(text));
            }
        };
        let strides = if time_major { [1, batch] } else { [time, 1] };
        Ok(Self { batch, time, size, strides })
    }

    /// Numbers of the vectors of sequence `batch` in the order of their steps.
    pub(crate) fn steps(&self, batch: usize, backward: bool) -> impl Iterator<Item = usize> {
        let Self { time, strides: [across, along], .. } = *self;
        (0..time).map(move |step| {
            let step = if backward { time - 1 - step } else { step };
            batch * across + step * along
        })
    }

    /// The arguments by which kernels walk the vectors.
    pub(crate) fn args(&self, backward: bool) -> [(&'static str, Arg); 6] {
        let [across, along] = self.strides;
        let step = i32::try_from(along).expect("tensor sizes fit 32 bits");
        [
            ("batch", Arg::size(self.batch)),
            ("time", Arg::size(self.time)),
            ("across", Arg::size(across)),
            ("first", Arg::size(if backward { (self.time - 1) * along } else { 0 })),
            ("along", Arg::Int(if backward { -step } else { step })),
            ("inputs", Arg::size(self.size)),
        ]
    }
}

/// `shape` with another size of its vectors.
pub(crate) fn resized(shape: &Shape, size: usize) -> Result<Shape, OpError> {
    let mut dims = shape.dims().to_vec();
    dims.pop();
    dims.push(size);
    Shape::new(dims).map_err(|e| OpError::inconsistent(format!("output 0 is no tensor: {e}")))
}

/// `sum` plus the products of two vectors, one after the other.
pub(crate) fn dot(sum: f32, x: &[f32], w: &[f32]) -> f32 {
    x.iter().zip(w).fold(sum, |sum, (x, w)| sum + x * w)
}

/// Requires an operand to have the shape that others lead to.
pub(crate) fn expect_shape(
    operand: usize,
    shape: &[usize],
    wanted: &[usize],
) -> Result<(), OpError> {
    if shape == wanted {
        return Ok(());
    }
    let text = format!("operand {operand} must have the shape {wanted:?}, not {shape:?}");
    Err(OpError::inconsistent(text))
}

/// Requires an operand to be known at compile time.
pub(crate) fn expect_constant(site: &Site, operand: usize) -> Result<(), OpError> {
    if site.constant(operand).is_some() {
        return Ok(());
    }
    let text = format!("operand {operand} holds weights, but is not constant");
    Err(OpError::unsupported(text).hint("make the weights constants in the source model"))
}
