//! What the integer form of each operator asks of the scales around it, as TFLite's specification of
//! quantisation says.

use super::elementwise::Function;
use super::mul::Mul;
use super::{Activation, Op, pairwise, reduce};
use crate::tensor::{DType, Quant};

/// Scales of an operator's real operands and results, where it computes with integers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scales {
    /// There is no integer form.
    None,
    /// Each has its own.
    Free,
    /// All have the same: the operator moves or compares codes.
    Shared,
    /// Those of the results are given.
    Fixed(FixedScale),
    /// Each has its own; constants have as many as there are output channels.
    Weighted(Weighted),
}

/// A scale that results have whatever the data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedScale {
    int8: (f32, i32),
    int16: f32,
    /// Whether the results are probabilities, which say little of how good what they are made from is.
    pub is_probability: bool,
}

/// Sums of products with the constant operand 1 that start from the constant operand 2, if there is
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighted {
    /// The axis of operand 1 along which output channels lie.
    pub output_axis: usize,
    /// The axis of operand 1 along which the channels of operand 0 lie; the same where each is
    /// weighted by itself.
    pub input_axis: usize,
    /// Clamp of the sums.
    pub activation: Activation,
}

/// What stands beside an operand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SecondOperand {
    /// The operand once more.
    First,
    /// A constant.
    Number(f32),
}

/// From 0 to 1.
const PROBABILITY: FixedScale =
    FixedScale { int8: (1.0 / 256.0, -128), int16: 1.0 / 32768.0, is_probability: true };
/// From -16 to 0.
const LOG_PROBABILITY: FixedScale =
    FixedScale { int8: (1.0 / 16.0, 127), int16: 1.0 / 2048.0, is_probability: true };
/// From -1 to 1.
const SIGNED_UNIT: FixedScale =
    FixedScale { int8: (1.0 / 128.0, 0), int16: 1.0 / 32768.0, is_probability: false };

impl FixedScale {
    /// Scale and zero point of int16, or else int8.
    pub fn quant(self, dtype: DType) -> Quant {
        let (scale, zero_point) = if dtype == DType::I16 { (self.int16, 0) } else { self.int8 };
        Quant::PerTensor { scale, zero_point }
    }
}

impl Op {
    /// What the integer form asks of scales.
    pub fn scales(&self) -> Scales {
        let weighted = |output_axis, input_axis, activation| {
            Scales::Weighted(Weighted { output_axis, input_axis, activation })
        };
        match self {
            Self::Conv2d(op) => weighted(0, 3, op.activation),
            Self::DepthwiseConv2d(op) => weighted(3, 3, op.activation),
            Self::FullyConnected(op) => weighted(0, 1, op.activation),
            Self::TransposeConv(op) => weighted(0, 3, op.activation),
            Self::L2Normalization(_) => Scales::Fixed(SIGNED_UNIT),
            Self::LogSoftmax(_) => Scales::Fixed(LOG_PROBABILITY),
            Self::Softmax(_) => Scales::Fixed(PROBABILITY),
            Self::Elementwise(op) => match op.function {
                Function::Logistic => Scales::Fixed(PROBABILITY),
                Function::Tanh => Scales::Fixed(SIGNED_UNIT),
                // TFLite Micro has these for floats alone.
                Function::Erf | Function::Exp | Function::Log | Function::Neg | Function::Sqrt => {
                    Scales::None
                }
                _ => Scales::Free,
            },
            Self::Reduce(op) => match op.function {
                reduce::Function::Max | reduce::Function::Min => Scales::Shared,
                reduce::Function::Mean | reduce::Function::Sum => Scales::Free,
                _ => Scales::None,
            },
            Self::Pairwise(op) => match op.function {
                pairwise::Function::Maximum | pairwise::Function::Minimum => Scales::Shared,
                _ => Scales::None,
            },
            Self::Add(_)
            | Self::ArgMax(_)
            | Self::BatchMatmul(_)
            | Self::Compare(_)
            | Self::Div(_)
            | Self::Mul(_)
            | Self::Prelu(_)
            | Self::SquaredDifference(_)
            | Self::Sub(_) => Scales::Free,
            Self::AddN(_)
            | Self::Concatenation(_)
            | Self::Copy(_)
            | Self::DynamicUpdateSlice(_)
            | Self::Fill(_)
            | Self::Gather(_)
            | Self::MirrorPad(_)
            | Self::OneHot(_)
            | Self::Pack(_)
            | Self::Pad(_)
            | Self::Pool2d(_)
            | Self::Reshape(_)
            | Self::Resize(_)
            | Self::ReverseSequence(_)
            | Self::ScatterNd(_)
            | Self::Select(_)
            | Self::Slice(_)
            | Self::SpaceToBatchNd(_)
            | Self::SpaceToDepth(_)
            | Self::Split(_)
            | Self::Tile(_)
            | Self::TopK(_)
            | Self::Transpose(_)
            | Self::Unpack(_) => Scales::Shared,
            _ => Scales::None,
        }
    }

    /// Whether operand 0 may be a table of which samples reach some rows only.
    pub fn reads_table(&self) -> bool {
        matches!(self, Self::Gather(_))
    }

    /// Whether TFLite Micro and LiteRT have a kernel of integers of type `dtype`, or the one that has the
    /// operator at all, so that an interpreter takes the whole of a written file. Matters where there
    /// are [`Op::scales`].
    pub fn is_standard(&self, dtype: DType) -> bool {
        let only_eight_bits = match self {
            // LiteRT's table of int16 is as exact as the C library's `erfcf`: not the same everywhere.
            Self::Elementwise(op) => matches!(op.function, Function::Gelu { .. }),
            Self::Reduce(op) => {
                matches!(op.function, reduce::Function::Max | reduce::Function::Min)
            }
            Self::Compare(_)
            | Self::Div(_)
            | Self::Fill(_)
            | Self::Gather(_)
            | Self::MirrorPad(_)
            | Self::Resize(_)
            | Self::ReverseSequence(_)
            | Self::SpaceToBatchNd(_)
            | Self::SquaredDifference(_)
            | Self::Tile(_)
            | Self::TopK(_) => true,
            _ => false,
        };
        dtype == DType::I8 || !only_eight_bits
    }

    /// The same function of floats by an operator of two operands that has an integer form: the first is
    /// this one's.
    pub fn integer_twin(&self) -> Option<(Self, SecondOperand)> {
        let Self::Elementwise(op) = self else {
            return None;
        };
        let product = Mul { activation: Activation::None, rounding: op.rounding };
        match op.function {
            Function::Square => Some((product.into(), SecondOperand::First)),
            Function::Neg => Some((product.into(), SecondOperand::Number(-1.0))),
            _ => None,
        }
    }

    /// The type of real operand `position` beside activations of type `dtype`: slopes have 8 bits,
    /// whatever they multiply.
    pub fn operand_type(&self, position: usize, dtype: DType) -> DType {
        match self {
            Self::Prelu(_) if position == 1 => DType::I8,
            _ => dtype,
        }
    }

    /// The same sums of products, not clamped; any other operator as it is.
    #[must_use]
    pub fn without_activation(mut self) -> Self {
        match &mut self {
            Self::Conv2d(op) => op.activation = Activation::None,
            Self::DepthwiseConv2d(op) => op.activation = Activation::None,
            Self::FullyConnected(op) => op.activation = Activation::None,
            Self::TransposeConv(op) => op.activation = Activation::None,
            _ => {}
        }
        self
    }
}
