//! `SVDF`: a fully connected layer over the last inputs, as a product of two small matrices.
//!
//! Inputs: vectors `[batch, inputs]` of float32 or int8; feature weights `[units * rank, inputs]`; time
//! weights `[units * rank, memory]`; biases `[units]`, if there are any; the state
//! `[batch, units * rank * memory]`, which holds the last outputs of every filter, the newest behind
//! the others. In int8, time weights and state are int16 or int8, and no activation is applied: the
//! output's range does that. Outputs: `[batch, units]`, and the new state.

pub(super) mod cases;
mod eval;
mod export;
mod import;
mod kernels;

use super::common::sequence::{Nonlinearity, expect_constant, expect_shape};
use super::{Activation, Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Multiplier, Rounding, Shape, TensorType};

/// Attributes of an SVDF layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Svdf {
    /// Filters of a unit.
    pub rank: usize,
    /// What is applied to float outputs.
    pub activation: Nonlinearity,
    /// Whether there are biases.
    pub bias: bool,
    /// How int8 multipliers are computed.
    pub rounding: Rounding,
}

/// Sizes of a layer.
struct Sizes {
    batch: usize,
    inputs: usize,
    units: usize,
    memory: usize,
}

impl OpDef for Svdf {
    const NAME: &'static str = "SVDF";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn updates(&self) -> Vec<usize> {
        vec![self.state()]
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        if inputs.len() != self.state() + 1 {
            let text = format!("needs {} operands, not {}", self.state() + 1, inputs.len());
            return Err(OpError::inconsistent(text));
        }
        let sizes = self.sizes(inputs)?;
        let Sizes { batch, inputs: depth, units, memory } = sizes;
        let filters = units * self.rank;
        let held = filters.saturating_mul(memory);
        let mut wanted = vec![vec![batch, depth], vec![filters, depth], vec![filters, memory]];
        wanted.extend(self.bias.then(|| vec![units]));
        wanted.push(vec![batch, held]);
        for (operand, (ty, wanted)) in inputs.iter().zip(&wanted).enumerate() {
            expect_shape(operand, ty.shape.dims(), wanted)?;
        }
        let output = Shape::new([batch, units])
            .map_err(|e| OpError::inconsistent(format!("output 0 is no tensor: {e}")))?;
        let state = inputs[self.state()];
        Ok(vec![(inputs[0].dtype, output), (state.dtype, state.shape.clone())])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        for operand in 1..self.state() {
            expect_constant(site, operand)?;
        }
        if site.input(0).dtype != DType::I8 {
            return site.same_dtype(&[DType::F32]).map(|_| ());
        }
        let (time, state) = (site.input(2).dtype, site.input(self.state()).dtype);
        if time != state || !matches!(state, DType::I8 | DType::I16) {
            return Err(OpError::unsupported(format!(
                "time weights and state must both be int16 or int8, not {time} and {state}"
            )));
        }
        let others = [(site.input(1), DType::I8), (site.output(0), DType::I8)];
        let bias = self.bias.then(|| (site.input(3), DType::I32));
        for (ty, wanted) in others.into_iter().chain(bias) {
            if ty.dtype != wanted {
                return Err(OpError::inconsistent(format!(
                    "an operand has element type `{}` instead of `{wanted}`",
                    ty.dtype
                )));
            }
        }
        let clamp = matches!(self.activation, Nonlinearity::Clamp(a) if matches!(a, Activation::None | Activation::Relu));
        if !clamp {
            return Err(OpError::unsupported("int8 has no activation but RELU")
                .hint("TFLite's interpreters would leave it out"));
        }
        for operand in [1, 2] {
            if site.input_quant(operand)?.1 != 0 {
                let text = format!("the weights (operand {operand}) must have zero point 0");
                return Err(OpError::unsupported(text));
            }
        }
        site.output_quant(0)?;
        site.input_quant(0)?;
        site.input_quant(self.state()).map(|_| ())
    }

    fn macs(&self, site: &Site) -> u64 {
        let filters = site.input(2).shape[0];
        let [batch, inputs] = [site.input(0).shape[0], site.input(0).shape[1]];
        (batch * filters * (inputs + site.input(2).shape[1])) as u64
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

impl Svdf {
    /// Position of the state among the operands.
    fn state(&self) -> usize {
        if self.bias { 4 } else { 3 }
    }

    fn sizes(&self, inputs: &[&TensorType]) -> Result<Sizes, OpError> {
        let [&[batch, depth], &[filters, _], &[_, memory]] =
            [inputs[0], inputs[1], inputs[2]].map(|ty| ty.shape.dims())
        else {
            return Err(OpError::inconsistent("input and weights must have 2 dimensions"));
        };
        if self.rank == 0 || filters % self.rank != 0 {
            let text = format!("{filters} filters are no multiple of the rank `{}`", self.rank);
            return Err(OpError::inconsistent(text));
        }
        Ok(Sizes { batch, inputs: depth, units: filters / self.rank, memory })
    }

    /// Sizes of a checked site.
    fn site_sizes(&self, site: &Site) -> Sizes {
        let inputs: Vec<_> = site.inputs.iter().map(|operand| operand.ty).collect();
        self.sizes(&inputs).expect("shapes have been checked")
    }

    /// What turns sums of products with features into states, and sums of products with states into
    /// outputs. LiteRT multiplies scales in single precision.
    fn multipliers(&self, site: &Site) -> [Multiplier; 2] {
        let scale = |operand| site.input_quant(operand).expect("quantisation has been checked").0;
        let output = site.output_quant(0).expect("quantisation has been checked").0;
        let state = scale(self.state());
        [(scale(0), scale(1), state), (state, scale(2), output)].map(|(a, b, result)| {
            Multiplier::from_real(match self.rounding {
                Rounding::Tflm | Rounding::Onnx => f64::from(a) * f64::from(b) / f64::from(result),
                Rounding::Litert => f64::from(a * b / result),
            })
        })
    }

    /// Zero points of input, state and output.
    fn zero_points(&self, site: &Site) -> [i32; 3] {
        let checked = "quantisation has been checked";
        let inputs = [0, self.state()].map(|operand| site.input_quant(operand).expect(checked).1);
        [inputs[0], inputs[1], site.output_quant(0).expect(checked).1]
    }
}
