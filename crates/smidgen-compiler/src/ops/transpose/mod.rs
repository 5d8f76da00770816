//! `TRANSPOSE`: permutes the axes.
//!
//! Input: any tensor. Output: axis `i` is the input's axis `permutation[i]`.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a transposition.
#[derive(Debug, Clone, PartialEq)]
pub struct Transpose {
    /// For each axis of the output, the axis of the input that it is; a permutation.
    pub permutation: Vec<usize>,
}

impl OpDef for Transpose {
    const NAME: &'static str = "TRANSPOSE";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "transpose_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let mut axes = self.permutation.clone();
        axes.sort_unstable();
        if !axes.iter().copied().eq(0..x.shape.rank()) {
            return Err(OpError::inconsistent(format!(
                "{:?} does not permute the {} axes of the input",
                self.permutation,
                x.shape.rank()
            )));
        }
        let dims = self.permutation.iter().map(|&axis| x.shape[axis]).collect();
        Ok(vec![(x.dtype, movement::shape(dims)?)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl Transpose {
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let (steps, output) = (site.input(0).shape.strides(), &site.output(0).shape);
        let from: Vec<_> = self.permutation.iter().map(|&axis| steps[axis]).collect();
        vec![Transfer::copy(output.dims(), (0, 0, &from), (0, 0, &output.strides()))]
    }
}
