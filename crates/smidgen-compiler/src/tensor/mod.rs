//! Element types, shapes, quantisation and constant data: the values that flow through a graph.

mod data;
mod dtype;
mod fixed;
mod quant;
mod shape;
mod single;

pub use data::{Data, Element};
pub use dtype::DType;
pub use fixed::{Multiplier, Rounding};
pub(crate) use fixed::{doubling_high_multiply, round_shift};
pub use quant::{Quant, QuantError};
pub use shape::{MAX_ELEMENTS, MAX_RANK, Shape, ShapeError};
pub use single::{SHIFTS, Single};

/// Element type, shape and quantisation of a tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorType {
    /// Element type.
    pub dtype: DType,
    /// Dimensions, outermost first.
    pub shape: Shape,
    /// What the integers mean; [`Quant::None`] for floats, indices and truth values.
    pub quant: Quant,
}

impl TensorType {
    /// A tensor that is not quantised.
    pub fn plain(dtype: DType, shape: Shape) -> Self {
        Self { dtype, shape, quant: Quant::None }
    }

    /// What memory of this type holds when it is cleared: zeros, which quantised int8 means by its
    /// zero point.
    pub fn cleared(&self) -> Data {
        match (self.dtype, self.quant.whole()) {
            (DType::I8, Some((_, zero))) => Data::I8(vec![zero as i8; self.shape.elements()]),
            _ => Data::zeros(self.dtype, self.shape.elements()),
        }
    }

    /// Size in bytes.
    pub fn bytes(&self) -> usize {
        self.shape.elements() * self.dtype.bytes()
    }
}

impl std::fmt::Display for TensorType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}{}", self.dtype, self.shape, self.quant)
    }
}
