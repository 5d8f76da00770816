//! Contents of tensors that lie in other files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use smidgen_schema::onnx::tensor_proto::DataLocation;
use smidgen_schema::onnx::{
    AttributeProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, StringStringEntryProto,
    TensorProto,
};

use super::limits::MAX_PROBLEMS;
use super::names::shown;
use super::{Bytes, parse};
use crate::diag::{Code, Diagnostic, Origin};

/// Contents of files by the names that a model gives them.
pub type Externals = BTreeMap<String, Bytes>;

/// Names of the files that hold contents of a model's tensors, each once, relative to the folder of the model. No
/// name leads out of it, but a link might.
///
/// # Errors
/// What makes the file unreadable, or every name that leads out of the folder.
pub fn external_files(bytes: &[u8]) -> Result<Vec<String>, Vec<Diagnostic>> {
    let model = parse::decode(bytes)?;
    let mut names = BTreeSet::new();
    visit(&model, &mut |tensor| names.extend(location(tensor).map(str::to_owned)));
    let (inside, outside): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| is_inside(name));
    let problems = outside.iter().take(MAX_PROBLEMS).map(|name| escapes(name)).collect();
    if outside.is_empty() { Ok(inside) } else { Err(problems) }
}

/// The file that a tensor's content lies in, if it lies in one.
pub(super) fn location(tensor: &TensorProto) -> Option<&str> {
    (tensor.data_location() == DataLocation::External)
        .then(|| entry(tensor, "location").unwrap_or(""))
}

/// The part of its file that an external tensor of `needed` bytes takes.
pub(super) fn content(
    tensor: &TensorProto,
    needed: usize,
    externals: &Externals,
) -> Result<Bytes, String> {
    let name = location(tensor).unwrap_or_default();
    let Some(file) = externals.get(name) else {
        return Err(format!("lies in the file `{}`, which is missing", shown(name)));
    };
    let name = shown(name);
    let number = |key| match entry(tensor, key) {
        Some(text) => {
            let number = text.trim().parse::<usize>().map(Some);
            number.map_err(|_| format!("states the {key} `{text}` in `{name}`, which is no number"))
        }
        None => Ok(None),
    };
    let (offset, length) = (number("offset")?.unwrap_or(0), number("length")?.unwrap_or(needed));
    if length != needed {
        return Err(format!("takes {length} bytes of `{name}`, but its type takes {needed}"));
    }
    let end = offset.checked_add(length).filter(|end| *end <= file.len());
    let end = end.ok_or_else(|| {
        let size = file.len();
        format!("takes {length} bytes at offset {offset} of `{name}`, which has {size} bytes")
    })?;
    Ok(file.slice(offset..end))
}

fn entry<'a>(tensor: &'a TensorProto, key: &str) -> Option<&'a str> {
    tensor.external_data.iter().find(|entry| entry.key() == key).map(StringStringEntryProto::value)
}

/// Whether a name is that of a file in the model's folder or below it, on every system.
fn is_inside(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let plain = parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    plain && !name.is_empty() && !name.contains(['\\', ':', '\0'])
}

fn escapes(name: &str) -> Diagnostic {
    let name = shown(name);
    let text = format!("tensors lie in the file `{name}`, which is not below the model's folder");
    Diagnostic::new(Code::Malformed, Origin::Model, text)
        .hint("keep the files of a model in one folder, and name them relative to it")
}

/// Shows every tensor of a model to `look`.
fn visit<'a>(model: &'a ModelProto, look: &mut dyn FnMut(&'a TensorProto)) {
    if let Some(graph) = &model.graph {
        visit_graph(graph, look);
    }
    for function in &model.functions {
        visit_nodes(&function.node, look);
        visit_attributes(&function.attribute_proto, look);
    }
}

fn visit_graph<'a>(graph: &'a GraphProto, look: &mut dyn FnMut(&'a TensorProto)) {
    for tensor in graph.initializer.iter().chain(graph.sparse_initializer.iter().flat_map(parts)) {
        look(tensor);
    }
    visit_nodes(&graph.node, look);
}

fn visit_nodes<'a>(nodes: &'a [NodeProto], look: &mut dyn FnMut(&'a TensorProto)) {
    for node in nodes {
        visit_attributes(&node.attribute, look);
    }
}

fn visit_attributes<'a>(list: &'a [AttributeProto], look: &mut dyn FnMut(&'a TensorProto)) {
    for attribute in list {
        for tensor in attribute.t.iter().map(|tensor| &**tensor) {
            look(tensor);
        }
        for tensor in attribute.sparse_tensor.iter().flat_map(|tensor| parts(tensor)) {
            look(tensor);
        }
        if let Some(graph) = &attribute.g {
            visit_graph(graph, look);
        }
    }
}

/// The tensors that make up a sparse one.
fn parts(tensor: &SparseTensorProto) -> impl Iterator<Item = &TensorProto> {
    tensor.values.iter().chain(&tensor.indices)
}
