//! Messages become views, and calls of functions the nodes of their bodies.

use std::collections::{BTreeMap, HashMap, HashSet};

use smidgen_schema::onnx::attribute_proto::AttributeType;
use smidgen_schema::onnx::tensor_shape_proto::dimension;
use smidgen_schema::onnx::{
    AttributeProto, FunctionProto, GraphProto, NodeProto, TypeProto, ValueInfoProto, type_proto,
};

use super::functions::{self, Key, Scope, domain, weight};
use super::limits::{MAX_DEPTH, MAX_NODES};
use super::names::{Names, shown};
use super::tensor::{self, Problem};
use super::{Attribute, Dim, Externals, Graph, Node, Tensor, ValueInfo, ValueType, sparse};
use crate::diag::{Code, Diagnostic, Origin};
use crate::reader::log::Log;

/// Turns the messages of one file into views.
pub(super) struct Converter<'a> {
    functions: BTreeMap<Key<'a>, &'a FunctionProto>,
    externals: &'a Externals,
    names: Names,
    log: Log,
    nodes: usize,
}

impl<'a> Converter<'a> {
    pub(super) fn new(
        functions: BTreeMap<Key<'a>, &'a FunctionProto>,
        externals: &'a Externals,
        names: Names,
        log: Log,
    ) -> Self {
        Self { functions, externals, names, log, nodes: 0 }
    }

    /// The problems that were found.
    pub(super) fn finish(self) -> Log {
        self.log
    }

    /// Reads a graph and the graphs inside of it.
    pub(super) fn graph(&mut self, part: &'a GraphProto, scope: &mut Scope<'a>) -> Graph {
        let mut graph = Graph { name: part.name().to_owned(), ..Graph::default() };
        if !self.enter(scope) {
            return graph;
        }
        graph.initializers = self.initializers(part, scope);
        let inputs = self.infos(&part.input, scope);
        graph.outputs = self.infos(&part.output, scope);
        graph.value_infos = self.infos(&part.value_info, scope);
        let filled: HashSet<_> = graph.initializers.iter().map(|tensor| &*tensor.name).collect();
        let (filled, inputs) =
            inputs.into_iter().partition::<Vec<_>, _>(|info| filled.contains(&*info.name));
        graph.value_infos.extend(filled);
        graph.inputs = inputs;
        self.body(&part.node, scope, &mut graph);
        scope.depth -= 1;
        graph
    }

    /// Counts a level of nesting; one too many is a problem.
    fn enter(&mut self, scope: &mut Scope) -> bool {
        if scope.depth >= MAX_DEPTH {
            let text = format!("graphs and functions are nested more than {MAX_DEPTH} deep");
            let problem = || Diagnostic::new(Code::TooLarge, Origin::Model, text);
            return self.log.pay(usize::MAX, problem);
        }
        scope.depth += 1;
        true
    }

    fn initializers(&mut self, part: &'a GraphProto, scope: &mut Scope<'a>) -> Vec<Tensor> {
        let mut tensors =
            Vec::with_capacity(part.initializer.len() + part.sparse_initializer.len());
        for part in &part.initializer {
            let read = self.tensor(part);
            tensors.extend(self.initializer(part.name(), read, scope));
        }
        for part in &part.sparse_initializer {
            let name = part.values.as_ref().map_or("", |values| values.name());
            let read = self.sparse_tensor(part);
            tensors.extend(self.initializer(name, read, scope));
        }
        tensors
    }

    fn initializer(
        &mut self,
        name: &'a str,
        read: Result<Tensor, Problem>,
        scope: &mut Scope<'a>,
    ) -> Option<Tensor> {
        let problem = match (read, scope.value(name, &mut self.names)) {
            (Ok(tensor), Some(name)) => return Some(Tensor { name, ..tensor }),
            (Err(problem), _) => problem,
            (Ok(_), None) => (Code::Malformed, "is an initializer without a name".to_owned()),
        };
        self.note(Origin::Value { name: shown(name).into_owned() }, problem);
        None
    }

    fn tensor(&mut self, part: &smidgen_schema::onnx::TensorProto) -> Result<Tensor, Problem> {
        let log = &mut self.log;
        tensor::tensor(part, self.externals, |cost| log.pay(cost, too_large))
    }

