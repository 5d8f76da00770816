//! `DEPTHWISE_CONV_2D`: 2-D convolution of each channel by itself.
//!
//! Inputs: activations `[n, h, w, c]`; filter `[1, kh, kw, oc]`; bias `[oc]`, optional.
//! Output: `[n, oh, ow, oc]`, where `oc` is a multiple of `c`; output channel `k` sees input channel
//! `k / (oc / c)`.

pub(super) mod cases;
mod eval;
mod import;
mod kernels;

use super::conv2d::check_convolution;
use super::{Activation, Kernel, OpDef, OpError, Site, Window};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a depthwise 2-D convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct DepthwiseConv2d {
    /// Steps, dilation and padding.
    pub window: Window,
    /// Clamp of the output.
    pub activation: Activation,
}

/// The filter's output channel axis.
const CHANNEL_AXIS: usize = 3;

impl OpDef for DepthwiseConv2d {
    const NAME: &'static str = "DEPTHWISE_CONV_2D";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let (2 | 3, [x, filter, ..]) = (inputs.len(), inputs) else {
            return Err(OpError::inconsistent("needs activations, a filter and at most a bias"));
        };
        let (&[n, h, w, c], &[one, kh, kw, oc]) = (x.shape.dims(), filter.shape.dims()) else {
            return Err(OpError::inconsistent("activations and filter must have 4 dimensions"));
        };
        if one != 1 || oc % c != 0 {
            return Err(OpError::inconsistent(format!(
                "a filter of shape {} does not fit {c} input channels",
                filter.shape
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
        check_convolution(site, CHANNEL_AXIS, &[DType::I64])
    }

    fn macs(&self, site: &Site) -> u64 {
        let filter = site.input(1).shape.dims();
        site.output(0).shape.elements() as u64 * (filter[1] * filter[2]) as u64
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}
