//! TFLite models: the first subgraph becomes a graph, layer by layer.

mod constant;
mod control;
mod growing;
mod importer;
mod types;

#[cfg(test)]
mod tests;

use self::importer::Importer;
use super::{Frontend, ReadOptions};
use crate::diag::{Code, Diagnostic, Origin};
use crate::graph::Graph;
use crate::reader::tflite::Model;
use crate::tensor::Rounding;

/// The TFLite format, schema version 3.
#[derive(Debug, Clone, Copy)]
pub struct Tflite;

impl Frontend for Tflite {
    fn name(&self) -> &'static str {
        "TFLite"
    }

    fn detect(&self, bytes: &[u8]) -> bool {
        Model::detect(bytes)
    }

    fn rounding(&self) -> Rounding {
        Rounding::Tflm
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Graph, Vec<Diagnostic>> {
        if let Some((name, _)) = options.shapes.first() {
            let text = format!("states its own shapes: that of `{name}` cannot be given");
            let problem = Diagnostic::new(Code::Inconsistent, Origin::Model, text);
            return Err(vec![problem.hint("convert the model with this input shape")]);
        }
        if options.rounding == Some(Rounding::Onnx) {
            let text = "is a TFLite model, which onnxruntime does not run";
            let problem = Diagnostic::new(Code::Inconsistent, Origin::Model, text);
            return Err(vec![problem.hint("choose the rounding `tflm` or `litert`")]);
        }
        let model = Model::parse(bytes)?;
        Importer::new(&model.subgraphs, options, bytes.len()).run()
    }
}
