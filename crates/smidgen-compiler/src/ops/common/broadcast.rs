//! Broadcasting of two or more operands, reduced to as few axes as possible.

use crate::ops::OpError;
use crate::tensor::Shape;

/// A run of output elements along which all operands advance evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Axis<const N: usize> {
    /// Number of elements.
    pub count: usize,
    /// Elements that each operand advances per output element.
    pub steps: [usize; N],
}

/// How the elements of `N` operands meet in an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broadcast<const N: usize> {
    /// Shape of the output.
    pub shape: Shape,
    /// Axes of the output, innermost first, at least one. Neighbours along which all operands
    /// advance evenly are merged, so operands of equal shape have a single axis.
    pub axes: Vec<Axis<N>>,
}

impl<const N: usize> Broadcast<N> {
    /// Aligns the shapes at their last dimension; dimensions of 1 repeat.
    pub(crate) fn new(operands: [&Shape; N]) -> Result<Self, OpError> {
        let rank = operands.iter().map(|shape| shape.rank()).max().unwrap_or(0);
        // Dimension and stride of an operand at a place counted from the innermost.
        let place = |shape: &Shape, place: usize| match shape.rank().checked_sub(place + 1) {
            Some(axis) if shape[axis] > 1 => (shape[axis], shape.strides()[axis]),
            _ => (1, 0),
        };
        let mut dims = Vec::with_capacity(rank);
        let mut axes: Vec<Axis<N>> = Vec::new();
        for i in 0..rank {
            let places = operands.map(|shape| place(shape, i));
            let count = places.iter().map(|&(size, _)| size).max().unwrap_or(1);
            if let Some(other) = places.iter().find(|&&(size, _)| size != count && size != 1) {
                let shapes = operands.map(ToString::to_string).join(", ");
                return Err(OpError::inconsistent(format!(
                    "shapes {shapes} cannot be broadcast: dimensions {} and {count} differ",
                    other.0
                )));
            }
            let axis = Axis { count, steps: places.map(|(_, step)| step) };
            dims.push(axis.count);
            match axes.last_mut() {
                _ if axis.count == 1 => {}
                Some(inner) if inner.steps.map(|step| step * inner.count) == axis.steps => {
                    inner.count *= axis.count;
                }
                _ => axes.push(axis),
            }
        }
        if axes.is_empty() {
            axes.push(Axis { count: 1, steps: [0; N] });
        }
        dims.reverse();
        let shape = Shape::new(dims).map_err(|e| OpError::inconsistent(e.to_string()))?;
        Ok(Self { shape, axes })
    }

    /// The positions of the operands' elements that meet, in the output's order.
    pub(crate) fn positions(&self) -> impl Iterator<Item = [usize; N]> {
        let mut index = vec![0; self.axes.len()];
        let mut next = [0; N];
        (0..self.shape.elements()).map(move |_| {
            let current = next;
            for (i, axis) in index.iter_mut().zip(&self.axes) {
                *i += 1;
                let carry = *i == axis.count;
                if carry {
                    *i = 0;
                }
                for (at, step) in next.iter_mut().zip(axis.steps) {
                    if carry { *at -= step * (axis.count - 1) } else { *at += step }
                }
                if !carry {
                    break;
                }
            }
            current
        })
    }
}

impl Broadcast<2> {
    /// `f` of every pair of elements, in the output's order.
    pub(crate) fn map<A: Copy, B: Copy, Y>(
        &self,
        a: &[A],
        b: &[B],
        f: impl Fn(A, B) -> Y,
    ) -> Vec<Y> {
        self.positions().map(|[i, j]| f(a[i], b[j])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &[usize], b: &[usize], axes: &[(usize, [usize; 2])]) {
        let (a, b) = (Shape::new(a).unwrap(), Shape::new(b).unwrap());
        let broadcast = Broadcast::new([&a, &b]).unwrap();
        let found: Vec<_> = broadcast.axes.iter().map(|axis| (axis.count, axis.steps)).collect();
        assert_eq!(found, axes, "{a} {b}");
        // Every element meets the elements whose indices agree with its own.
        let count = |shape: &Shape| (0..shape.elements()).collect::<Vec<_>>();
        let pairs = broadcast.map(&count(&a), &count(&b), |x, y| (x, y));
        for (flat, &(x, y)) in pairs.iter().enumerate() {
            assert_eq!(
                (x, y),
                (source(&broadcast.shape, flat, &a), source(&broadcast.shape, flat, &b))
            );
        }
    }

    fn source(output: &Shape, flat: usize, operand: &Shape) -> usize {
        let skip = output.rank() - operand.rank();
        let strides = output.strides();
        let axis =
            |axis: usize| (flat / strides[axis + skip] % output[axis + skip]) % operand[axis];
        (0..operand.rank()).map(|i| axis(i) * operand.strides()[i]).sum()
    }

    #[test]
    fn equal_shapes_are_one_run() {
        check(&[2, 3, 4], &[2, 3, 4], &[(24, [1, 1])]);
    }

    #[test]
    fn scalars_stand_still() {
        check(&[2, 3], &[], &[(6, [1, 0])]);
        check(&[1, 1], &[2, 3], &[(6, [0, 1])]);
        check(&[], &[1], &[(1, [0, 0])]);
    }

    #[test]
    fn channels_repeat() {
        check(&[1, 5, 7, 3], &[3], &[(3, [1, 1]), (35, [3, 0])]);
        check(&[5, 3], &[2, 5, 3], &[(15, [1, 1]), (2, [0, 15])]);
    }

    #[test]
    fn alternating_axes_stay() {
        check(&[4, 1, 3], &[1, 2, 1], &[(3, [1, 0]), (2, [0, 1]), (4, [3, 0])]);
        check(
            &[2, 1, 3, 1, 2],
            &[1, 4, 1, 5, 1],
            &[(2, [1, 0]), (5, [0, 1]), (3, [2, 0]), (4, [0, 5]), (2, [6, 0])],
        );
    }

    #[test]
    fn contradictions_are_refused() {
        let shape = |dims: &[usize]| Shape::new(dims).unwrap();
        assert!(Broadcast::new([&shape(&[2, 3]), &shape(&[2, 4])]).is_err());
        let long = shape(&[1 << 20, 1]);
        assert!(Broadcast::new([&long, &shape(&[1 << 20])]).is_err());
    }

    #[test]
    fn three_operands_meet() {
        let shape = |dims: &[usize]| Shape::new(dims).unwrap();
        let shapes = [shape(&[2, 1]), shape(&[3]), shape(&[1, 3])];
        let broadcast = Broadcast::new(shapes.each_ref()).unwrap();
        assert_eq!(broadcast.shape, shape(&[2, 3]));
        assert_eq!(broadcast.positions().nth(4), Some([1, 1, 1]));
        let odd = shape(&[2]);
        assert!(Broadcast::new([&shapes[0], &shapes[1], &odd]).is_err());
    }
}
