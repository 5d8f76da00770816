//! `TABLE`: any function of one int8 number. A pass makes it of groups of element-wise operators.
//!
//! Input: a tensor of int8. Output: int8 of the same shape, quantised in any way.

pub(super) mod cases;
mod export;
mod import;

use super::common::unary;
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// A function that is known by its results.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// Results for 0 to 127, then those for -128 to -1.
    pub results: Box<[i8; 256]>,
}

impl OpDef for Lookup {
    const NAME: &'static str = "TABLE";
    const TYPES: &'static [DType] = &[DType::I8];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "table_s8",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| unary::lower_s8(site, 0, None, |x| op.result(x)),
    }];

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, None)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.same_dtype(Self::TYPES).map(|_| ())
    }

    fn eval(&self, _: &Site, inputs: &[&Data]) -> Vec<Data> {
        unary::eval_s8(inputs[0], |x| self.result(x))
    }
}

impl Lookup {
    fn result(&self, x: i8) -> i8 {
        self.results[usize::from(x as u8)]
    }
}
