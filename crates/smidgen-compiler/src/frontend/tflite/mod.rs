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
use crate::diag::Diagnostic;
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
        Importer::new(&model.subgraphs, options, bytes.len()).run()
    }
}
