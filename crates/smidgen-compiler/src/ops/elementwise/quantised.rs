//! What quantised integers must be like for a function.

use super::{Elementwise, Function, int8};
use crate::ops::common::sigmoid_s16::Sigmoid;
use crate::ops::{OpError, Site};
use crate::tensor::DType;

/// Checks scales and zero points.
pub(super) fn check(op: &Elementwise, site: &Site) -> Result<(), OpError> {
    let input = site.input_quant(0)?;
    let output = site.output_quant(0)?;
    let dtype = site.input(0).dtype;
    match op.function {
        Function::Logistic if dtype == DType::I8 => must_be(output, (1.0 / 256.0, -128)),
        Function::Logistic | Function::Tanh if dtype == DType::I16 => {
            must_be(output, (1.0 / 32768.0, 0))?;
            Sigmoid::check(input.0)
        }
        Function::Neg if input.1 != 0 || input != output => Err(OpError::unsupported(
            "TFLite's interpreters ignore scales and zero points here, which gives wrong results",
        )
        .hint("give input and output the same scale and the zero point 0")),
        Function::HardSwish => int8::HardSwish::new(input, output).check(),
        Function::Rsqrt => int8::InverseRoot::new(op.rounding, input, output).check(),
        _ => Ok(()),
    }
}

fn must_be(found: (f32, i32), expected: (f32, i32)) -> Result<(), OpError> {
    if found == expected {
        return Ok(());
    }
    Err(OpError::inconsistent(format!(
        "the output must have scale `{}` and zero point `{}`, not `{}` and `{}`",
        expected.0, expected.1, found.0, found.1
    )))
}
