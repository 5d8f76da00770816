//! Conformance cases of `ADD`.

use super::Add;
use crate::ops::Activation;
use crate::ops::case::{Case, int16};
use crate::ops::common::binary::{case, operand_cases, single_cases};
use crate::tensor::Rounding;

pub(crate) fn cases() -> Vec<Case> {
    let op = |rounding| move |activation| Add { activation, shifting: false, rounding };
    let mut cases = operand_cases(op(Rounding::Tflm));
    cases.extend(single_cases(op(Rounding::Onnx)));
    for (name, b, activation) in
        [("shifted", 0.25, Activation::Relu6), ("level", 1.0, Activation::None)]
    {
        let operands = [int16(&[7, 3], 1.0), int16(&[3], b)];
        let op = Add { activation, shifting: true, rounding: Rounding::Litert };
        let quant = operands[0].quant.clone();
        cases.push(case(&format!("{name}_s16"), op, operands, None, &quant));
    }
    cases
}