    fn sparse_tensor(
        &mut self,
        part: &smidgen_schema::onnx::SparseTensorProto,
    ) -> Result<Tensor, Problem> {
        let log = &mut self.log;
        sparse::expand(part, self.externals, |cost| log.pay(cost, too_large))
    }

    fn infos(&mut self, parts: &'a [ValueInfoProto], scope: &mut Scope<'a>) -> Vec<ValueInfo> {
        let mut infos = Vec::with_capacity(parts.len());
        for part in parts {
            let Some(name) = scope.value(part.name(), &mut self.names) else {
                let text = "an input, an output or a value has no name".to_owned();
                self.note(Origin::Model, (Code::Malformed, text));
                continue;
            };
            match value_type(part.r#type.as_ref()) {
                Ok(ty) => infos.push(ValueInfo { name, ty }),
                Err(problem) => {
                    self.note(Origin::Value { name: shown(&name).into_owned() }, problem);
                }
            }
        }
        infos
    }

    /// Reads nodes into `graph`.
    fn body(&mut self, parts: &'a [NodeProto], scope: &mut Scope<'a>, graph: &mut Graph) {
        for (index, part) in parts.iter().enumerate() {
            let at = (index, part);
            let key = functions::key(part);
            match self.functions.get(&key) {
                Some(function) => self.call(at, key, function, scope, graph),
                None => self.node(at, scope, graph),
            }
            if self.log.is_exhausted() {
                break;
            }
        }
    }

    fn node(&mut self, (index, part): At<'a>, scope: &mut Scope<'a>, graph: &mut Graph) {
        let inputs = self.ports(&part.input, scope);
        let outputs = self.ports(&part.output, scope);
        let attributes = self.attributes((index, part), scope);
        let domain = domain(part.domain());
        let Some(version) = scope.opsets.get(domain).copied() else {
            let name = shown(domain);
            let text = format!("is of domain `{name}`, which the model does not import");
            return self.note(origin(index, part), (Code::Malformed, text));
        };
        let name = scope.node(label(part));
        let (op_type, domain) = (part.op_type().to_owned(), domain.to_owned());
        if op_type.is_empty() {
            let text = "has no operator".to_owned();
            return self.note(origin(index, part), (Code::Malformed, text));
        }
        self.push(
            Node { name, op_type, domain, version, inputs, outputs, attributes },
            scope,
            graph,
        );
    }

