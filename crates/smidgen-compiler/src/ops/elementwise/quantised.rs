//! What quantised integers must be like for a function.

use super::{Elementwise, Function, int8};
use crate::ops::common::sigmoid_s16::Sigmoid;
use crate::ops::{OpError, Site};
use crate::tensor::{DType, Rounding};

/// Checks scales and zero points.
pub(super) fn check(op: &Elementwise, site: &Site) -> Result<(), OpError> {
    let input = site.input_quant(0)?;
    let output = site.output_quant(0)?;
    let dtype = site.input(0).dtype;
    if (op.rounding, dtype) == (Rounding::Onnx, DType::I8) {
        return Ok(());
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, int16, plain, problem};
    use crate::tensor::TensorType;

    fn check(function: Function, x: &TensorType, y: &TensorType, says: &str) {
        let op = Elementwise { function, rounding: Rounding::Tflm };
        let text = problem(op, std::slice::from_ref(x), std::slice::from_ref(&y.quant));
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn types_are_the_functions_own() {
        let x = int16(&[3], 0.5);
        check(Function::HardSwish, &x, &x, "`int16` is not supported");
        let x = plain(DType::I64, &[3]);
        check(Function::Abs, &x, &x, "`int64` is not supported");
        check(Function::Exp, &plain(DType::I8, &[3]), &plain(DType::I8, &[3]), "has no scale");
    }

    #[test]
    fn outputs_have_the_scales_that_functions_assume() {
        let x = int8(&[3], 0.05, 0);
        check(Function::Logistic, &x, &x, "must have scale `0.00390625` and zero point `-128`");
        let x = int16(&[3], 0.001);
        check(Function::Tanh, &x, &x, "must have scale `0.000030517578`");
    }

    #[test]
    fn arithmetic_must_not_overflow() {
        check(Function::Logistic, &int16(&[3], 6.0), &int16(&[3], 1.0 / 32768.0), "5.3");
        check(Function::HardSwish, &int8(&[3], 0.5, 3), &int8(&[3], 0.001, 0), "below 1/128");
        check(Function::Rsqrt, &int8(&[3], 0.5, 3), &int8(&[3], 1e9, 0), "too far apart");
        let x = int8(&[3], 0.5, 3);
        check(Function::LeakyRelu { alpha: f32::NAN }, &x, &x, "not a finite number");
    }

    #[test]
    fn signs_change_around_zero_alone() {
        let x = int8(&[3], 0.5, 3);
        check(Function::Neg, &x, &x, "ignore scales and zero points");
    }
}
