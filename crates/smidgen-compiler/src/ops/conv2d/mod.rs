//! `CONV_2D`: 2-D convolution over `[batch, rows, columns, channels]`.
//!
//! Inputs: activations `[n, h, w, c]`; filter `[oc, kh, kw, c / groups]`; bias `[oc]`, optional.
//! Output: `[n, oh, ow, oc]`.

pub(super) mod cases;
mod eval;
mod import;
mod kernels;

pub(super) use kernels::constant_parameters;

use super::requantisation::{DOUBLE, Requantisation};
use super::{Activation, Kernel, OpDef, OpError, Site, Window};
use crate::tensor::{DType, Data, Quant, Shape, TensorType};

/// Attributes of a 2-D convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv2d {
    /// Steps, dilation and padding.
    pub window: Window,
    /// Clamp of the output.
    pub activation: Activation,
}

impl OpDef for Conv2d {
    const NAME: &'static str = "CONV_2D";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let (2 | 3, [x, filter, ..]) = (inputs.len(), inputs) else {
            return Err(OpError::inconsistent("needs activations, a filter and at most a bias"));
        };
        let (&[n, h, w, c], &[oc, kh, kw, ic]) = (x.shape.dims(), filter.shape.dims()) else {
            return Err(OpError::inconsistent("activations and filter must have 4 dimensions"));
        };
        if c % ic != 0 || oc % (c / ic) != 0 {
            return Err(OpError::inconsistent(format!(
                "{c} input channels and {oc} filters of {ic} channels form no groups"
            )));
        }
        if inputs.get(2).is_some_and(|bias| bias.shape.elements() != oc) {
            return Err(OpError::inconsistent(format!("the bias must have {oc} elements")));
        }
        let [oh, ow] = self.window.output([h, w], [kh, kw])?;
        let shape =
            Shape::new([n, oh, ow, oc]).map_err(|e| OpError::inconsistent(e.to_string()))?;
        Ok(vec![(x.dtype, shape)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        check_convolution(site, 0)
    }

    fn macs(&self, site: &Site) -> u64 {
        let filter = site.input(1).shape.dims();
        site.output(0).shape.elements() as u64 * (filter[1] * filter[2] * filter[3]) as u64
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

/// Element types and quantisation that every convolution demands. `channel_axis` is the filter's
/// output channel axis.
pub(super) fn check_convolution(site: &Site, channel_axis: usize) -> Result<(), OpError> {
    let dtype = site.input(0).dtype;
    let dtypes = [Some(site.input(1)), Some(site.output(0))];
    if dtypes.into_iter().flatten().any(|ty| ty.dtype != dtype) {
        return Err(OpError::unsupported(format!(
            "activations of `{dtype}`, a filter of `{}` and an output of `{}` do not go together",
            site.input(1).dtype,
            site.output(0).dtype
        )));
    }
    let bias = site.inputs.get(2).map(|bias| bias.ty.dtype);
    match (dtype, bias) {
        (DType::F32, None | Some(DType::F32)) => Ok(()),
        (DType::I8, None | Some(DType::I32)) => {
            if matches!(site.input(1).quant, Quant::PerTensor { zero_point, .. } if zero_point != 0)
            {
                return Err(OpError::unsupported("an int8 filter must have zero point 0"));
            }
            Requantisation::new(site, channel_axis, Activation::None, DOUBLE).map(|_| ())
        }
        (_, Some(bias)) => Err(OpError::unsupported(format!(
            "activations of `{dtype}` with a bias of `{bias}` are not supported"
        ))),
        (_, None) => Err(OpError::unsupported(format!("element type `{dtype}` is not supported"))),
    }
}
