//! Static shapes whose element count is known to fit.

use std::fmt;
use std::ops::Index;

/// Most elements a tensor may have; byte sizes of such tensors fit in 32 bits for every element type.
pub const MAX_ELEMENTS: usize = 1 << 26;
/// Most dimensions a tensor may have.
pub const MAX_RANK: usize = 8;

/// Dimensions, outermost first, every one at least 1. A scalar has none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape(Vec<usize>);

/// Why a list of dimensions is no shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A dimension is zero.
    #[error("dimension {axis} is zero")]
    Zero {
        /// Its index.
        axis: usize,
    },
    /// Too many dimensions.
    #[error("rank {0} exceeds the limit of {MAX_RANK}")]
    Rank(usize),
    /// Too many elements.
    #[error("the shape has more than {MAX_ELEMENTS} elements")]
    Elements,
}

impl Shape {
    /// Checks the dimensions.
    pub fn new(dims: impl Into<Vec<usize>>) -> Result<Self, ShapeError> {
        let dims = dims.into();
        if dims.len() > MAX_RANK {
            return Err(ShapeError::Rank(dims.len()));
        }
        if let Some(axis) = dims.iter().position(|&d| d == 0) {
            return Err(ShapeError::Zero { axis });
        }
        let elements = dims.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        match elements {
            Some(n) if n <= MAX_ELEMENTS => Ok(Self(dims)),
            _ => Err(ShapeError::Elements),
        }
    }

    /// The shape of a scalar.
    pub fn scalar() -> Self {
        Self(Vec::new())
    }

    /// Dimensions, outermost first.
    pub fn dims(&self) -> &[usize] {
        &self.0
    }

    /// Number of dimensions.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// Number of elements, at least 1.
    pub fn elements(&self) -> usize {
        self.0.iter().product()
    }

    /// The innermost dimension; 1 for a scalar.
    pub fn last(&self) -> usize {
        self.0.last().copied().unwrap_or(1)
    }

    /// Elements between neighbours along each axis, in row-major order.
    pub fn strides(&self) -> Vec<usize> {
        let mut strides = vec![1; self.rank()];
        for axis in (1..self.rank()).rev() {
            strides[axis - 1] = strides[axis] * self.0[axis];
        }
        strides
    }

    /// The axis that `axis` names, where negative numbers count from the end.
    pub fn axis(&self, axis: i64) -> Option<usize> {
        let rank = self.rank() as i64;
        let axis = if axis < 0 { axis + rank } else { axis };
        (0..rank).contains(&axis).then_some(axis as usize)
    }
}

impl Index<usize> for Shape {
    type Output = usize;
    fn index(&self, axis: usize) -> &usize {
        &self.0[axis]
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, dim) in self.0.iter().enumerate() {
            write!(f, "{}{dim}", if i > 0 { "," } else { "" })?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_what_cannot_be_stored() {
        assert_eq!(Shape::new([2, 0]), Err(ShapeError::Zero { axis: 1 }));
        assert_eq!(Shape::new([1; 9]), Err(ShapeError::Rank(9)));
        assert_eq!(Shape::new([usize::MAX, 2]), Err(ShapeError::Elements));
        assert_eq!(Shape::new([MAX_ELEMENTS, 2]), Err(ShapeError::Elements));
        assert_eq!(Shape::scalar().elements(), 1);
    }

    #[test]
    fn strides_are_row_major() {
        let shape = Shape::new([2, 3, 4]).unwrap();
        assert_eq!(shape.strides(), [12, 4, 1]);
        assert_eq!(shape.axis(-1), Some(2));
        assert_eq!(shape.axis(3), None);
    }
}
