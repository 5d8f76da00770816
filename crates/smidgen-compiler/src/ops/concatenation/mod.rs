//! `CONCATENATION`: joins tensors along one axis.
//!
//! Inputs: any number of tensors that differ along the axis at most. Output: their sizes along the
//! axis added up.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a concatenation.
#[derive(Debug, Clone, PartialEq)]
pub struct Concatenation {
    /// The axis along which the inputs follow each other.
    pub axis: usize,
}

impl OpDef for Concatenation {
    const NAME: &'static str = "CONCATENATION";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "concatenation_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let Some((first, others)) = inputs.split_first() else {
            return Err(OpError::inconsistent("needs at least one input"));
        };
        let mut dims = first.shape.dims().to_vec();
        if self.axis >= dims.len() {
            let text = format!("inputs {} have no axis {}", first.shape, self.axis);
            return Err(OpError::inconsistent(text));
        }
        for other in others {
            let mut like = other.shape.dims().to_vec();
            if like.len() == dims.len() {
                dims[self.axis] = dims[self.axis].saturating_add(like[self.axis]);
                like[self.axis] = dims[self.axis];
            }
            if like != dims {
                return Err(OpError::inconsistent(format!(
                    "inputs {} and {} do not join along axis {}",
                    first.shape, other.shape, self.axis
                )));
            }
        }
        Ok(vec![(first.dtype, movement::shape(dims)?)])
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let axis = axes.iter().position(|&axis| axis == self.axis)?;
        Some(Self { axis })
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl Concatenation {
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let to = site.output(0).shape.strides();
        let mut first = 0;
        let mut part = |input: usize| {
            let shape = &site.input(input).shape;
            let target = (0, first, &to[..]);
            first += shape[self.axis] * to[self.axis];
            Transfer::copy(shape.dims(), (input, 0, &shape.strides()), target)
        };
        (0..site.inputs.len()).map(&mut part).collect()
    }
}
