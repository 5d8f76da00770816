//! Recurrent layers from TFLite.

use super::{Cell, Rnn, operand};
use crate::ops::OpError;
use crate::ops::common::sequence::{Function, Nonlinearity};
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::{BuiltinOperator, BuiltinOptionsRef};

impl FromTflite for Rnn {
    const BUILTIN: &'static [BuiltinOperator] = &[
        BuiltinOperator::Rnn,
        BuiltinOperator::UnidirectionalSequenceRnn,
        BuiltinOperator::BidirectionalSequenceRnn,
    ];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let (function, time_major, activation) = layer.options(|options| match options {
            BuiltinOptionsRef::RnnOptions(options) => {
                Some((Ok(Function::Step), Ok(false), options.fused_activation_function()))
            }
            BuiltinOptionsRef::SequenceRnnOptions(options) => {
                let function = Ok(Function::Forward);
                Some((function, options.time_major(), options.fused_activation_function()))
            }
            BuiltinOptionsRef::BidirectionalSequenceRnnOptions(options) => {
                let function = options.merge_outputs().map(|merged| Function::Both { merged });
                Some((function, options.time_major(), options.fused_activation_function()))
            }
            _ => None,
        })?;
        let op = Self {
            function: function?,
            time_major: time_major?,
            cell: Cell::Plain(Nonlinearity::from_tflite(activation?)?),
        };
        let directions = op.function.directions();
        let end = operand(directions, 0);
        if layer.inputs.iter().skip(end).any(Option::is_some) {
            return Err(OpError::unsupported("auxiliary inputs are not supported"));
        }
        Ok(Imported::reading(op, (0..end).collect::<Vec<_>>()))
    }
}
