//! Reductions, such as `MEAN`, `SUM` and `REDUCE_MAX`: one number for all elements along some axes.
//!
//! Input: a tensor. Output: its shape without the axes, or with 1 in their place. `MEAN` and `SUM` of
//! int8 and int16 change scale and zero point, and so does `REDUCE_PROD`.

pub(super) mod cases;
mod eval;
mod export;
mod import;
mod kernels;
mod quantised;

use super::common::movement;
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// What becomes of the elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Their mean; integers are truncated.
    Mean,
    /// Their sum; integers wrap.
    Sum,
    /// The greatest.
    Max,
    /// The least.
    Min,
    /// Their product; integers wrap.
    Product,
    /// Whether any is true.
    Any,
    /// Whether all are true.
    All,
}

/// Attributes of a reduction.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduce {
    /// What becomes of the elements.
    pub function: Function,
    /// Axes that vanish, in ascending order.
    pub axes: Vec<usize>,
    /// Whether dimensions of 1 stay in their place.
    pub keep_dims: bool,
    /// onnxruntime rounds means and sums of int8 in single precision, TFLite's interpreters in fixed
    /// point.
    pub rounding: Rounding,
}

const NUMBERS: &[DType] = &[DType::I8, DType::I16, DType::F32, DType::I32, DType::I64];

impl Function {
    fn name(self) -> &'static str {
        match self {
            Self::Mean => "MEAN",
            Self::Sum => "SUM",
            Self::Max => "REDUCE_MAX",
            Self::Min => "REDUCE_MIN",
            Self::Product => "REDUCE_PROD",
            Self::Any => "REDUCE_ANY",
            Self::All => "REDUCE_ALL",
        }
    }

    fn types(self) -> &'static [DType] {
        match self {
            Self::Mean => NUMBERS,
            Self::Sum | Self::Max | Self::Min | Self::Product => Reduce::TYPES,
            Self::Any | Self::All => &[DType::Bool],
        }
    }
}

impl OpDef for Reduce {
    const NAME: &'static str = "REDUCE";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::I16, DType::F32, DType::I32, DType::I64, DType::Bool];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn name(&self) -> &'static str {
        self.function.name()
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let rank = x.shape.rank();
        if !self.axes.is_sorted_by(|a, b| a < b) || self.axes.last().is_some_and(|&a| a >= rank) {
            let text = format!("{:?} are not ascending axes of {}", self.axes, x.shape);
            return Err(OpError::inconsistent(text));
        }
        let dim = |(axis, &dim): (usize, &usize)| {
            if self.axes.contains(&axis) { self.keep_dims.then_some(1) } else { Some(dim) }
        };
        let dims = x.shape.dims().iter().enumerate().filter_map(dim).collect();
        Ok(vec![(x.dtype, movement::shape(dims)?)])
    }

    /// In floats, the order of the elements counts.
    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let reduced = |place: &usize| self.axes.contains(&axes[*place]);
        let places: Vec<usize> = (0..axes.len()).filter(reduced).collect();
        let in_order = places.iter().map(|&place| axes[place]).eq(self.axes.iter().copied());
        in_order.then(|| Self { axes: places, ..self.clone() })
    }

    fn dropped(&self) -> Vec<usize> {
        if self.keep_dims { Vec::new() } else { self.axes.clone() }
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let dtype = site.same_dtype(self.function.types())?;
        if !matches!(dtype, DType::I8 | DType::I16) {
            return Ok(());
        }
        match self.function {
            Function::Mean | Function::Sum => quantised::Sum::new(self, site).map(|_| ()),
            Function::Product => quantised::Product::new(site).map(|_| ()),
            _ => movement::check(site, self.function.types()),
        }
    }

    fn work(&self, site: &Site) -> u64 {
        site.input(0).shape.elements() as u64
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

/// How many elements become one.
fn count(site: &Site) -> usize {
    site.input(0).shape.elements() / site.output(0).shape.elements()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, plain, problem};

    fn check(function: Function, axes: &[usize], x: &TensorType, y: &TensorType, says: &str) {
        let op =
            Reduce { function, axes: axes.to_vec(), keep_dims: false, rounding: Rounding::Tflm };
        let text = problem(op, std::slice::from_ref(x), std::slice::from_ref(&y.quant));
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn axes_must_exist() {
        let x = plain(DType::F32, &[2, 3]);
        check(Function::Mean, &[2], &x, &x, "axes");
        check(Function::Mean, &[1, 0], &x, &x, "axes");
    }

    #[test]
    fn truth_is_no_number() {
        let (floats, truths) = (plain(DType::F32, &[2]), plain(DType::Bool, &[2]));
        check(Function::Any, &[0], &floats, &floats, "not supported");
        check(Function::Mean, &[0], &truths, &truths, "not supported");
    }

    #[test]
    fn int8_must_be_quantised() {
        let x = plain(DType::I8, &[2]);
        check(Function::Sum, &[0], &x, &x, "no scale");
    }

    #[test]
    fn the_greatest_keeps_its_scale() {
        check(Function::Max, &[0], &int8(&[2], 0.5, 0), &int8(&[2], 0.25, 0), "q(0.25, 0)");
    }

    #[test]
    fn products_must_fit() {
        check(Function::Product, &[0], &int8(&[1], 1e9, 0), &int8(&[1], 1.0, 0), "too small");
    }
}
