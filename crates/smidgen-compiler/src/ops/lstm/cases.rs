//! Conformance cases of LSTMs.

use super::form::{Direction, Part};
use super::{Form, Function, Lstm, Nonlinearity, Projection};
use crate::ops::Activation;
use crate::ops::case::{Case, Random, plain};
use crate::tensor::{DType, Quant, Rounding, TensorType};

const COUPLED: Form = Form { coupled: true, ..Form::BASIC };
const PEEPHOLE: Form = Form { peephole: true, ..Form::BASIC };
const PROJECTED: Form = Form { projection: Projection::Plain, ..Form::BASIC };
const NORM: Form = Form { norm: true, ..Form::BASIC };
const EVERYTHING: Form =
    Form { coupled: false, peephole: true, projection: Projection::Biased, norm: true };
const COUPLED_NORM: Form = Form { coupled: true, norm: true, ..Form::BASIC };

pub(crate) fn cases() -> Vec<Case> {
    let mut layers = Vec::new();
    for dtype in [DType::F32, DType::I8, DType::I16] {
        let basic = |name| Layer::new(name, dtype, &[Form::BASIC]);
        layers.push(basic("basic"));
        layers.push(Layer { time_major: true, ..basic("time_major") });
        layers.push(Layer { clip: 0.2, ..basic("clip") });
        layers.push(Layer { sizes: [1, 1, 1], ..basic("one_of_all") });
        layers.push(Layer { cell_power: -9, ..basic("coarse_cells") });
        layers.push(Layer { cell_power: -15, ..basic("fine_cells") });
    }
    for dtype in [DType::F32, DType::I8] {
        let litert = |name, forms| {
            let rounding = Rounding::Litert;
            Layer { rounding, clip: 0.9, ..Layer::new(name, dtype, forms) }
        };
        layers.push(litert("litert", &[Form::BASIC]));
        layers.push(litert("coupled", &[COUPLED]));
        layers.push(litert("peephole", &[PEEPHOLE]));
        layers.push(litert("norm", &[NORM]));
        layers.push(litert("everything", &[EVERYTHING]));
        layers.push(Layer { sizes: [3, 4, 2], ..litert("projected", &[PROJECTED]) });
        layers.push(Layer { function: Function::Step, ..litert("step", &[COUPLED_NORM]) });
        layers.push(Layer { cell_power: -9, ..litert("coarse_litert", &[Form::BASIC]) });
        layers.push(Layer { cell_power: -15, ..litert("fine_litert", &[Form::BASIC]) });
    }
    for (name, merged) in [("both", false), ("merged", true)] {
        let function = Function::Both { merged };
        let layer = Layer::new(name, DType::F32, &[PEEPHOLE, COUPLED]);
        layers.push(Layer { function, time_major: merged, ..layer });
    }
    let activation = Nonlinearity::Clamp(Activation::Relu);
    layers.push(Layer { activation, ..Layer::new("relu", DType::F32, &[Form::BASIC]) });
    layers.iter().map(Layer::case).collect()
}

/// A layer of two sequences of three steps.
struct Layer<'a> {
    name: &'a str,
    dtype: DType,
    forms: &'a [Form],
    function: Function,
    time_major: bool,
    /// Inputs, cells, outputs.
    sizes: [usize; 3],
    activation: Nonlinearity,
    rounding: Rounding,
    clip: f32,
    cell_power: i32,
}

impl<'a> Layer<'a> {
    fn new(name: &'a str, dtype: DType, forms: &'a [Form]) -> Self {
        Self {
            name,
            dtype,
            forms,
            function: Function::Forward,
            time_major: false,
            sizes: [3, 4, 4],
            activation: Nonlinearity::Tanh,
            rounding: Rounding::Tflm,
            clip: 0.0,
            cell_power: -11,
        }
    }