    /// Adds a node; what the body of a function adds is paid for.
    fn push(&mut self, node: Node, scope: &Scope, graph: &mut Graph) {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let text = format!("the model has more than {MAX_NODES} layers");
            let problem = || Diagnostic::new(Code::TooLarge, Origin::Model, text);
            self.log.pay(usize::MAX, problem);
            return;
        }
        if scope.is_function() {
            let ports = node.inputs.iter().chain(&node.outputs);
            // A name stands in the node and in the list of all names; lists keep up to twice what they hold.
            let names: usize = ports.map(|p| 96 + 2 * p.as_ref().map_or(0, String::len)).sum();
            let cost = 2 * size_of::<Node>() + node.name.len() + names;
            if !self.log.pay(cost, too_large) {
                return;
            }
        }
        graph.nodes.push(node);
    }

    /// Reads the body of a function into `graph`.
    fn call(
        &mut self,
        (index, part): At<'a>,
        key: Key<'a>,
        function: &'a FunctionProto,
        scope: &mut Scope<'a>,
        graph: &mut Graph,
    ) {
        if let Err(text) = callable(part, key, function, scope) {
            return self.note(origin(index, part), (Code::Malformed, text));
        }
        let lists = [scope.opsets.len(), function.input.len(), function.output.len()];
        let entries = lists.iter().sum::<usize>() + function.attribute_proto.len();
        let label = scope.node(label(part));
        if !self.log.pay(256 + 128 * entries + 4 * label.len(), too_large) || !self.enter(scope) {
            return;
        }
        let mut inputs = self.ports(&part.input, scope);
        inputs.resize(function.input.len(), None);
        let formals = function.input.iter().map(String::as_str);
        let mut names: HashMap<_, _> = formals.zip(inputs).collect();
        // Results that are arguments or other results, which a node must copy.
        let mut copies = Vec::new();
        let results = self.ports(&part.output, scope);
        for (formal, actual) in function.output.iter().zip(results) {
            let Some(actual) = actual else { continue };
            match names.get(formal.as_str()) {
                Some(source) => copies.push((source.clone(), actual)),
                None => _ = names.insert(formal, Some(actual)),
            }
        }
        let mut inner = scope.of_call(key, function, label, names);
        let mut attributes = self.attributes((index, part), scope);
        let given: HashSet<_> = part.attribute.iter().map(AttributeProto::name).collect();
        for default in &function.attribute_proto {
            if !given.contains(default.name()) {
                let value = self.attribute(default, &mut inner, &origin(index, part));
                attributes.extend(value.map(|value| (default.name().to_owned(), value)));
            }
        }
        inner.bind(attributes);
        self.body(&function.node, &mut inner, graph);
        for (position, (source, actual)) in copies.into_iter().enumerate() {
            let name = inner.node(&format!("output_{position}"));
            let (inputs, outputs) = (present(vec![source]), vec![Some(actual)]);
            let version = inner.opsets.get("").copied().unwrap_or(1);
            let (op_type, domain) = ("Identity".to_owned(), String::new());
            let attributes = Vec::new();
            let node = Node { name, op_type, domain, version, inputs, outputs, attributes };
            self.push(node, &inner, graph);
        }
        scope.depth -= 1;
    }

    /// Names of inputs or outputs, without absent ones at the end.
    fn ports(&mut self, list: &'a [String], scope: &mut Scope<'a>) -> Vec<Option<String>> {
        present(list.iter().map(|name| scope.value(name, &mut self.names)).collect())
    }

    fn attributes(
        &mut self,
        (index, part): At<'a>,
        scope: &mut Scope<'a>,
    ) -> Vec<(String, Attribute)> {
        let mut attributes: Vec<(String, Attribute)> = Vec::with_capacity(part.attribute.len());
        let origin = origin(index, part);
        let mut seen = HashSet::new();
        for part in &part.attribute {
            if !seen.insert(part.name()) {
                let text = format!("has attribute `{}` twice", shown(part.name()));
                self.note(origin.clone(), (Code::Malformed, text));
            } else if let Some(value) = self.attribute(part, scope, &origin) {
                attributes.push((part.name().to_owned(), value));
            }
        }
        attributes
    }

    /// The value of an attribute; none where it refers to one that the function was called without.
    fn attribute(
        &mut self,
        part: &'a AttributeProto,
        scope: &mut Scope<'a>,
        origin: &Origin,
    ) -> Option<Attribute> {
        let reference = part.ref_attr_name();
        if !reference.is_empty() {
            if !scope.is_function() {
                let text = "refers to the attribute of a function, but stands in none".to_owned();
                self.note_attribute(part, origin, (Code::Malformed, text));
            }
            let value = scope.attribute(reference)?;
            return self.log.pay(weight(value), too_large).then(|| value.clone());
        }
        let read = self.own_value(part, scope);
        let value = read.map_err(|problem| self.note_attribute(part, origin, problem)).ok()?;
        // Bodies of functions may be read many times.
        let paid = !scope.is_function() || self.log.pay(weight(&value), too_large);
        paid.then_some(value)
    }

    /// The value of an attribute that refers to no other.
    fn own_value(
        &mut self,
        part: &'a AttributeProto,
        scope: &mut Scope<'a>,
    ) -> Result<Attribute, Problem> {
        Ok(match part.r#type() {
            AttributeType::Graph => {
                let graph = part.g.as_ref().ok_or_else(no_value)?;
                Attribute::Graph(Box::new(self.graph(graph, scope)))
            }
            AttributeType::Tensor => {
                Attribute::Tensor(self.tensor(part.t.as_ref().ok_or_else(no_value)?)?)
            }
            AttributeType::SparseTensor => {
                let tensor = part.sparse_tensor.as_ref().ok_or_else(no_value)?;
                Attribute::Tensor(self.sparse_tensor(tensor)?)
            }
            // Writers may leave out zeros and empty texts.
            AttributeType::Float => Attribute::Float(part.f()),
            AttributeType::Int => Attribute::Int(part.i()),
            AttributeType::String => Attribute::String(part.s.clone().unwrap_or_default()),
            AttributeType::Floats => Attribute::Floats(part.floats.clone()),
            AttributeType::Ints => Attribute::Ints(part.ints.clone()),
            AttributeType::Strings => Attribute::Strings(part.strings.clone()),
            AttributeType::Undefined => return Err((Code::Malformed, "has no type".to_owned())),
            other => Attribute::Other(other.as_str_name()),
        })
    }

    fn note_attribute(&mut self, part: &AttributeProto, origin: &Origin, (code, text): Problem) {
        let text = format!("attribute `{}` {text}", shown(part.name()));
        self.note(origin.clone(), (code, text));
    }

    fn note(&mut self, origin: Origin, (code, text): Problem) {
        // What is left out for want of memory has been noted once.
        if !self.log.is_exhausted() {
            self.log.note(|| Diagnostic::new(code, origin, text));
        }
    }
}

