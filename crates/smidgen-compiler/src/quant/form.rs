//! What the integer form of each operator asks of the scales around it, as TFLite's specification of
//! quantisation says.

use crate::ops::elementwise::Function;
use crate::ops::{Op, pairwise, reduce};
use crate::tensor::{DType, Quant};

/// Scales of an operator's real operands and results.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// There is no integer form.
    Real,
    /// Each has its own.
    Free,
    /// All have the same: the operator moves or compares codes.
    Shared,
    /// Those of the results are given: one of int8 and one of int16.
    Fixed([(f32, i32); 2]),
    /// Sums of products with the constant operand 1, which has a scale for each output channel, and
    /// from the constant operand 2, if there is one.
    Weighted {
        /// The axis of operand 1 along which the output channels lie.
        channel_axis: usize,
    },
}

/// Results from 0 to 1.
const PROBABILITY: Form = Form::Fixed([(1.0 / 256.0, -128), (1.0 / 32768.0, 0)]);
/// Results from -1 to 1.
const SIGNED_UNIT: Form = Form::Fixed([(1.0 / 128.0, 0), (1.0 / 32768.0, 0)]);
/// Results from -16 to 0.
const LOG_PROBABILITY: Form = Form::Fixed([(1.0 / 16.0, 127), (1.0 / 2048.0, 0)]);

impl Form {
    /// The form of an operator.
    pub(super) fn of(op: &Op) -> Self {
        match op {
            Op::Conv2d(_) | Op::TransposeConv(_) | Op::FullyConnected(_) => {
                Self::Weighted { channel_axis: 0 }
            }
            Op::DepthwiseConv2d(_) => Self::Weighted { channel_axis: 3 },
            Op::Softmax(_) => PROBABILITY,
            Op::L2Normalization(_) => SIGNED_UNIT,
            Op::LogSoftmax(_) => LOG_PROBABILITY,
            Op::Elementwise(op) => match op.function {
                Function::Logistic => PROBABILITY,
                Function::Tanh => SIGNED_UNIT,
                _ => Self::Free,
            },
            Op::Reduce(op) => match op.function {
                reduce::Function::Max | reduce::Function::Min => Self::Shared,
                reduce::Function::Mean | reduce::Function::Sum => Self::Free,
                _ => Self::Real,
            },
            Op::Pairwise(op) => match op.function {
                pairwise::Function::Maximum | pairwise::Function::Minimum => Self::Shared,
                _ => Self::Real,
            },
            Op::Add(_)
            | Op::ArgMax(_)
            | Op::BatchMatmul(_)
            | Op::Compare(_)
            | Op::Cumsum(_)
            | Op::Div(_)
            | Op::Mul(_)
            | Op::Prelu(_)
            | Op::SquaredDifference(_)
            | Op::Sub(_) => Self::Free,
            Op::AddN(_)
            | Op::Concatenation(_)
            | Op::Copy(_)
            | Op::DynamicUpdateSlice(_)
            | Op::Fill(_)
            | Op::Gather(_)
            | Op::MirrorPad(_)
            | Op::OneHot(_)
            | Op::Pack(_)
            | Op::Pad(_)
            | Op::Pool2d(_)
            | Op::Reshape(_)
            | Op::Resize(_)
            | Op::ReverseSequence(_)
            | Op::ScatterNd(_)
            | Op::Select(_)
            | Op::Slice(_)
            | Op::SpaceToBatchNd(_)
            | Op::SpaceToDepth(_)
            | Op::Split(_)
            | Op::Tile(_)
            | Op::TopK(_)
            | Op::Transpose(_)
            | Op::Unpack(_) => Self::Shared,
            _ => Self::Real,
        }
    }

    /// The scale that the results have whatever the data.
    pub(super) fn fixed(self, dtype: DType) -> Option<Quant> {
        let Self::Fixed(scales) = self else {
            return None;
        };
        let (scale, zero_point) = scales[usize::from(dtype == DType::I16)];
        Some(Quant::PerTensor { scale, zero_point })
    }
}
