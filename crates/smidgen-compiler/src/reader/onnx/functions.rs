//! Functions of a model, and what their names and attributes stand for where one is called.

use std::collections::{BTreeMap, HashMap};

use smidgen_schema::onnx::{FunctionProto, ModelProto, NodeProto, OperatorSetIdProto};

use super::names::Names;
use super::{Attribute, Graph};

/// Domain, name and overload of a function.
pub(super) type Key<'a> = (&'a str, &'a str, &'a str);

/// Versions of operator sets by domain.
pub(super) type Opsets = BTreeMap<String, i64>;

/// What names mean at some place of the file.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    /// Versions that nodes are bound to.
    pub(super) opsets: Opsets,
    /// How many graphs and calls lie around the place.
    pub(super) depth: usize,
    /// The calls around the place, the innermost last.
    pub(super) calls: Vec<Key<'a>>,
    /// What stands before the names that the innermost function defines.
    prefix: String,
    /// What the names of the innermost function stand for; none where an argument is absent.
    names: HashMap<&'a str, Option<String>>,
    /// Attributes that the innermost function was called with.
    attributes: Vec<(String, Attribute)>,
}

impl<'a> Scope<'a> {
    /// The scope of a model's own graph.
    pub(super) fn of_model(opsets: Opsets) -> Self {
        let (names, attributes) = (HashMap::new(), Vec::new());
        Self { opsets, depth: 0, calls: Vec::new(), prefix: String::new(), names, attributes }
    }

    /// The scope of a function's body where `self` calls it.
    pub(super) fn of_call(
        &self,
        key: Key<'a>,
        function: &'a FunctionProto,
        prefix: String,
        names: HashMap<&'a str, Option<String>>,
    ) -> Self {
        let mut opsets = self.opsets.clone();
        opsets.extend(versions(&function.opset_import));
        let calls = self.calls.iter().copied().chain([key]).collect();
        Self { opsets, depth: self.depth, calls, prefix, names, attributes: Vec::new() }
    }

    /// Whether the place is in the body of a function.
    pub(super) fn is_function(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Sets what the function was called with.
    pub(super) fn bind(&mut self, attributes: Vec<(String, Attribute)>) {
        self.attributes = attributes;
    }

    /// The attribute that the innermost function was called with.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, attribute)| attribute)
    }

    /// The name of a value outside of functions; none where it is absent.
    pub(super) fn value(&mut self, name: &'a str, names: &mut Names) -> Option<String> {
        if name.is_empty() {
            return None;
        }
        if !self.is_function() {
            return Some(name.to_owned());
        }
        let prefix = &self.prefix;
        let value = || Some(names.fresh(format!("{prefix}/{name}")));
        self.names.entry(name).or_insert_with(value).clone()
    }

    /// The name of a node outside of functions.
    pub(super) fn node(&self, name: &str) -> String {
        if self.is_function() { format!("{}/{name}", self.prefix) } else { name.to_owned() }
    }
}

/// The functions of a model; a later one replaces an earlier one of the same name.
pub(super) fn of_model(model: &ModelProto) -> BTreeMap<Key<'_>, &FunctionProto> {
    model.functions.iter().map(|f| ((domain(f.domain()), f.name(), f.overload()), f)).collect()
}

/// What a node calls, if there is such a function.
pub(super) fn key(node: &NodeProto) -> Key<'_> {
    (domain(node.domain()), node.op_type(), node.overload())
}

/// A domain as nodes and imports are compared: that of ONNX itself has two names.
pub(super) fn domain(name: &str) -> &str {
    if name == "ai.onnx" { "" } else { name }
}

/// Versions by domain; where a domain is listed twice, the highest counts.
pub(super) fn versions(imports: &[OperatorSetIdProto]) -> Opsets {
    let mut opsets = Opsets::new();
    for import in imports {
        let version = opsets.entry(domain(import.domain()).to_owned()).or_insert(import.version());
        *version = import.version().max(*version);
    }
    opsets
}

/// About the bytes that a copy of an attribute takes.
pub(super) fn weight(attribute: &Attribute) -> usize {
    let content = match attribute {
        Attribute::Floats(list) => size_of_val(&**list),
        Attribute::Ints(list) => size_of_val(&**list),
        Attribute::Strings(list) => size_of_val(&**list),
        Attribute::Graph(graph) => graph_weight(graph),
        Attribute::Tensor(tensor) => tensor.name.len() + size_of_val(&*tensor.dims),
        _ => 0,
    };
    size_of::<(String, Attribute)>() + content
}

fn graph_weight(graph: &Graph) -> usize {
    let infos = [&graph.inputs, &graph.outputs, &graph.value_infos].map(|list| {
        let bytes = |info: &super::ValueInfo| size_of_val(info) + info.name.len() + 256;
        list.iter().map(bytes).sum::<usize>()
    });
    let tensors = graph.initializers.iter().map(|tensor| size_of_val(tensor) + tensor.name.len());
    let nodes = graph.nodes.iter().map(|node| {
        let ports = node.inputs.iter().chain(&node.outputs).flatten();
        let names: usize = ports.map(|name| size_of_val(name) + name.len()).sum();
        let attributes: usize = node.attributes.iter().map(|(_, value)| weight(value)).sum();
        size_of_val(node) + names + attributes
    });
    size_of_val(graph) + infos.iter().sum::<usize>() + tensors.sum::<usize>() + nodes.sum::<usize>()
}
