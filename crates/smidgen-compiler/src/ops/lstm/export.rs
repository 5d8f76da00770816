//! LSTMs to TFLite.

use super::Lstm;
use super::import::Places;
use crate::ops::common::sequence::Function;
use crate::ops::export::{Input, Layer, ToTflite, Written};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{
    BidirectionalSequenceLstmOptions, BuiltinOptions, LstmOptions,
    UnidirectionalSequenceLstmOptions,
};

/// Inputs of a layer of one direction, and of one of two.
const INPUTS: [usize; 2] = [24, 48];

impl ToTflite for Lstm {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let places = Places::of(self.function);
        let mut inputs = vec![Input::Absent; INPUTS[places.len() - 1]];
        inputs[0] = Input::Operand(0);
        let parts = places.iter().zip(&self.directions);
        let parts = parts
            .flat_map(|(places, form)| form.parts().into_iter().map(|part| places.input(part)));
        for (operand, place) in parts.enumerate() {
            inputs[place] = Input::Operand(1 + operand);
        }
        let (builtin, options) = self.options();
        let is_wide = site.input(0).dtype == DType::I16;
        let mut layer = Layer::new(builtin, site)
            .reading(inputs)
            .with(options)
            .version(if is_wide { 5 } else { 1 });
        layer.intermediates.clone_from(&self.intermediates);
        layer.written()
    }
}

impl Lstm {
    fn options(&self) -> (BuiltinOperator, BuiltinOptions) {
        let fused_activation_function = self.activation.to_tflite();
        let [cell_clip, proj_clip] = [self.cell_clip, self.projection_clip];
        let time_major = self.time_major;
        match self.function {
            Function::Step => {
                let options = LstmOptions {
                    fused_activation_function,
                    cell_clip,
                    proj_clip,
                    ..Default::default()
                };
                (BuiltinOperator::Lstm, BuiltinOptions::LstmOptions(Box::new(options)))
            }
            Function::Forward => {
                let options = UnidirectionalSequenceLstmOptions {
                    fused_activation_function,
                    cell_clip,
                    proj_clip,
                    time_major,
                    ..Default::default()
                };
                let options = BuiltinOptions::UnidirectionalSequenceLstmOptions(Box::new(options));
                (BuiltinOperator::UnidirectionalSequenceLstm, options)
            }
            Function::Both { merged } => {
                let options = BidirectionalSequenceLstmOptions {
                    fused_activation_function,
                    cell_clip,
                    proj_clip,
                    time_major,
                    merge_outputs: merged,
                    ..Default::default()
                };
                let options = BuiltinOptions::BidirectionalSequenceLstmOptions(Box::new(options));
                (BuiltinOperator::BidirectionalSequenceLstm, options)
            }
        }
    }
}
