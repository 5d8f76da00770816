//! `COPY`: the input once more, in memory of its own. smidgen inserts it where a model output is a
//! constant or a model input.
//!
//! Input: any tensor. Output: the same.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// A copy; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy;

impl OpDef for Copy {
    const NAME: &'static str = "COPY";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "copy_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |_, site| movement::lower_as_code(&Self::transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        Ok(vec![(x.dtype, x.shape.clone())])
    }

    fn permuted(&self, _: &[usize]) -> Option<Self> {
        Some(self.clone())
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.same_dtype(Self::TYPES)?;
        if site.input(0).quant == site.output(0).quant {
            return Ok(());
        }
        Err(OpError::inconsistent("a copy must be quantised like its input"))
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&Self::transfers(site), site, inputs)
    }
}

impl Copy {
    fn transfers(site: &Site) -> Vec<Transfer> {
        vec![Transfer::whole(0, 0, site.input(0).shape.elements())]
    }
}
