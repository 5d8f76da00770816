//! `CONV_3D`: convolution of floats over `[batch, depth, rows, columns, channels]`.
//!
//! Inputs: activations `[n, d, h, w, c]`; filter `[kd, kh, kw, c, oc]`; bias `[oc]`, optional.
//! Output: `[n, od, oh, ow, oc]`.

pub(super) mod cases;
mod export;
mod import;

use super::common::convolution::{self, Convolution};
use super::common::prepared;
use super::requantisation::DOUBLE;
use super::{Activation, Arg, Kernel, Lowering, OpDef, OpError, Site, Source, Window};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a 3-D convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv3d {
    /// Steps, dilation and padding along depth; its columns mean nothing.
    pub depth: Window,
    /// Steps, dilation and padding along rows and columns.
    pub plane: Window,
    /// Clamp of the output.
    pub activation: Activation,
}

/// The filter's output channel axis.
const CHANNEL_AXIS: usize = 4;

impl OpDef for Conv3d {
    const NAME: &'static str = "CONV_3D";
    const TYPES: &'static [DType] = &[DType::F32];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "conv3d_f32", needs: &[], accepts: |_, _| true, lower }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [[n, d, h, w, c], [kd, kh, kw, ic, oc]] = convolution::dims(inputs, CHANNEL_AXIS)?;
        convolution::same_channels(c, ic)?;
        let [od, _] = self.depth.output([d, 1], [kd, 1])?;
        let [oh, ow] = self.plane.output([h, w], [kh, kw])?;
        convolution::output(inputs, [n, od, oh, ow, oc])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.same_dtype(Self::TYPES).map(|_| ())
    }

    fn macs(&self, site: &Site) -> u64 {
        let taps: usize = site.input(1).shape.dims()[..4].iter().product();
        (site.output(0).shape.elements() as u64).saturating_mul(taps as u64)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let (x, filter) = (&site.input(0).shape, &site.input(1).shape);
        Convolution {
            site,
            activation: self.activation,
            scheme: DOUBLE,
            channel_axis: CHANNEL_AXIS,
            kernel: &filter.dims()[..3],
            source: &|axis, index, tap| match axis {
                0 => self.depth.tap(0, index, tap, x[1]),
                _ => self.plane.tap(axis - 1, index, tap, x[1 + axis]),
            },
        }
        .eval(inputs)
    }
}

const F32: Source = Source { file: "smidgen_conv3d_f32.h", text: include_str!("conv3d_f32.h") };

fn lower(op: &Conv3d, site: &Site) -> Lowering {
    let (x, y) = (site.input(0).shape.dims(), site.output(0).shape.dims());
    let filter = site.input(1).shape.dims();
    let sizes = [
        ("batches", x[0]),
        ("in_depth", x[1]),
        ("in_height", x[2]),
        ("in_width", x[3]),
        ("in_channels", x[4]),
        ("out_depth", y[1]),
        ("out_height", y[2]),
        ("out_width", y[3]),
        ("out_channels", y[4]),
        ("kernel_depth", filter[0]),
        ("kernel_height", filter[1]),
        ("kernel_width", filter[2]),
        ("stride_z", op.depth.stride[0]),
        ("dilation_z", op.depth.dilation[0]),
        ("pad_front", op.depth.padding.top),
    ];
    let sizes = sizes.map(|(name, size)| (name, Arg::size(size)));
    let sizes = sizes.into_iter().chain(op.plane.args([y[2], y[3]]));
    prepared::lower_f32(site, op.activation, F32, "smidgen_conv3d_f32", sizes)
}
