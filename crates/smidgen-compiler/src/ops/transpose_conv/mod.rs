//! `TRANSPOSE_CONV`: the transpose of a 2-D convolution, which enlarges an image.
//!
//! Inputs: activations `[n, h, w, c]`; filter `[oc, kh, kw, c]`; bias `[oc]`, optional.
//! Output: `[n, oh, ow, oc]`. Input pixel `(y, x)` adds its product with the filter to the `kh` x `kw`
//! outputs from `(y * stride - top, x * stride - left)` on; what lies outside is dropped.

pub(super) mod cases;
mod export;
mod import;
mod kernels;

use super::common::convolution::{self, Convolution};
use super::requantisation::DOUBLE;
use super::{Activation, Kernel, OpDef, OpError, Site, Window};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a transposed convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct TransposeConv {
    /// The window of the convolution that it transposes, over the output; without dilation.
    pub window: Window,
    /// Rows and columns of the output.
    pub size: [usize; 2],
    /// Clamp of the output.
    pub activation: Activation,
}

/// The filter's output channel axis.
const CHANNEL_AXIS: usize = 0;

impl OpDef for TransposeConv {
    const NAME: &'static str = "TRANSPOSE_CONV";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [[n, _, _, c], [oc, _, _, ic]] = convolution::dims(inputs, CHANNEL_AXIS)?;
        convolution::same_channels(c, ic)?;
        if self.window.stride.contains(&0) {
            return Err(OpError::inconsistent("strides must be at least 1"));
        }
        let [oh, ow] = self.size;
        convolution::output(inputs, [n, oh, ow, oc])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        convolution::check(site, CHANNEL_AXIS, &[DType::I64, DType::I32])
    }

    fn macs(&self, site: &Site) -> u64 {
        let filter: usize = site.input(1).shape.dims()[..3].iter().product();
        (site.input(0).shape.elements() as u64).saturating_mul(filter as u64)
    }

    /// The reference visits every tap of every output.
    fn work(&self, site: &Site) -> u64 {
        let taps: usize = site.input(1).shape.dims()[1..].iter().product();
        (site.output(0).shape.elements() as u64).saturating_mul(taps as u64)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let (x, filter) = (&site.input(0).shape, &site.input(1).shape);
        Convolution {
            site,
            activation: self.activation,
            scheme: DOUBLE,
            channel_axis: CHANNEL_AXIS,
            kernel: &filter.dims()[1..3],
            source: &|axis, index, tap| self.source(axis, index, tap, x[1 + axis]),
        }
        .eval(inputs)
    }
}

impl TransposeConv {
    /// Input row or column (`axis` 0 or 1) that reaches output `index` by tap `tap`, of `input`.
    fn source(&self, axis: usize, index: usize, tap: usize, input: usize) -> Option<usize> {
        let before = [self.window.padding.top, self.window.padding.left][axis];
        let reach = (index + before).checked_sub(tap)?;
        let stride = self.window.stride[axis];
        (reach % stride == 0 && reach / stride < input).then_some(reach / stride)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::plain;

    fn check(filter: &[usize], stride: [usize; 2], size: [usize; 2], accepted: bool) {
        let window = Window::valid(stride, [1, 1]);
        let op = TransposeConv { window, size, activation: Activation::None };
        let (x, filter) = (plain(DType::F32, &[1, 2, 2, 3]), plain(DType::F32, filter));
        assert_eq!(op.infer(&[&x, &filter]).is_ok(), accepted, "{op:?}");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        check(&[5, 3, 3, 3], [2, 2], [5, 5], true);
        check(&[5, 3, 3, 4], [2, 2], [5, 5], false);
        check(&[5, 3, 3, 3], [0, 2], [5, 5], false);
        check(&[5, 3, 3, 3], [2, 2], [0, 5], false);
        check(&[5, 3, 3, 3], [2, 2], [usize::MAX, 5], false);
    }
}
