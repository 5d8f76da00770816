//! `UNPACK`: takes a tensor apart along one axis, which goes.
//!
//! Input: any tensor. Outputs: one per index of the axis.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of an unstacking.
#[derive(Debug, Clone, PartialEq)]
pub struct Unpack {
    /// The axis of the input that goes.
    pub axis: usize,
    /// How many indices it has.
    pub count: usize,
}

impl OpDef for Unpack {
    const NAME: &'static str = "UNPACK";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::I16, DType::I32, DType::F32, DType::Bool, DType::U8];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "unpack_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        if x.shape.dims().get(self.axis) != Some(&self.count) {
            return Err(OpError::inconsistent(format!(
                "axis {} of {} does not have {} indices",
                self.axis, x.shape, self.count
            )));
        }
        let mut dims = x.shape.dims().to_vec();
        dims.remove(self.axis);
        Ok(vec![(x.dtype, movement::shape(dims)?); self.count])
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let axis = axes.iter().position(|&axis| axis == self.axis)?;
        Some(Self { axis, ..self.clone() })
    }

    fn dropped(&self) -> Vec<usize> {
        vec![self.axis]
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl Unpack {
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let mut from = site.input(0).shape.strides();
        let step = from.remove(self.axis);
        let part = |output: usize| {
            let shape = &site.output(output).shape;
            Transfer::copy(shape.dims(), (0, output * step, &from), (output, 0, &shape.strides()))
        };
        (0..self.count).map(part).collect()
    }
}