/// A node and its position in its graph.
type At<'a> = (usize, &'a NodeProto);

fn origin(index: usize, part: &NodeProto) -> Origin {
    let (kind, name) = (shown(part.op_type()).into_owned(), shown(label(part)).into_owned());
    Origin::Layer { index, kind, name }
}

/// What a node is called where it has no name.
fn label(part: &NodeProto) -> &str {
    let outputs = part.output.iter().map(String::as_str);
    let mut names = [part.name()].into_iter().chain(outputs).chain([part.op_type()]);
    names.find(|name| !name.is_empty()).unwrap_or("node")
}

/// What forbids a call, in words.
fn callable(
    part: &NodeProto,
    key: Key,
    function: &FunctionProto,
    scope: &Scope,
) -> Result<(), String> {
    if scope.calls.contains(&key) {
        return Err("calls itself".to_owned());
    }
    let counts = [
        (part.input.len(), function.input.len(), "inputs"),
        (part.output.len(), function.output.len(), "outputs"),
    ];
    match counts.into_iter().find(|(given, known, _)| given > known) {
        Some((given, known, what)) => {
            Err(format!("calls a function of {known} {what} with {given}"))
        }
        None => Ok(()),
    }
}

/// A list without absent entries at its end.
fn present(mut list: Vec<Option<String>>) -> Vec<Option<String>> {
    list.truncate(list.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
    list
}

fn value_type(part: Option<&TypeProto>) -> Result<ValueType, Problem> {
    use type_proto::Value;
    Ok(match part.and_then(|part| part.value.as_ref()) {
        None => ValueType::Unknown,
        Some(Value::TensorType(part)) if part.elem_type() == 0 => ValueType::Unknown,
        Some(Value::TensorType(part)) => {
            let element = tensor::element_type(part.elem_type())?;
            let dims = part.shape.as_ref();
            let dims = dims.map(|shape| shape.dim.iter().map(|d| dim(d.value.as_ref())).collect());
            ValueType::Tensor { element, dims }
        }
        Some(Value::SequenceType(_)) => ValueType::Other("sequence"),
        Some(Value::MapType(_)) => ValueType::Other("map"),
        Some(Value::OptionalType(_)) => ValueType::Other("optional"),
        Some(Value::SparseTensorType(_)) => ValueType::Other("sparse tensor"),
        Some(Value::OpaqueType(_)) => ValueType::Other("opaque"),
    })
}

/// A dimension; some exporters write -1 for an open one.
fn dim(value: Option<&dimension::Value>) -> Dim {
    match value {
        Some(dimension::Value::DimValue(size)) => {
            usize::try_from(*size).map_or(Dim::Open, Dim::Fixed)
        }
        Some(dimension::Value::DimParam(name)) if !name.is_empty() => Dim::Named(name.clone()),
        _ => Dim::Open,
    }
}

fn no_value() -> Problem {
    (Code::Malformed, "has no value".to_owned())
}

/// A file whose contents, or the bodies of whose functions, exceed the budget.
pub(super) fn too_large() -> Diagnostic {
    let text = "contents and functions of this file take too much memory";
    Diagnostic::new(Code::TooLarge, Origin::Model, text)
}
