//! `WHERE` with one input: the places of the elements that are not zero.
//!
//! Input: a constant, since the number of places is part of the output's shape. Output: a row of
//! indices per place, int64.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::for_each_dtype;
use crate::tensor::{DType, Data, Element, Shape, TensorType};

/// Attributes of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Where {
    /// How many elements are not zero, at least 1.
    pub count: usize,
}

impl OpDef for Where {
    const NAME: &'static str = "WHERE";
    const TYPES: &'static [DType] =
        &[DType::Bool, DType::I8, DType::I32, DType::I64, DType::F32, DType::U8];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "where_move",
        needs: &[],
        accepts: |_, site| site.constant(0).is_some(),
        lower: |_, site| {
            let condition = site.constant(0).expect("the kernel accepts constants alone");
            let data = places(condition, &site.input(0).shape);
            movement::lower_as_code(&[Transfer::known(Data::I64(data), 0)], site)
        },
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [condition] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        Ok(vec![(DType::I64, movement::shape(vec![self.count, condition.shape.rank()])?)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let dtype = site.input(0).dtype;
        if !Self::TYPES.contains(&dtype) {
            return Err(OpError::unsupported(format!("element type `{dtype}` is not supported")));
        }
        let Some(condition) = site.constant(0) else { return Err(computed()) };
        let found = count(condition);
        if found == self.count {
            return Ok(());
        }
        let text = format!("{found} elements are not zero, not {}", self.count);
        Err(OpError::inconsistent(text))
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        vec![Data::I64(places(inputs[0], &site.input(0).shape))]
    }
}

fn computed() -> OpError {
    let text = "how many elements are not zero depends on data, and with it the output's shape";
    OpError::unsupported(text).hint("make the condition constant, or use SELECT_V2 or a product")
}

fn nonzero(condition: &Data) -> Vec<bool> {
    fn typed<T: Element>(elements: &[T]) -> Vec<bool> {
        elements.iter().map(|&element| element != T::default()).collect()
    }
    for_each_dtype!(condition, elements => typed(elements))
}

fn count(condition: &Data) -> usize {
    nonzero(condition).into_iter().filter(|&x| x).count()
}

fn places(condition: &Data, shape: &Shape) -> Vec<i64> {
    let strides = shape.strides();
    let found = nonzero(condition).into_iter().enumerate().filter(|&(_, x)| x);
    let along = |position: usize| {
        let axes = shape.dims().iter().zip(&strides);
        axes.map(move |(dim, stride)| (position / stride % dim) as i64).collect::<Vec<_>>()
    };
    found.flat_map(|(position, _)| along(position)).collect()
}
