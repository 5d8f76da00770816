//! `DEQUANTIZE`: the real numbers that integers mean.
//!
//! Input: a tensor of int8 or int16; int8 may be quantised along an axis. Output: float32 of the same shape.

pub(super) mod cases;
mod export;
mod import;

use super::common::{COMMON, unary};
use super::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Quant, Shape, TensorType};

/// A conversion to real numbers; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Dequantize;

const DEQUANTIZE: Source =
    Source { file: "smidgen_dequantize.h", text: include_str!("dequantize.h") };

impl OpDef for Dequantize {
    const NAME: &'static str = "DEQUANTIZE";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16];
    const KERNELS: &'static [Kernel<Self>] = &[
        Kernel {
            name: "dequantize",
            needs: &[],
            accepts: |_, site| site.input_quant(0).is_ok(),
            lower: lower_whole,
        },
        Kernel {
            name: "dequantize_channels_s8",
            needs: &[],
            accepts: |_, _| true,
            lower: lower_channels,
        },
    ];

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, Some(DType::F32))
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let x = site.input(0);
        if !Self::TYPES.contains(&x.dtype) {
            let text = format!("cannot dequantise elements of `{}`", x.dtype);
            return Err(OpError::unsupported(text));
        }
        match &x.quant {
            Quant::PerAxis { .. } if x.dtype == DType::I16 => {
                Err(OpError::unsupported("int16 with a scale for each channel is not supported"))
            }
            Quant::PerAxis { axis, scales } if x.shape.dims().get(*axis) == Some(&scales.len()) => {
                Ok(())
            }
            Quant::PerAxis { axis, scales } => Err(OpError::inconsistent(format!(
                "{} scales along axis {axis} do not fit the shape {}",
                scales.len(),
                x.shape
            ))),
            _ => site.input_quant(0).map(|_| ()),
        }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let (scales, inner, zero_point) = channels(site);
        let real = |(i, x): (usize, i64)| {
            scales[i / inner % scales.len()] * (x as i32 - zero_point) as f32
        };
        let numbers = inputs[0].integers().unwrap_or_default();
        vec![Data::F32(numbers.into_iter().enumerate().map(real).collect())]
    }
}

/// Scales, elements between changes of scale, and the zero point.
fn channels(site: &Site) -> (Vec<f32>, usize, i32) {
    let x = site.input(0);
    if let Quant::PerAxis { axis, scales } = &x.quant {
        return (scales.clone(), x.shape.strides()[*axis], 0);
    }
    let (scale, zero_point) =
        site.input_quant(0).expect("the site's quantisation has been checked");
    (vec![scale], 1, zero_point)
}

fn lower_whole(_: &Dequantize, site: &Site) -> Lowering {
    let (scales, _, zero_point) = channels(site);
    let function = match site.input(0).dtype {
        DType::I8 => "smidgen_dequantize_s8",
        _ => "smidgen_dequantize_s16",
    };
    let parameters = [("scale", Arg::Float(scales[0])), ("zero_point", Arg::Int(zero_point))];
    unary::lower(site, 0, vec![COMMON, DEQUANTIZE], function, &parameters)
}

fn lower_channels(_: &Dequantize, site: &Site) -> Lowering {
    let (scales, inner, _) = channels(site);
    let outer = site.input(0).shape.elements() / (inner * scales.len());
    let sizes = [("outer", outer), ("channels", scales.len()), ("inner", inner)];
    let mut args = vec![("x", Arg::Input(0)), ("scales", Arg::Constant(0)), ("y", Arg::Output(0))];
    args.extend(sizes.map(|(name, size)| (name, Arg::size(size))));
    Lowering::Code(Lowered {
        sources: vec![COMMON, DEQUANTIZE],
        constants: vec![Constant { name: "scales", is_weight: false, data: CArray::F32(scales) }],
        scratch_bytes: 0,
        in_place: vec![],
        calls: vec![Call { function: "smidgen_dequantize_channels_s8", args }],
    })
}