    /// Quantisation of inputs and of outputs.
    fn quants(&self) -> [Quant; 2] {
        match self.dtype {
            DType::I8 => [quant(0.03, 11), quant(0.007, -6)],
            DType::I16 => [quant(1e-4, 0), quant(4e-5, 0)],
            _ => [Quant::None, Quant::None],
        }
    }

    /// The type of a part: weights of about 1, a state of the layer's type.
    fn part(&self, part: Part, shape: &[usize]) -> TensorType {
        if self.dtype == DType::F32 {
            return plain(DType::F32, shape);
        }
        let [_, output] = self.quants();
        let (dtype, quant) = match part {
            Part::Weights(_) | Part::Recurrent(_) | Part::Projection => {
                (DType::I8, quant(0.011, 0))
            }
            Part::Peephole(_) | Part::Norm(_) => (DType::I16, quant(4e-5, 0)),
            Part::Bias(_) if self.dtype == DType::I16 => (DType::I64, Quant::None),
            Part::Bias(_) | Part::ProjectionBias => (DType::I32, Quant::None),
            Part::Hidden => (self.dtype, output),
            Part::Cell => (DType::I16, quant(2f32.powi(self.cell_power), 0)),
        };
        TensorType { quant, ..plain(dtype, shape) }
    }

    fn op(&self) -> Lstm {
        let litert = self.rounding == Rounding::Litert && self.dtype == DType::I8;
        let intermediates = vec![(3e-4, 0), (2e-4, 0), (4e-4, 0), (3e-4, 0), (0.008, 3)];
        Lstm {
            function: self.function,
            time_major: self.time_major,
            activation: self.activation,
            cell_clip: self.clip,
            projection_clip: self.clip,
            directions: self.forms.to_vec(),
            rounding: self.rounding,
            intermediates: if litert { intermediates } else { Vec::new() },
        }
    }

    fn case(&self) -> Case {
        let mut random = Random::new(self.name.len() as u64);
        let (batch, time, [inputs, cells, outputs]) = (2, 3, self.sizes);
        let dims = match (self.function, self.time_major) {
            (Function::Step, _) => vec![batch, inputs],
            (_, true) => vec![time, batch, inputs],
            (_, false) => vec![batch, time, inputs],
        };
        let [input, output] = self.quants();
        let mut operands = vec![(TensorType { quant: input, ..plain(self.dtype, &dims) }, None)];
        let mut quants = vec![output; self.function.outputs()];
        for &form in self.forms {
            let direction = Direction { form, first: 0, inputs, cells, outputs };
            for part in form.parts() {
                let ty = self.part(part, &direction.shape(part, batch));
                quants.extend(part.is_state().then(|| ty.quant.clone()));
                let data = random.data(ty.dtype, ty.shape.elements());
                operands.push((ty, (!part.is_state()).then_some(data)));
            }
        }
        Case::new(&format!("{}_{}", self.name, self.dtype), self.op(), operands, &quants)
    }
}

fn quant(scale: f32, zero_point: i32) -> Quant {
    Quant::per_tensor(scale, zero_point).expect("the scale is positive")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{Operand, Site};

    #[test]
    fn vast_factors_of_normalised_gates_are_refused() {
        let norm = Layer { rounding: Rounding::Litert, ..Layer::new("norm", DType::I8, &[NORM]) };
        let case = norm.case();
        let check = |scale: f32| {
            let mut types: Vec<_> = case.inputs.iter().map(|(ty, _)| ty.clone()).collect();
            types.last_mut().expect("there are operands").quant = quant(scale, 0);
            let operands = types.iter().zip(&case.inputs);
            let site = Site {
                inputs: operands
                    .map(|(ty, (_, data))| Operand { ty, constant: data.as_ref() })
                    .collect(),
                outputs: case.outputs.iter().collect(),
            };
            case.op.check(&site).is_ok()
        };
        assert_eq!([1e5, 1e6].map(check), [true, false]);
    }
}
