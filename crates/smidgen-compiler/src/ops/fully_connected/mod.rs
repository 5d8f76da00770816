//! `FULLY_CONNECTED`: products of a matrix with vectors.
//!
//! Inputs: activations of any shape, read as `[batch, depth]`; filter `[units, depth]`; bias
//! `[units]`, optional. Output: `[batch, units]`, or the input's shape with `units` instead of its
//! last dimension.

pub(super) mod cases;
mod eval;
mod export;
mod import;
mod kernels;
mod kernels_s16;

use super::requantisation::{DOUBLE, REAL, Requantisation, SINGLE, Scheme};
use super::wide::{Scaling, Wide};
use super::{Activation, Kernel, OpDef, OpError, Site, keeps_last};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// Attributes of a fully connected layer.
#[derive(Debug, Clone, PartialEq)]
pub struct FullyConnected {
    /// Clamp of the output.
    pub activation: Activation,
    /// Whether the output keeps all dimensions of the input but the last.
    pub keep_dims: bool,
    /// How sums become outputs: in fixed point and rounded twice in TFLite Micro, in double precision
    /// in LiteRT, in single precision in onnxruntime.
    pub rounding: Rounding,
}

impl OpDef for FullyConnected {
    const NAME: &'static str = "FULLY_CONNECTED";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let (2 | 3, [x, filter, ..]) = (inputs.len(), inputs) else {
            return Err(OpError::inconsistent("needs activations, a filter and at most a bias"));
        };
        let &[units, depth] = filter.shape.dims() else {
            return Err(OpError::inconsistent("the filter must have 2 dimensions"));
        };
        let elements = x.shape.elements();
        if elements % depth != 0 || (self.keep_dims && x.shape.last() != depth) {
            return Err(OpError::inconsistent(format!(
                "activations of shape {} do not fit a filter of depth {depth}",
                x.shape
            )));
        }
        if inputs.get(2).is_some_and(|bias| bias.shape.elements() != units) {
            return Err(OpError::inconsistent(format!("the bias must have {units} elements")));
        }
        let mut dims = vec![elements / depth];
        if self.keep_dims {
            dims = x.shape.dims().to_vec();
            dims.pop();
        }
        dims.push(units);
        let shape = Shape::new(dims).map_err(|e| OpError::inconsistent(e.to_string()))?;
        Ok(vec![(x.dtype, shape)])
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        // With two axes, the filter would be permuted as well.
        (self.keep_dims && axes.len() > 2 && keeps_last(axes)).then(|| self.clone())
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let dtype = site.input(0).dtype;
        let filter = site.input(1).dtype;
        let bias = site.inputs.get(2).map(|bias| bias.ty.dtype);
        let biases: &[DType] = match (dtype, filter) {
            (DType::F32, DType::F32) => &[DType::F32],
            (DType::I8, DType::I8) | (DType::I16, DType::I16) => &[DType::I32],
            (DType::I16, DType::I8) => &[DType::I64, DType::I32],
            _ => &[],
        };
        if biases.is_empty() || bias.is_some_and(|bias| !biases.contains(&bias)) {
            let bias = bias.map_or("no bias".to_owned(), |bias| format!("a bias of `{bias}`"));
            return Err(OpError::unsupported(format!(
                "activations of `{dtype}` with a filter of `{filter}` and {bias} are not supported"
            )));
        }
        match dtype {
            DType::I8 => self.requantisation(site).map(|_| ()),
            DType::I16 => self.wide(site).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn macs(&self, site: &Site) -> u64 {
        site.output(0).shape.elements() as u64 * site.input(1).shape.last() as u64
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

impl FullyConnected {
    /// Multipliers and zero points of an int8 site.
    fn requantisation(&self, site: &Site) -> Result<Requantisation, OpError> {
        let scheme = match self.rounding {
            Rounding::Litert => REAL,
            rounding => Scheme::of_sums(rounding),
        };
        Requantisation::new(site, 0, self.activation, scheme)
    }

    /// The same of an int16 site. LiteRT multiplies in double precision unless the weights have 16
    /// bits; TFLite Micro takes no such weights.
    fn wide(&self, site: &Site) -> Result<Wide, OpError> {
        let (scaling, real) = match self.rounding {
            _ if site.input(1).dtype == DType::I16 => (Scaling::Cut, SINGLE),
            Rounding::Tflm | Rounding::Onnx => (Scaling::of_bias(site), DOUBLE),
            Rounding::Litert => (Scaling::Real, DOUBLE),
        };
        Wide::new(Requantisation::new(site, 0, self.activation, real)?, scaling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int16, problem};
    use crate::tensor::Quant;

    #[test]
    fn weights_of_int16_have_no_zero_point() {
        let check = |zero_point| {
            let quant = Quant::per_tensor(0.5, zero_point).expect("the scale is positive");
            let filter = TensorType { quant, ..int16(&[3, 9], 0.5) };
            let (activation, rounding) = (Activation::None, Rounding::Litert);
            let op = FullyConnected { activation, keep_dims: false, rounding };
            problem(op, &[int16(&[2, 9], 0.5), filter], &[int16(&[], 30.0).quant])
        };
        assert_eq!(check(0), None);
        assert!(check(i32::MIN).is_some());
    }
}
