//! `AVERAGE_POOL_2D`, `MAX_POOL_2D` and `L2_POOL_2D`: one number for each window of rows and columns.
//!
//! Input: `[n, h, w, c]`. Output: `[n, oh, ow, c]`. Padding does not take part.

pub(super) mod cases;
mod eval;
mod export;
mod import;
mod kernels;

use super::{Activation, Kernel, OpDef, OpError, Site, Window};
use crate::tensor::{DType, Data, Shape, TensorType};

/// What becomes of a window's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Their mean; of integers rounded half away from zero.
    Average,
    /// Their mean, of integers rounded half up: what a mean of uint8 is after the change to int8.
    AverageUp,
    /// The greatest.
    Max,
    /// The root of the mean of their squares.
    L2,
}

/// Attributes of a pool over `[batch, rows, columns, channels]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool2d {
    /// What becomes of a window's elements.
    pub function: Function,
    /// Rows and columns of the window.
    pub kernel: [usize; 2],
    /// Steps and padding; the dilation is 1.
    pub window: Window,
    /// Clamp of the output.
    pub activation: Activation,
}

impl Function {
    fn types(self) -> &'static [DType] {
        match self {
            Self::L2 => &[DType::F32],
            _ => Pool2d::TYPES,
        }
    }
}

impl OpDef for Pool2d {
    const NAME: &'static str = "POOL_2D";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn name(&self) -> &'static str {
        match self.function {
            Function::Average | Function::AverageUp => "AVERAGE_POOL_2D",
            Function::Max => "MAX_POOL_2D",
            Function::L2 => "L2_POOL_2D",
        }
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let &[x] = inputs else {
            return Err(OpError::inconsistent("needs exactly one input"));
        };
        let &[n, h, w, c] = x.shape.dims() else {
            return Err(OpError::inconsistent("the input must have 4 dimensions"));
        };
        let [kh, kw] = self.kernel;
        let padding = self.window.padding;
        if padding.top.max(padding.bottom) >= kh || padding.left.max(padding.right) >= kw {
            return Err(OpError::inconsistent(format!(
                "a {kh}x{kw} window may lie in the padding"
            )));
        }
        if self.window.dilation != [1, 1] {
            return Err(OpError::unsupported("dilated pools are not supported"));
        }
        let [oh, ow] = self.window.output([h, w], [kh, kw])?;
        let shape = Shape::new([n, oh, ow, c]).map_err(|e| OpError::inconsistent(e.to_string()))?;
        Ok(vec![(x.dtype, shape)])
    }

    /// Element types, and quantisation that is the same before and after as TFLite demands.
    fn check(&self, site: &Site) -> Result<(), OpError> {
        let dtype = site.same_dtype(self.function.types())?;
        if dtype == DType::F32 {
            return Ok(());
        }
        let ((from, from_zero), (to, to_zero)) = (site.input_quant(0)?, site.output_quant(0)?);
        if (f64::from(from) - f64::from(to)).abs() > 1e-6 || from_zero != to_zero {
            return Err(OpError::inconsistent("input and output must have the same quantisation"));
        }
        let elements = self.kernel[0].saturating_mul(self.kernel[1]);
        if self.function != Function::Max && elements > 1 << (30 - 8 * dtype.bytes()) {
            return Err(OpError::unsupported(format!(
                "sums of {elements} elements of {dtype} do not fit 32 bits"
            )));
        }
        Ok(())
    }

    fn work(&self, site: &Site) -> u64 {
        let sizes = [site.output(0).shape.elements(), self.kernel[0], self.kernel[1]];
        sizes.into_iter().fold(1, |product, size| product.saturating_mul(size as u64))
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

impl Pool2d {
    /// Least and greatest quantised output at a checked site.
    fn clamp_integer(&self, site: &Site) -> (i32, i32) {
        let (scale, zero_point) =
            site.output_quant(0).expect("the site's quantisation has been checked");
        self.activation.clamp_integer(site.output(0).dtype, scale, zero_point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int16, problem};

    #[test]
    fn only_sums_limit_windows() {
        let check = |function| {
            let (kernel, window) = ([200, 100], Window::valid([1, 1], [1, 1]));
            let op = Pool2d { function, kernel, window, activation: Activation::None };
            let x = int16(&[1, 200, 100, 1], 0.5);
            let quant = x.quant.clone();
            problem(op, &[x], &[quant]).is_none()
        };
        assert_eq!([Function::Max, Function::Average].map(check), [true, false]);
    }
}
