//! LSTMs from TFLite.

use super::form::{Form, Gate, Part};
use super::{Lstm, Nonlinearity, Projection};
use crate::ops::OpError;
use crate::ops::common::sequence::Function;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};
use crate::tensor::{DType, Rounding};
use smidgen_schema::tflite::LstmKernelType;

impl FromTflite for Lstm {
    const BUILTIN: &'static [BuiltinOperator] = &[
        BuiltinOperator::Lstm,
        BuiltinOperator::UnidirectionalSequenceLstm,
        BuiltinOperator::BidirectionalSequenceLstm,
    ];

    fn types(builtin: BuiltinOperator) -> &'static [DType] {
        match builtin {
            BuiltinOperator::Lstm => &[DType::I8, DType::F32],
            BuiltinOperator::BidirectionalSequenceLstm => &[DType::F32],
            _ => &[DType::I8, DType::I16, DType::F32],
        }
    }

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let mut op = options(layer)?;
        let mut operands = vec![0];
        for places in Places::of(op.function) {
            let form = places.form(layer)?;
            operands.extend(form.parts().into_iter().map(|part| places.input(part)));
            op.directions.push(form);
        }
        let unread = (0..layer.inputs.len())
            .find(|input| layer.inputs[*input].is_some() && !operands.contains(input));
        if let Some(input) = unread {
            let text = format!("input {input} is not supported beside those that are there");
            return Err(OpError::unsupported(text));
        }
        op.rounding = rounding(&op, layer)?;
        if op.rounding == Rounding::Tflm || layer.input(0)?.dtype == DType::F32 {
            op.intermediates.clear();
        }
        Ok(Imported::reading(op, operands))
    }
}

/// The attributes that are options.
fn options(layer: &Layer) -> Result<Lstm, OpError> {
    let (function, time_major, activation, clips) = layer.options(|options| match options {
        BuiltinOptionsRef::LstmOptions(options) => Some((
            options
                .kernel_type()
                .map(|kernel| (kernel == LstmKernelType::Full).then_some(Function::Step)),
            Ok(false),
            options.fused_activation_function(),
            [options.cell_clip(), options.proj_clip()],
        )),
        BuiltinOptionsRef::UnidirectionalSequenceLstmOptions(options) => Some((
            Ok(Some(Function::Forward)),
            options.time_major(),
            options.fused_activation_function(),
            [options.cell_clip(), options.proj_clip()],
        )),
        BuiltinOptionsRef::BidirectionalSequenceLstmOptions(options) => Some((
            options.merge_outputs().map(|merged| Some(Function::Both { merged })),
            options.time_major(),
            options.fused_activation_function(),
            [options.cell_clip(), options.proj_clip()],
        )),
        _ => None,
    })?;
    let Some(function) = function? else {
        return Err(OpError::unsupported("the kernel type BASIC is not supported")
            .hint("convert the model again: newer converters write the type FULL"));
    };
    let [cell_clip, projection_clip] = clips;
    Ok(Lstm {
        function,
        time_major: time_major?,
        activation: Nonlinearity::from_tflite(activation?)?,
        cell_clip: cell_clip?,
        projection_clip: projection_clip?,
        directions: Vec::new(),
        rounding: layer.rounding,
        intermediates: layer.intermediates(),
    })
}

/// TFLite Micro has the basic form alone, in sequences, and of int16 it alone has it. LiteRT needs
/// intermediate tensors.
fn rounding(op: &Lstm, layer: &Layer) -> Result<Rounding, OpError> {
    let basic = op.directions == [Form::BASIC] && op.function == Function::Forward;
    Ok(match layer.input(0)?.dtype {
        DType::I16 => Rounding::Tflm,
        DType::I8 if basic && op.intermediates.is_empty() => Rounding::Tflm,
        DType::I8 if basic => layer.rounding,
        _ => Rounding::Litert,
    })
}

/// Where the parts of a direction are among the inputs of a layer.
pub(super) struct Places {
    /// First of the weights.
    weights: usize,
    /// The hidden state, before the cells.
    hidden: usize,
    /// First of the factors of normalised gates.
    norm: Option<usize>,
}

impl Places {
    const ONLY: Self = Self { weights: 1, hidden: 18, norm: Some(20) };
    const BOTH: [Self; 2] =
        [Self { weights: 1, hidden: 35, norm: None }, Self { weights: 18, hidden: 37, norm: None }];

    /// Those of each direction.
    pub(super) fn of(function: Function) -> &'static [Self] {
        if function.directions() == 1 { &[Self::ONLY] } else { &Self::BOTH }
    }

    /// The input that is `part`.
    pub(super) fn input(&self, part: Part) -> usize {
        let of_weights = match part {
            Part::Weights(gate) => gate as usize,
            Part::Recurrent(gate) => 4 + gate as usize,
            Part::Peephole(Gate::Input) => 8,
            Part::Peephole(Gate::Forget) => 9,
            Part::Peephole(_) => 10,
            Part::Bias(gate) => 11 + gate as usize,
            Part::Projection => 15,
            Part::ProjectionBias => 16,
            Part::Hidden => return self.hidden,
            Part::Cell => return self.hidden + 1,
            Part::Norm(gate) => return self.norm.map_or(usize::MAX, |norm| norm + gate as usize),
        };
        self.weights + of_weights
    }

    /// The parts that are there, judged by one of each kind.
    fn form(&self, layer: &Layer) -> Result<Form, OpError> {
        let has = |part| layer.inputs.get(self.input(part)).is_some_and(Option::is_some);
        let form = Form {
            coupled: !has(Part::Weights(Gate::Input)),
            peephole: has(Part::Peephole(Gate::Output)),
            projection: match [Part::Projection, Part::ProjectionBias].map(has) {
                [false, _] => Projection::None,
                [true, false] => Projection::Plain,
                [true, true] => Projection::Biased,
            },
            norm: has(Part::Norm(Gate::Forget)),
        };
        match form.parts().into_iter().find(|&part| !has(part)) {
            Some(part) => {
                let text = format!("input {} is missing", self.input(part));
                Err(OpError::inconsistent(text))
            }
            None => Ok(form),
        }
    }
}
