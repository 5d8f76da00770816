//! Functions of int16: tables with interpolation, fixed-point and float arithmetic.

use super::int8::{InverseRoot, precise, square_root};
use super::slopes::{Slopes, quants};
use super::{Elementwise, Function, kernels};
use crate::ops::common::sigmoid_s16::{self, Sigmoid};
use crate::ops::common::{
    COMMON, FIXED_MATH, FLOAT_FUNCTIONS, FLOAT_MATH, REQUANTISE, table, unary,
};
use crate::ops::{Arg, CArray, Constant, Lowering, Site, Source};
use crate::tensor::Rounding;

const SLOPES: Source = Source { file: "smidgen_slopes_s16.h", text: include_str!("slopes_s16.h") };
const RSQRT: Source = Source { file: "smidgen_rsqrt_s16.h", text: include_str!("rsqrt_s16.h") };
const SQRT: Source = Source { file: "smidgen_sqrt_s16.h", text: include_str!("sqrt_s16.h") };

/// How a function of int16 is computed.
pub(super) enum Form {
    /// With a table of 513 numbers.
    Table(Vec<i16>),
    /// By a multiplication.
    Slopes(Slopes),
    /// A logistic function or hyperbolic tangent.
    Sigmoid(Sigmoid),
    /// A square root of input and output scale, in single precision.
    Sqrt(f32, f32),
    /// A reciprocal of a square root, in fixed point.
    InverseRoot(InverseRoot),
    /// A change of sign.
    Neg,
}

impl Form {
    /// The function at a checked site.
    pub(super) fn new(op: &Elementwise, site: &Site) -> Self {
        if let Some(slopes) = Slopes::new(op, site, (-32768, 32767)) {
            return Self::Slopes(slopes);
        }
        let (input, output) = quants(site);
        match (op.function, op.rounding) {
            (Function::Logistic, _) => Self::Sigmoid(Sigmoid::logistic(input.0)),
            (Function::Tanh, _) => Self::Sigmoid(Sigmoid::tanh(input.0)),
            (Function::Sqrt, _) => Self::Sqrt(input.0, output.0),
            (Function::Rsqrt, Rounding::Tflm) => {
                Self::InverseRoot(InverseRoot::new(op.rounding, input, output))
            }
            (Function::Neg, _) => Self::Neg,
            (function, _) => {
                let f = precise(function, output, -32768);
                Self::Table(table::int16(input.0, output.0, f))
            }
        }
    }

    /// The result for one number.
    pub(super) fn apply(&self, x: i16) -> i16 {
        let wide = i32::from(x);
        match self {
            Self::Table(table) => table::look_up(table, x),
            Self::Slopes(slopes) => slopes.apply(wide) as i16,
            Self::Sigmoid(sigmoid) => sigmoid.apply(x),
            Self::Sqrt(input, output) => square_root((*input, 0), (*output, 0), wide, 32767) as i16,
            Self::InverseRoot(root) => root.apply(wide, 32767).max(-32768) as i16,
            Self::Neg => x.wrapping_neg(),
        }
    }

    /// The code.
    pub(super) fn lower(&self, site: &Site) -> Lowering {
        let call = |sources: Vec<Source>, function, parameters: &[(&'static str, Arg)]| {
            unary::lower(site, 0, sources, function, parameters)
        };
        match self {
            Self::Table(table) => {
                let code = call(table::SOURCES.to_vec(), "smidgen_table_s16", &[]);
                with_table(code, CArray::I16(table.clone()))
            }
            Self::Slopes(slopes) => {
                call(vec![COMMON, REQUANTISE, SLOPES], "smidgen_slopes_s16", &slopes.args())
            }
            Self::Sigmoid(sigmoid) => {
                let sources = sigmoid_s16::SOURCES.to_vec();
                with_table(call(sources, sigmoid.c_name(), &sigmoid.args()), Sigmoid::table())
            }
            Self::Sqrt(input, output) => call(
                vec![COMMON, FLOAT_MATH, FLOAT_FUNCTIONS, SQRT],
                "smidgen_sqrt_s16",
                &[("input_scale", Arg::Float(*input)), ("scale", Arg::Float(*output))],
            ),
            Self::InverseRoot(root) => call(
                vec![COMMON, FIXED_MATH, REQUANTISE, RSQRT],
                "smidgen_rsqrt_s16",
                &[
                    ("multiplier", Arg::Int(root.multiplier.mantissa)),
                    ("shift", Arg::Int(root.multiplier.shift)),
                ],
            ),
            Self::Neg => call(vec![COMMON, kernels::INTEGERS], "smidgen_neg_s16", &[]),
        }
    }
}

/// The code with a table as its last argument.
fn with_table(lowering: Lowering, data: CArray) -> Lowering {
    match lowering {
        Lowering::Code(mut code) => {
            code.constants.push(Constant { name: "table", is_weight: false, data });
            code.calls[0].args.push(("table", Arg::Constant(0)));
            Lowering::Code(code)
        }
        other => other,
    }
}
