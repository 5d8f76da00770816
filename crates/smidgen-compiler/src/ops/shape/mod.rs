//! `SHAPE` and `RANK`: the dimensions of a tensor, or how many there are.
//!
//! Input: any tensor. Output: integers, which the input's type tells; importers make them constants.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape as Dims, TensorType};

/// What is asked about a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Its dimensions.
    Dimensions {
        /// Whether they are int64 rather than int32.
        wide: bool,
    },
    /// How many dimensions it has, as int32.
    Rank,
}

impl OpDef for Shape {
    const NAME: &'static str = "SHAPE";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "shape_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| {
            movement::lower_as_code(&[Transfer::known(op.answer(site.input(0)), 0)], site)
        },
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Dims)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        Ok(vec![match self {
            Self::Rank => (DType::I32, Dims::scalar()),
            Self::Dimensions { wide } => {
                let dtype = if *wide { DType::I64 } else { DType::I32 };
                (dtype, movement::shape(vec![x.shape.rank()])?)
            }
        }])
    }

    fn check(&self, _: &Site) -> Result<(), OpError> {
        Ok(())
    }

    fn known(&self, site: &Site) -> Option<Vec<Data>> {
        Some(vec![self.answer(site.input(0))])
    }

    fn eval(&self, site: &Site, _: &[&Data]) -> Vec<Data> {
        vec![self.answer(site.input(0))]
    }
}

impl Shape {
    fn answer(self, x: &TensorType) -> Data {
        let narrow = |dim: usize| i32::try_from(dim).expect("tensor sizes fit 32 bits");
        let dims = x.shape.dims().iter().map(|&dim| narrow(dim));
        match self {
            Self::Rank => Data::I32(vec![narrow(x.shape.rank())]),
            Self::Dimensions { wide: false } => Data::I32(dims.collect()),
            Self::Dimensions { wide: true } => Data::I64(dims.map(i64::from).collect()),
        }
    }
}
