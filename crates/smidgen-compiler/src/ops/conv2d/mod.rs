//! `CONV_2D`: 2-D convolution over `[batch, rows, columns, channels]`.
//!
//! Inputs: activations `[n, h, w, c]`; filter `[oc, kh, kw, c / groups]`; bias `[oc]`, optional.
//! Output: `[n, oh, ow, oc]`.

pub(super) mod cases;
mod eval;
mod import;
mod kernels;

use super::{Activation, Kernel, OpDef, OpError, Site, Window};
use crate::tensor::{DType, Data, Multiplier, Quant, Shape, TensorType};

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
            Requantisation::new(site, channel_axis, Activation::None).map(|_| ())
        }
        (_, Some(bias)) => Err(OpError::unsupported(format!(
            "activations of `{dtype}` with a bias of `{bias}` are not supported"
        ))),
        (_, None) => Err(OpError::unsupported(format!("element type `{dtype}` is not supported"))),
    }
}

/// How an int8 convolution's accumulators become outputs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Requantisation {
    /// Subtracted from every input.
    pub input_zero_point: i32,
    /// Added to every output.
    pub output_zero_point: i32,
    /// One per output channel.
    pub multipliers: Vec<Multiplier>,
    /// Least and greatest output.
    pub clamp: (i32, i32),
}

impl Requantisation {
    /// Reads the quantisation of a checked site. The multiplier of a channel is
    /// `input scale * filter scale / output scale` in double precision, as in TFLite's
    /// `PopulateConvolutionQuantizationParams`.
    pub(super) fn new(
        site: &Site,
        channel_axis: usize,
        activation: Activation,
    ) -> Result<Self, OpError> {
        let (input_scale, input_zero_point) = site.input_quant(0)?;
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let filter = site.input(1);
        let channels = filter.shape[channel_axis];
        match &filter.quant {
            Quant::PerAxis { axis, scales }
                if *axis != channel_axis || scales.len() != channels =>
            {
                return Err(OpError::inconsistent(format!(
                    "the filter has {} scales along axis {axis}, but {channels} output channels \
                     along axis {channel_axis}",
                    scales.len()
                )));
            }
            Quant::PerTensor { zero_point, .. } if *zero_point != 0 => {
                return Err(OpError::unsupported("an int8 filter must have zero point 0"));
            }
            _ => {}
        }
        let multiplier = |channel| {
            let filter_scale = filter.quant.scale(channel)?;
            let real = f64::from(input_scale) * f64::from(filter_scale) / f64::from(output_scale);
            Some(Multiplier::from_real(real))
        };
        let multipliers = (0..channels).map(multiplier).collect::<Option<_>>();
        let multipliers =
            multipliers.ok_or_else(|| OpError::inconsistent("the filter has no scales"))?;
        let clamp = activation.clamp_i8(output_scale, output_zero_point);
        Ok(Self { input_zero_point, output_zero_point, multipliers, clamp })
    }

    /// The output for an accumulator of `channel`.
    pub(super) fn apply(&self, channel: usize, accumulator: i32) -> i8 {
        let scaled = self.multipliers[channel].apply_twice_rounded(accumulator);
        let (low, high) = self.clamp;
        scaled.wrapping_add(self.output_zero_point).clamp(low, high) as i8
    }
}
