//! `PACK`: stacks tensors of one shape along a new axis.
//!
//! Inputs: any number of tensors of one shape. Output: that shape with the new axis, which has as
//! many indices as there are inputs.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a stacking.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// The new axis of the output.
    pub axis: usize,
}

impl OpDef for Pack {
    const NAME: &'static str = "PACK";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::I16, DType::I32, DType::I64, DType::F32, DType::U8];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "pack_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let Some(first) = inputs.first() else {
            return Err(OpError::inconsistent("needs at least one input"));
        };
        if let Some(other) = inputs.iter().find(|x| x.shape != first.shape) {
            let text = format!("inputs of shapes {} and {} do not stack", first.shape, other.shape);
            return Err(OpError::inconsistent(text));
        }
        let mut dims = first.shape.dims().to_vec();
        if self.axis > dims.len() {
            let text = format!("inputs {} cannot have a new axis {}", first.shape, self.axis);
            return Err(OpError::inconsistent(text));
        }
        dims.insert(self.axis, inputs.len());
        Ok(vec![(first.dtype, movement::shape(dims)?)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl Pack {
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let mut to = site.output(0).shape.strides();
        let step = to.remove(self.axis);
        let part = |input: usize| {
            let shape = &site.input(input).shape;
            Transfer::copy(shape.dims(), (input, 0, &shape.strides()), (0, input * step, &to))
        };
        (0..site.inputs.len()).map(part).collect()
    }
}
