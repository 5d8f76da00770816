//! `MAX_POOL_2D`: maxima over windows of rows and columns.
//!
//! Input: `[n, h, w, c]`. Output: `[n, oh, ow, c]`. Padding does not take part.

pub(super) mod cases;
mod eval;
mod kernels;

use super::import::{FromTflite, Imported, Layer};
use super::{Kernel, OpDef, OpError, Pool, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a max pool.
#[derive(Debug, Clone, PartialEq)]
pub struct MaxPool2d(pub Pool);

impl OpDef for MaxPool2d {
    const NAME: &'static str = "MAX_POOL_2D";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        self.0.infer(inputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        Pool::check(site)
    }

    fn work(&self, site: &Site) -> u64 {
        self.0.work(site)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

impl FromTflite for MaxPool2d {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::MaxPool2d];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        Ok(Imported::all(Self(Pool::from_tflite(layer)?)))
    }
}
