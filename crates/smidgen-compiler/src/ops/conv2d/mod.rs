//! `CONV_2D`: 2-D convolution over `[batch, rows, columns, channels]`.
//!
//! Inputs: activations `[n, h, w, c]`; filter `[oc, kh, kw, c / groups]`; bias `[oc]`, optional.
//! Output: `[n, oh, ow, oc]`.

pub(super) mod cases;
mod eval;
mod import;
mod kernels;
mod kernels_s16;

pub(super) use kernels::constant_parameters;

use super::requantisation::{DOUBLE, Requantisation, filter_zero_point};
use super::wide::{Scaling, Wide};
use super::{Activation, Kernel, OpDef, OpError, Site, Window};
use crate::tensor::{DType, Data, Shape, TensorType};

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
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
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
        check_convolution(site, 0, &[DType::I32, DType::I64])
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
/// output channel axis; `biases` are the types of a bias beside int16 activations.
pub(super) fn check_convolution(
    site: &Site,
    channel_axis: usize,
    biases: &[DType],
) -> Result<(), OpError> {
    let dtype = site.input(0).dtype;
    let filter = site.input(1).dtype;
    let matches = match dtype {
        DType::F32 => filter == DType::F32,
        _ => filter == DType::I8,
    };
    if !matches || site.output(0).dtype != dtype {
        return Err(OpError::unsupported(format!(
            "activations of `{dtype}`, a filter of `{filter}` and an output of `{}` do not go \
             together",
            site.output(0).dtype
        )));
    }
    let bias = site.inputs.get(2).map(|bias| bias.ty.dtype);
    match (dtype, bias) {
        (DType::F32, None | Some(DType::F32)) => Ok(()),
        (DType::I8, None | Some(DType::I32)) => {
            Requantisation::new(site, channel_axis, Activation::None, DOUBLE).map(|_| ())
        }
        (DType::I16, bias) if bias.is_none_or(|bias| biases.contains(&bias)) => {
            wide(site, channel_axis, Activation::None).map(|_| ())
        }
        (_, Some(bias)) => Err(OpError::unsupported(format!(
            "activations of `{dtype}` with a bias of `{bias}` are not supported"
        ))),
        (_, None) => Err(OpError::unsupported(format!("element type `{dtype}` is not supported"))),
    }
}

/// How the sums of an int16 convolution become outputs.
pub(super) fn wide(
    site: &Site,
    channel_axis: usize,
    activation: Activation,
) -> Result<Wide, OpError> {
    if filter_zero_point(site) != 0 {
        return Err(OpError::unsupported("a filter beside int16 must have zero point 0"));
    }
    let base = Requantisation::new(site, channel_axis, activation, DOUBLE)?;
    Wide::new(base, Scaling::of_bias(site))
}
