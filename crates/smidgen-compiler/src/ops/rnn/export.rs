//! Recurrent layers to TFLite.

use super::{Cell, Rnn};
use crate::ops::common::sequence::Function;
use crate::ops::export::{Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::tflite::{
    BidirectionalSequenceRnnOptions, BuiltinOptions, RnnOptions, SequenceRnnOptions,
};

impl ToTflite for Rnn {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let time_major = self.time_major;
        let Cell::Plain(activation) = self.cell else {
            return Err(OpError::unsupported("is a GRU, which no layer of TFLite is")
                .hint("use an LSTM, or run the model as it is"));
        };
        let fused_activation_function = activation.to_tflite();
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
                let options = BuiltinOptions::BidirectionalSequenceRnnOptions(Box::new(options));
                (BuiltinOperator::BidirectionalSequenceRnn, options)
            }
        };
        Layer::new(builtin, site).with(options).written()
    }
}
