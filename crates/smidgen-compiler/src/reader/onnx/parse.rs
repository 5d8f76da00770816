//! The file as a whole.

use smidgen_schema::onnx::{MODEL_PROTO, ModelProto};
use smidgen_schema::prost::Message;

use super::convert::Converter;
use super::functions::{self, Scope};
use super::limits::{IR_VERSIONS, memory_budget};
use super::names::Names;
use super::{Bytes, Externals, Model, check, wire};
use crate::diag::{Code, Diagnostic, Origin};
use crate::reader::log::Log;

/// Reads a file.
pub(super) fn model(bytes: &[u8], externals: &Externals) -> Result<Model, Vec<Diagnostic>> {
    let (part, spent) = open(bytes)?;
    let ir_version = part.ir_version();
    if !IR_VERSIONS.contains(&ir_version) {
        return Err(vec![other_version(ir_version)]);
    }
    let Some(graph) = &part.graph else { return Err(vec![malformed("the model has no graph")]) };
    let outside: usize = externals.values().map(Bytes::len).sum();
    let mut log = Log::new(memory_budget(bytes.len().saturating_add(outside)) - spent);
    let opsets = functions::versions(&part.opset_import);
    if opsets.is_empty() {
        log.note(|| malformed("the model imports no operator set"));
    }
    let functions = functions::of_model(&part);
    // Only functions need fresh names.
    let names = if functions.is_empty() { Names::default() } else { Names::of(graph, &mut log) };
    let mut converter = Converter::new(functions, externals, names, log);
    let graph = converter.graph(graph, &mut Scope::of_model(opsets.clone()));
    let mut log = converter.finish();
    if !log.has_problems() {
        check::order(&graph, &mut log);
    }
    let problems = log.finish();
    if problems.is_empty() { Ok(Model { ir_version, opsets, graph }) } else { Err(problems) }
}

/// Decodes a file, if that takes little enough memory.
pub(super) fn decode(bytes: &[u8]) -> Result<ModelProto, Vec<Diagnostic>> {
    open(bytes).map(|(model, _)| model)
}

/// Decodes a file; says, too, what part of the budget that took.
fn open(bytes: &[u8]) -> Result<(ModelProto, usize), Vec<Diagnostic>> {
    let budget = memory_budget(bytes.len());
    let cost = wire::cost(bytes, &MODEL_PROTO, budget).map_err(|wire::Malformed| {
        vec![malformed("the file is no well-formed ONNX model; it may be truncated")]
    })?;
    if cost > budget {
        let text = format!("the parts of this file take more than {budget} bytes of memory");
        return Err(vec![Diagnostic::new(Code::TooLarge, Origin::Model, text)]);
    }
    // The bindings share contents with this copy.
    let model = ModelProto::decode(Bytes::copy_from_slice(bytes));
    let model = model.map_err(|error| vec![malformed(&format!("the file is damaged: {error}"))])?;
    Ok((model, cost))
}

fn other_version(version: i64) -> Diagnostic {
    let (first, last) = (IR_VERSIONS.start(), IR_VERSIONS.end());
    let text = format!("the file has IR version {version}, known are {first} to {last}");
    malformed(&text).hint("export the model again, with another version of the `onnx` package")
}

fn malformed(text: &str) -> Diagnostic {
    Diagnostic::new(Code::Malformed, Origin::Model, text)
}
