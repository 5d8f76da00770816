//! `LOG_SOFTMAX`: each number less the logarithm of the sum of exponentials over the last axis.
//!
//! Input: a tensor of int8 or float32 of rank 1 or more. Output: the same type and shape; int8 has scale
//! 1/16 and zero point 127.

pub(super) mod cases;
mod eval;
mod export;
mod import;
mod kernels;

use super::common::unary;
use super::softmax;
use super::{Kernel, OpDef, OpError, Site, keeps_last};
use crate::tensor::{DType, Data, Shape, TensorType};

/// The logarithm of a softmax; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct LogSoftmax;

impl OpDef for LogSoftmax {
    const NAME: &'static str = "LOG_SOFTMAX";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer_rows(inputs)
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        keeps_last(axes).then(|| self.clone())
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        match site.same_dtype(Self::TYPES)? {
            DType::I8 => softmax::check_int8(site, 1.0, (1.0 / 16.0, 127)),
            _ => Ok(()),
        }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(site, inputs)
    }
}
