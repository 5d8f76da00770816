//! What operators share that compare elements and give their indices.

use crate::ops::{Arg, OpError, Source};
use crate::tensor::{DType, Data, Shape};

/// Comparisons and indices.
pub(crate) const ORDER: Source =
    Source { file: "smidgen_order.h", text: include_str!("smidgen_order.h") };

/// `SMIDGEN_TYPE_…`.
pub(crate) fn element_type(dtype: DType) -> Arg {
    Arg::size(element_number(dtype))
}

/// The number of an element type among those that kernels tell apart; truth values are uint8.
pub(crate) fn element_number(dtype: DType) -> usize {
    match dtype {
        DType::I8 => 0,
        DType::U8 | DType::Bool => 1,
        DType::I16 => 2,
        DType::I32 => 3,
        DType::I64 => 4,
        DType::F32 => 5,
    }
}

/// Indices as elements of type `dtype`, one of int16, int32 and int64 that holds them.
pub(crate) fn indices(dtype: DType, indices: &[usize]) -> Data {
    match dtype {
        DType::I16 => Data::I16(indices.iter().map(|&i| i as i16).collect()),
        DType::I32 => Data::I32(indices.iter().map(|&i| i as i32).collect()),
        _ => Data::I64(indices.iter().map(|&i| i as i64).collect()),
    }
}

/// A tensor as lines along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lines {
    /// Elements of all axes before.
    pub outer: usize,
    /// Elements of a line.
    pub length: usize,
    /// Elements of all axes behind, and the distance of a line's elements.
    pub inner: usize,
}

impl Lines {
    /// The lines along `axis`.
    pub(crate) fn new(shape: &Shape, axis: usize) -> Result<Self, OpError> {
        let dims = shape.dims();
        let Some(&length) = dims.get(axis) else {
            return Err(OpError::inconsistent(format!("the input {shape} has no axis {axis}")));
        };
        let (outer, inner) = (dims[..axis].iter().product(), dims[axis + 1..].iter().product());
        Ok(Self { outer, length, inner })
    }

    /// The first element of every line, in order.
    pub(crate) fn starts(self) -> impl Iterator<Item = usize> {
        let block = self.length * self.inner;
        (0..self.outer).flat_map(move |o| (0..self.inner).map(move |i| o * block + i))
    }

    /// Arguments of kernels.
    pub(crate) fn args(self) -> [(&'static str, Arg); 3] {
        [
            ("outer", Arg::size(self.outer)),
            ("length", Arg::size(self.length)),
            ("inner", Arg::size(self.inner)),
        ]
    }
}
