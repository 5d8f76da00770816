//! TFLite models: the first subgraph becomes a graph, layer by layer.

mod constant;
mod importer;
mod types;

#[cfg(test)]
mod tests;

use self::importer::Importer;
use super::{Frontend, ReadOptions};
use crate::diag::{Code, Diagnostic, Origin};
use crate::graph::Graph;
use crate::reader::tflite::Model;

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

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Graph, Vec<Diagnostic>> {
        let model = Model::parse(bytes)?;
        let mut importer = Importer::new(&model.subgraphs[0], options, bytes.len());
        let subgraphs = model.subgraphs.len();
        if subgraphs > 1 {
            let text = format!("has {subgraphs} subgraphs, only models of one are supported");
            let problem = Diagnostic::new(Code::UnsupportedForm, Origin::Model, text)
                .hint("export a single signature without control flow or variables");
            importer.note(problem);
        }
        importer.run()
    }
}
