//! `CUMSUM`: running sums along one axis.
//!
//! Input: a tensor of rank 1 or more. Output: the same shape; int8 changes scale and zero point.

pub(super) mod cases;
mod eval;
mod export;
mod import;
mod kernels;

use super::common::order::Lines;
use super::common::unary;
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of running sums.
#[derive(Debug, Clone, PartialEq)]
pub struct Cumsum {
    /// The axis along which they run.
    pub axis: usize,
    /// Whether a sum leaves out the element at its own place.
    pub exclusive: bool,
    /// Whether they run from the end.
    pub reverse: bool,
}

/// Most elements of a line of int8, whose sum 32 bits hold.
const MAX_LENGTH: usize = (i32::MAX / 255) as usize;

impl OpDef for Cumsum {
    const NAME: &'static str = "CUMSUM";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32, DType::I32, DType::I64];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let outputs = unary::infer(inputs, None)?;
        Lines::new(&inputs[0].shape, self.axis)?;
        Ok(outputs)
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let axis = axes.iter().position(|&axis| axis == self.axis)?;
        Some(Self { axis, ..self.clone() })
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        if site.same_dtype(Self::TYPES)? != DType::I8 {
            return Ok(());
        }
        let length = self.lines(site).length;
        if length > MAX_LENGTH {
            let text = format!("sums of {length} elements do not fit 32 bits");
            return Err(OpError::unsupported(text));
        }
        eval::Rescale::new(site).map(|_| ())
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

impl Cumsum {
    fn lines(&self, site: &Site) -> Lines {
        Lines::new(&site.input(0).shape, self.axis).expect("the axis has been checked")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, plain, problem};

    fn check(axis: usize, x: &TensorType, y: &TensorType, says: &str) {
        let op = Cumsum { axis, exclusive: false, reverse: false };
        let text = problem(op, std::slice::from_ref(x), std::slice::from_ref(&y.quant));
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn the_axis_must_exist() {
        let x = plain(DType::F32, &[2]);
        check(1, &x, &x, "no axis 1");
    }

    #[test]
    fn sums_must_fit() {
        check(0, &int8(&[9_000_000], 0.5, 0), &int8(&[1], 0.5, 0), "32 bits");
        check(0, &int8(&[4], 1e9, 0), &int8(&[4], 1.0, 0), "too small");
    }
}
