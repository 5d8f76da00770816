//! `CONV_3D`: convolution of floats over `[batch, depth, rows, columns, channels]`.
//!
//! Inputs: activations `[n, d, h, w, c]`; filter `[kd, kh, kw, c, oc]`; bias `[oc]`, optional.
//! Output: `[n, od, oh, ow, oc]`.

pub(super) mod cases;
mod import;

use super::common::COMMON;
use super::conv2d::constant_parameters;
use super::{Activation, Arg, CArray, Call, Constant, Kernel, Lowered, Lowering};
use super::{OpDef, OpError, Site, Source, Window};
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

impl OpDef for Conv3d {
    const NAME: &'static str = "CONV_3D";
    const TYPES: &'static [DType] = &[DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "conv3d_f32",
        needs: &[],
        accepts: |_, site| constant_parameters(site),
        lower,
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let (2 | 3, [x, filter, ..]) = (inputs.len(), inputs) else {
            return Err(OpError::inconsistent("needs activations, a filter and at most a bias"));
        };
        let (&[n, d, h, w, c], &[kd, kh, kw, ic, oc]) = (x.shape.dims(), filter.shape.dims())
        else {
            return Err(OpError::inconsistent("activations and filter must have 5 dimensions"));
        };
        if c != ic {
            return Err(OpError::inconsistent(format!(
                "the filter has {ic} input channels, the activations have {c}"
            )));
        }
        if inputs.get(2).is_some_and(|bias| bias.shape.elements() != oc) {
            return Err(OpError::inconsistent(format!("the bias must have {oc} elements")));
        }
        let [od, _] = self.depth.output([d, 1], [kd, 1])?;
        let [oh, ow] = self.plane.output([h, w], [kh, kw])?;
        let shape =
            Shape::new([n, od, oh, ow, oc]).map_err(|e| OpError::inconsistent(e.to_string()))?;
        Ok(vec![(x.dtype, shape)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.same_dtype(Self::TYPES).map(|_| ())
    }

    fn macs(&self, site: &Site) -> u64 {
        let taps: usize = site.input(1).shape.dims()[..4].iter().product();
        (site.output(0).shape.elements() as u64).saturating_mul(taps as u64)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let (x, filter) = (inputs[0].get::<f32>(), inputs[1].get::<f32>());
        let bias = inputs.get(2).map(|bias| bias.get::<f32>());
        let &[_, d, h, w, c] = site.input(0).shape.dims() else { unreachable!("checked rank") };
        let &[kd, kh, kw, _, oc] = site.input(1).shape.dims() else { unreachable!("checked rank") };
        let mut outputs = Vec::with_capacity(site.output(0).shape.elements());
        for at in indices(&site.output(0).shape.dims()[..4]) {
            for channel in 0..oc {
                let mut sum = bias.map_or(0.0, |b| b[channel]);
                for tap in indices(&[kd, kh, kw]) {
                    let Some(iz) = self.depth.tap(0, at[1], tap[0], d) else { continue };
                    let Some(iy) = self.plane.tap(0, at[2], tap[1], h) else { continue };
                    let Some(ix) = self.plane.tap(1, at[3], tap[2], w) else { continue };
                    let pixel = (((at[0] * d + iz) * h + iy) * w + ix) * c;
                    let first = ((tap[0] * kh + tap[1]) * kw + tap[2]) * c;
                    for i in 0..c {
                        sum += x[pixel + i] * filter[(first + i) * oc + channel];
                    }
                }
                outputs.push(self.activation.apply_f32(sum));
            }
        }
        vec![Data::F32(outputs)]
    }
}

/// All indices of a tensor of shape `dims`, in order.
fn indices(dims: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    let total: usize = dims.iter().product();
    (0..total).map(move |mut flat| {
        let mut index = vec![0; dims.len()];
        for (at, dim) in index.iter_mut().zip(dims).rev() {
            *at = flat % dim;
            flat /= dim;
        }
        index
    })
}

const F32: Source = Source { file: "smidgen_conv3d_f32.h", text: include_str!("conv3d_f32.h") };

fn lower(op: &Conv3d, site: &Site) -> Lowering {
    let (x, y) = (site.input(0).shape.dims(), site.output(0).shape.dims());
    let filter = site.input(1).shape.dims();
    let channels = y[4];
    let floats = |index| site.constant(index).map(|data: &Data| data.get::<f32>().to_vec());
    let weights = floats(1).expect("accepted only with a constant filter");
    let bias = floats(2).unwrap_or_else(|| vec![0.0; channels]);
    let mut args = vec![
        ("input", Arg::Input(0)),
        ("filter", Arg::Constant(0)),
        ("bias", Arg::Constant(1)),
        ("output", Arg::Output(0)),
    ];
    let sizes = [
        ("batches", x[0]),
        ("in_depth", x[1]),
        ("in_height", x[2]),
        ("in_width", x[3]),
        ("in_channels", x[4]),
        ("out_depth", y[1]),
        ("out_height", y[2]),
        ("out_width", y[3]),
        ("out_channels", channels),
        ("kernel_depth", filter[0]),
        ("kernel_height", filter[1]),
        ("kernel_width", filter[2]),
        ("stride_z", op.depth.stride[0]),
        ("stride_y", op.plane.stride[0]),
        ("stride_x", op.plane.stride[1]),
        ("dilation_z", op.depth.dilation[0]),
        ("dilation_y", op.plane.dilation[0]),
        ("dilation_x", op.plane.dilation[1]),
        ("pad_front", op.depth.padding.top),
        ("pad_top", op.plane.padding.top),
        ("pad_left", op.plane.padding.left),
    ];
    args.extend(sizes.map(|(name, size)| (name, Arg::size(size))));
    let (low, high) = op.activation.clamp_f32();
    args.extend([("low", Arg::Float(low)), ("high", Arg::Float(high))]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, F32],
        constants: vec![
            Constant { name: "filter", is_weight: true, data: CArray::F32(weights) },
            Constant { name: "bias", is_weight: true, data: CArray::F32(bias) },
        ],
        calls: vec![Call { function: "smidgen_conv3d_f32", args }],
        ..Lowered::default()
    })
}
