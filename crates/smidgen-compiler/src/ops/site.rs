//! Where an operator stands: the types of its operands and the constants among them.

use super::OpError;
use crate::tensor::{DType, Data, TensorType};

/// An input of an operator.
#[derive(Debug, Clone, Copy)]
pub struct Operand<'a> {
    /// Type of the value.
    pub ty: &'a TensorType,
    /// Its elements, if they are known at compile time.
    pub constant: Option<&'a Data>,
}

/// An operator's surroundings: everything about its inputs and outputs but run-time data.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    /// Inputs in order; optional trailing inputs may be missing.
    pub inputs: Vec<Operand<'a>>,
    /// Outputs in order.
    pub outputs: Vec<&'a TensorType>,
}

impl<'a> Site<'a> {
    /// Type of input `index`.
    pub fn input(&self, index: usize) -> &'a TensorType {
        self.inputs[index].ty
    }

    /// Type of output `index`.
    pub fn output(&self, index: usize) -> &'a TensorType {
        self.outputs[index]
    }

    /// Elements of input `index`, if it exists and is constant.
    pub fn constant(&self, index: usize) -> Option<&'a Data> {
        self.inputs.get(index).and_then(|operand| operand.constant)
    }

    /// Scale and zero point of an input that must be quantised per tensor.
    pub fn input_quant(&self, index: usize) -> Result<(f32, i32), OpError> {
        whole_quant(self.input(index), &format!("input {index}"))
    }

    /// Scale and zero point of an output that must be quantised per tensor.
    pub fn output_quant(&self, index: usize) -> Result<(f32, i32), OpError> {
        whole_quant(self.output(index), &format!("output {index}"))
    }

    /// Requires input 0 to have one of the element types `allowed`.
    pub fn input_dtype(&self, allowed: &[DType]) -> Result<(), OpError> {
        let dtype = self.input(0).dtype;
        if allowed.contains(&dtype) {
            return Ok(());
        }
        Err(OpError::unsupported(format!("element type `{dtype}` is not supported")))
    }

    /// Requires all inputs and outputs to have one of the element types `allowed`, and the same one.
    pub fn same_dtype(&self, allowed: &[DType]) -> Result<DType, OpError> {
        self.input_dtype(allowed)?;
        let dtype = self.input(0).dtype;
        let others = self.inputs.iter().map(|o| o.ty).chain(self.outputs.iter().copied());
        match others.map(|ty| ty.dtype).find(|&d| d != dtype) {
            Some(other) => Err(OpError::inconsistent(format!(
                "element types differ: input 0 has `{dtype}`, another tensor `{other}`"
            ))),
            None => Ok(dtype),
        }
    }
}

fn whole_quant(ty: &TensorType, what: &str) -> Result<(f32, i32), OpError> {
    let Some((scale, zero_point)) = ty.quant.whole() else {
        return Err(OpError::inconsistent(format!("{what} has no scale and zero point"))
            .hint("convert the model with full integer quantisation"));
    };
    if ty.dtype == DType::I8 && !(-128..=127).contains(&zero_point) {
        return Err(OpError::inconsistent(format!(
            "{what} has zero point `{zero_point}`, which int8 cannot hold"
        )));
    }
    if ty.dtype == DType::I16 && zero_point != 0 {
        return Err(OpError::unsupported(format!(
            "{what} has zero point `{zero_point}`, where int16 must have 0"
        )));
    }
    Ok((scale, zero_point))
}
