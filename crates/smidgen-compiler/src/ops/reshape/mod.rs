//! `RESHAPE`, `SQUEEZE` and `EXPAND_DIMS`: the same elements in the same order under another shape.
//!
//! Input: any tensor. Output: [`Reshape::shape`], with as many elements.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a reshape.
#[derive(Debug, Clone, PartialEq)]
pub struct Reshape {
    /// The output's shape.
    pub shape: Shape,
}

impl OpDef for Reshape {
    const NAME: &'static str = "RESHAPE";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "reshape_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        if x.shape.elements() != self.shape.elements() {
            return Err(OpError::inconsistent(format!(
                "{} has {} elements, the new shape {} has {}",
                x.shape,
                x.shape.elements(),
                self.shape,
                self.shape.elements()
            )));
        }
        Ok(vec![(x.dtype, self.shape.clone())])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl Reshape {
    fn transfers(&self, _: &Site) -> Vec<Transfer> {
        vec![Transfer::whole(0, 0, self.shape.elements())]
    }
}
