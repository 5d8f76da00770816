//! Recurrent layers to TFLite.

use super::{Cell, Rnn};
use crate::ops::common::sequence::Function;
use crate::ops::export::{Input, Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::tflite::{
    BidirectionalSequenceRnnOptions, BuiltinOptions, RnnOptions, SequenceRnnOptions,
};

/// Inputs of a layer in both directions.
const BIDIRECTIONAL_INPUTS: usize = 12;

impl ToTflite for Rnn {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let time_major = self.time_major;
        let Cell::Plain(activation) = self.cell else {
            return Err(OpError::unsupported("is a GRU, which no layer of TFLite is")
                .hint("use an LSTM, or run the model as it is"));
        };
        let fused_activation_function = activation.to_tflite();
        let mut inputs = Input::operands(0..site.inputs.len());
        let (builtin, options) = match self.function {
            Function::Step => {
                let options = RnnOptions { fused_activation_function, ..Default::default() };
                (BuiltinOperator::Rnn, BuiltinOptions::RnnOptions(Box::new(options)))
            }
            Function::Forward => {
                let options = SequenceRnnOptions {
                    time_major,
                    fused_activation_function,
                    ..Default::default()
                };
                let options = BuiltinOptions::SequenceRnnOptions(Box::new(options));
                (BuiltinOperator::UnidirectionalSequenceRnn, options)
            }
            Function::Both { merged } => {
                let options = BidirectionalSequenceRnnOptions {
                    time_major,
                    fused_activation_function,
                    merge_outputs: merged,
                    ..Default::default()
                };
                // Auxiliary inputs must be there, if only as absent ones.
                inputs.resize(BIDIRECTIONAL_INPUTS, Input::Absent);
                let options = BuiltinOptions::BidirectionalSequenceRnnOptions(Box::new(options));
                (BuiltinOperator::BidirectionalSequenceRnn, options)
            }
        };
        Layer::new(builtin, site).reading(inputs).with(options).written()
    }
}
