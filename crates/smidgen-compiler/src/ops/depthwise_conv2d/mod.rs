//! `DEPTHWISE_CONV_2D`: 2-D convolution of each channel by itself.
//!
//! Inputs: activations `[n, h, w, c]`; filter `[1, kh, kw, oc]`; bias `[oc]`, optional.
//! Output: `[n, oh, ow, oc]`, where `oc` is a multiple of `c`; output channel `k` sees input channel
//! `k / (oc / c)`.

pub(super) mod cases;
mod export;
mod import;
mod kernels;

use super::common::convolution::{self, Convolution};
use super::requantisation::Scheme;
use super::{Activation, Kernel, OpDef, OpError, Site, Window};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// Attributes of a depthwise 2-D convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct DepthwiseConv2d {
    /// Steps, dilation and padding.
    pub window: Window,
    /// Clamp of the output.
    pub activation: Activation,
    /// onnxruntime rounds sums in single precision, TFLite's interpreters twice in fixed point.
    pub rounding: Rounding,
}

/// The filter's output channel axis.
const CHANNEL_AXIS: usize = 3;

impl OpDef for DepthwiseConv2d {
    const NAME: &'static str = "DEPTHWISE_CONV_2D";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [[n, h, w, c], [one, kh, kw, oc]] = convolution::dims(inputs, CHANNEL_AXIS)?;
        if one != 1 || oc % c != 0 {
            return Err(OpError::inconsistent(format!(
                "a filter of shape {} does not fit {c} input channels",
                inputs[1].shape
            )));
        }
        let [oh, ow] = self.window.output([h, w], [kh, kw])?;
        convolution::output(inputs, [n, oh, ow, oc])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        convolution::check(site, CHANNEL_AXIS, &[DType::I64])
    }

    fn macs(&self, site: &Site) -> u64 {
        let filter = site.input(1).shape.dims();
        site.output(0).shape.elements() as u64 * (filter[1] * filter[2]) as u64
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let (x, filter) = (&site.input(0).shape, &site.input(1).shape);
        Convolution {
            site,
            activation: self.activation,
            scheme: Scheme::of_sums(self.rounding),
            channel_axis: CHANNEL_AXIS,
            kernel: &filter.dims()[1..3],
            source: &|axis, index, tap| self.window.tap(axis, index, tap, x[1 + axis]),
        }
        .eval(inputs)
    }
}
