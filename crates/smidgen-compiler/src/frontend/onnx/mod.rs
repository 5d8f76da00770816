//! ONNX models: the main graph, node by node, in the operators of ONNX's own domain.

mod branch;
mod gelu;
mod importer;
mod names;
mod ports;
mod quantised;
mod splice;
#[cfg(test)]
mod tests;

use self::importer::Importer;
use super::{Frontend, ReadOptions};
use crate::diag::Diagnostic;
use crate::graph::Graph;
use crate::passes;
use crate::reader::onnx::{self as reader, Externals, Model};
use crate::tensor::Rounding;

/// The ONNX format.
#[derive(Debug, Clone, Copy)]
pub struct Onnx;

/// Names of the inputs of an ONNX model, in order.
///
/// # Errors
/// What is wrong with the file.
pub fn input_names(bytes: &[u8], externals: &Externals) -> Result<Vec<String>, Vec<Diagnostic>> {
    let model = Model::parse(bytes, externals)?;
    Ok(model.graph.inputs.into_iter().map(|input| input.name).collect())
}

impl Frontend for Onnx {
    fn name(&self) -> &'static str {
        "ONNX"
    }

    fn detect(&self, bytes: &[u8]) -> bool {
        Model::detect(bytes)
    }

    fn external_files(&self, bytes: &[u8]) -> Result<Vec<String>, Vec<Diagnostic>> {
        reader::external_files(bytes)
    }

    fn rounding(&self) -> Rounding {
        Rounding::Onnx
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Graph, Vec<Diagnostic>> {
        let model = Model::parse(bytes, &options.externals)?;
        let mut graph = Importer::new(&model.graph, options).run()?;
        if options.channels_last {
            ports::channels_last(&mut graph);
        }
        passes::run(&mut graph, passes::READING)?;
        Ok(graph)
    }
}
