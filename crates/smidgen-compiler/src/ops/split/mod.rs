//! `SPLIT` and `SPLIT_V`: cuts a tensor into parts along one axis.
//!
//! Input: any tensor. Outputs: one per part, like the input but for the axis.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a split.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The axis that is cut.
    pub axis: usize,
    /// The parts' sizes along it, at least 1 each; they add up to the input's.
    pub sizes: Vec<usize>,
}

impl OpDef for Split {
    const NAME: &'static str = "SPLIT";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::I16, DType::I32, DType::I64, DType::F32, DType::U8];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "split_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let sum = self.sizes.iter().try_fold(0usize, |sum, &size| sum.checked_add(size));
        match x.shape.dims().get(self.axis) {
            Some(&dim) if Some(dim) == sum => {}
            _ => {
                return Err(OpError::inconsistent(format!(
                    "parts of sizes {:?} do not make up axis {} of {}",
                    self.sizes, self.axis, x.shape
                )));
            }
        }
        let part = |&size: &usize| {
            let mut dims = x.shape.dims().to_vec();
            dims[self.axis] = size;
            Ok((x.dtype, movement::shape(dims)?))
        };
        self.sizes.iter().map(part).collect()
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let axis = axes.iter().position(|&axis| axis == self.axis)?;
        Some(Self { axis, ..self.clone() })
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl Split {
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let from = site.input(0).shape.strides();
        let mut first = 0;
        let mut part = |(output, ty): (usize, &&TensorType)| {
            let source = (0, first, &from[..]);
            first += ty.shape[self.axis] * from[self.axis];
            Transfer::copy(ty.shape.dims(), source, (output, 0, &ty.shape.strides()))
        };
        site.outputs.iter().enumerate().map(&mut part).collect()
    }
}
