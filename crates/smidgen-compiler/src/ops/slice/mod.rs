//! `SLICE`, `STRIDED_SLICE` and `REVERSE_V2`: every so many elements along each axis.
//!
//! Inputs: any tensor; the place where the slice starts, if only the running model knows it (see
//! [`index`] for places outside the tensor). Output: [`Slice::shape`].

pub(super) mod cases;
mod export;
mod import;
mod strided;

use super::common::movement::index::{self, Along};
use super::common::movement::placed::Placed;
use super::common::movement::{self, Loop, Origin, Transfer, step};
use super::{Kernel, Lowering, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a slice.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// What is taken along each axis of the input.
    pub cuts: Vec<Cut>,
    /// The output's shape: as many elements as the cuts have.
    pub shape: Shape,
    /// What each number of input 1 does, if there is that input.
    pub moved: Option<Vec<Number>>,
}

/// What is taken along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The first element; 0 where the running model says it.
    pub start: usize,
    /// From one element to the next; a negative step goes backwards.
    pub step: isize,
    /// How many elements, at least 1.
    pub count: usize,
}

/// What a number that says where a slice starts does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Nothing.
    Ignored,
    /// It is the first element along an axis.
    Start {
        /// The axis.
        axis: usize,
        /// Whether a negative number counts from the axis's end.
        wraps: bool,
    },
}

impl OpDef for Slice {
    const NAME: &'static str = "SLICE";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "slice_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| match &op.moved {
            None => movement::lower(&[op.transfer(site.input(0))], site),
            Some(numbers) => {
                let transfer = op.transfer(site.input(0));
                let axes = op.axes(numbers, site.input(0));
                let placed =
                    Placed { transfer: &transfer, input: 1, axes: &axes, in_output: false };
                Lowering::Code(placed.lower(site))
            }
        },
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let x = match (inputs, &self.moved) {
            (&[x], None) => x,
            (&[x, starts], Some(numbers)) if starts.shape.elements() == numbers.len() => x,
            _ => return Err(OpError::inconsistent("needs one input, and where it is to start")),
        };
        let fits = |(&dim, cut): (&usize, &Cut)| cut.last().is_some_and(|last| last < dim);
        let inside = self.cuts.len() == x.shape.rank()
            && x.shape.dims().iter().zip(&self.cuts).all(fits)
            && self.moved.iter().flatten().all(|number| match *number {
                Number::Ignored => true,
                Number::Start { axis, .. } => {
                    self.cuts.get(axis).is_some_and(|cut| (cut.start, cut.step) == (0, 1))
                }
            });
        let counts = self.cuts.iter().map(|cut| cut.count);
        let elements = counts.fold(1, usize::saturating_mul);
        if inside && elements == self.shape.elements() {
            return Ok(vec![(x.dtype, self.shape.clone())]);
        }
        let text = format!("a slice of shape {} does not lie in {}", self.shape, x.shape);
        Err(OpError::inconsistent(text))
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        // A shape that is not that of the cuts drops axes.
        let counts = self.cuts.iter().map(|cut| cut.count);
        if !counts.eq(self.shape.dims().iter().copied()) {
            return None;
        }
        let moved = self.moved.as_ref().map(|numbers| {
            let place = |number: &Number| match *number {
                Number::Start { axis, wraps } => {
                    let axis = axes.iter().position(|&source| source == axis)?;
                    Some(Number::Start { axis, wraps })
                }
                Number::Ignored => Some(Number::Ignored),
            };
            numbers.iter().map(place).collect::<Option<_>>()
        });
        let dims: Vec<usize> = axes.iter().map(|&axis| self.shape[axis]).collect();
        Some(Self {
            cuts: axes.iter().map(|&axis| self.cuts[axis]).collect(),
            shape: Shape::new(dims).ok()?,
            moved: match moved {
                Some(moved) => Some(moved?),
                None => None,
            },
        })
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        if self.cuts.iter().any(|cut| cut.step < 0) {
            // Converters give a reversed tensor a scale of its own, and both oracles move the elements
            // all the same.
            let inputs = vec![site.inputs[0]];
            Site { inputs, outputs: site.outputs.clone() }.same_dtype(Self::TYPES)?;
        } else {
            movement::check_first(site, Self::TYPES, 1)?;
        }
        let Some(numbers) = &self.moved else { return Ok(()) };
        index::check(site, 1, &self.axes(numbers, site.input(0)))
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let mut transfer = self.transfer(site.input(0));
        if let Some(numbers) = &self.moved {
            let axes = self.axes(numbers, site.input(0));
            let placed = Placed { transfer: &transfer, input: 1, axes: &axes, in_output: false };
            transfer = placed.at(&index::numbers(inputs[1]));
        }
        movement::eval(&[transfer], site, &inputs[..1])
    }
}

impl Cut {
    /// A whole axis.
    pub(in crate::ops) fn all(count: usize) -> Self {
        Self { start: 0, step: 1, count }
    }

    /// A whole axis backwards.
    fn reversed(count: usize) -> Self {
        Self { start: count - 1, step: -1, count }
    }

    /// The largest index that is taken.
    fn last(&self) -> Option<usize> {
        let reach = isize::try_from(self.count.checked_sub(1)?).ok()?.checked_mul(self.step)?;
        self.start.checked_add_signed(reach).map(|end| end.max(self.start))
    }
}

impl Slice {
    fn transfer(&self, x: &TensorType) -> Transfer {
        let from = x.shape.strides();
        let counts: Vec<usize> = self.cuts.iter().map(|cut| cut.count).collect();
        let to =
            Shape::new(counts).expect("the cuts have as many elements as the output").strides();
        let first = self.cuts.iter().zip(&from).map(|(cut, stride)| cut.start * stride).sum();
        let along = |((cut, &stride), &to): ((&Cut, &usize), &usize)| Loop {
            count: cut.count,
            from: cut.step * step(stride),
            to,
        };
        let loops = self.cuts.iter().zip(&from).zip(&to).map(along).collect();
        Transfer { source: Origin::Input(0, first), output: 0, first: 0, loops }
    }

    /// How the numbers of input 1 move the slice.
    fn axes(&self, numbers: &[Number], x: &TensorType) -> Vec<Along> {
        let strides = x.shape.strides();
        let along = |number: &Number| match *number {
            Number::Ignored => Along::IGNORED,
            Number::Start { axis, wraps } => Along {
                places: x.shape[axis] - self.cuts[axis].count + 1,
                step: strides[axis],
                wrap: if wraps { x.shape[axis] } else { 0 },
            },
        };
        numbers.iter().map(along).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check(op: Slice, shapes: &[&[usize]], says: &str) {
        let types: Vec<_> = shapes.iter().map(|dims| plain(DType::F32, dims)).collect();
        let text = problem(op, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn a_slice_must_lie_inside() {
        let of = |start, step, count| Slice {
            cuts: vec![Cut { start, step, count }],
            shape: Shape::new([2]).unwrap(),
            moved: None,
        };
        for (start, step, count) in [(2, 1, 2), (0, -1, 2), (usize::MAX, 1, 2), (0, isize::MAX, 2)]
        {
            check(of(start, step, count), &[&[3]], "does not lie in");
        }
        check(of(0, 1, 3), &[&[3]], "does not lie in");
        check(of(0, 1, 2), &[&[3, 1]], "does not lie in");
        let moved = Slice { moved: Some(vec![Number::Ignored]), ..of(0, 1, 2) };
        check(moved, &[&[3]], "needs one input");
    }
}
