//! Small ONNX graphs: branches, states, lists without elements, and what is refused.

use super::importer::Importer;
use crate::eval;
use crate::frontend::ReadOptions;
use crate::graph::Graph;
use crate::reader::onnx::{
    Attribute, Dim, ElementType, Graph as Source, Node, Tensor, ValueInfo, ValueType,
};
use crate::tensor::Data;

fn end(name: &str, element: ElementType, dims: &[usize]) -> ValueInfo {
    let dims = Some(dims.iter().map(|&dim| Dim::Fixed(dim)).collect());
    ValueInfo { name: name.into(), ty: ValueType::Tensor { element, dims } }
}

fn float(name: &str, dims: &[usize]) -> ValueInfo {
    end(name, ElementType::Float, dims)
}

fn node(op_type: &str, inputs: &[&str], outputs: &[&str]) -> Node {
    let names = |list: &[&str]| -> Vec<Option<String>> {
        list.iter().map(|&name| (!name.is_empty()).then(|| name.to_owned())).collect()
    };
    Node {
        name: outputs[0].into(),
        op_type: op_type.into(),
        domain: String::new(),
        version: 21,
        inputs: names(inputs),
        outputs: names(outputs),
        attributes: Vec::new(),
    }
}

fn with(mut node: Node, name: &str, attribute: Attribute) -> Node {
    node.attributes.push((name.into(), attribute));
    node
}

fn integers(name: &str, list: &[i64]) -> Tensor {
    let bytes: Vec<u8> = list.iter().flat_map(|number| number.to_le_bytes()).collect();
    let (element, dims) = (ElementType::Int64, vec![list.len()]);
    Tensor { name: name.into(), element, dims, bytes: bytes.into() }
}

fn floats(name: &str, dims: &[usize], list: &[f32]) -> Tensor {
    let bytes: Vec<u8> = list.iter().flat_map(|number| number.to_le_bytes()).collect();
    let (element, dims) = (ElementType::Float, dims.to_vec());
    Tensor { name: name.into(), element, dims, bytes: bytes.into() }
}

fn source(
    inputs: Vec<ValueInfo>,
    initializers: Vec<Tensor>,
    nodes: Vec<Node>,
    outputs: &[&str],
) -> Source {
    let output = |name: &&str| ValueInfo { name: (*name).into(), ty: ValueType::Unknown };
    let outputs = outputs.iter().map(output).collect();
    Source { inputs, outputs, initializers, nodes, ..Source::default() }
}

/// Imports a graph, or says what is wrong with it.
fn import(source: &Source, states: &[(&str, &str)]) -> Result<Graph, String> {
    let states = states.iter().map(|&(input, output)| (input.into(), output.into())).collect();
    let options = ReadOptions { states, ..ReadOptions::default() };
    let problem = |problem: &crate::diag::Diagnostic| problem.to_string();
    let imported = Importer::new(source, &options).run();
    imported.map_err(|problems| problems.iter().map(problem).collect::<Vec<_>>().join("; "))
}

/// The first outputs for samples that follow each other.
fn outputs(graph: &Graph, samples: &[Vec<Data>]) -> Vec<Data> {
    let stream = eval::evaluate_stream(graph, samples).unwrap();
    stream.iter().map(|values| eval::outputs(graph, values).remove(0)).collect()
}

fn list(numbers: &[f32]) -> Data {
    Data::F32(numbers.to_vec())
}

/// An `If` that negates `x` or adds it to itself; both graphs call their result `z`, and one hides `y`.
fn branches(condition: &str) -> Node {
    let negative = source(vec![], vec![], vec![node("Neg", &["x"], &["z"])], &["z"]);
    let inner = vec![node("Identity", &["x"], &["y"]), node("Add", &["x", "y"], &["z"])];
    let twice = source(vec![], vec![], inner, &["z"]);
    let node = node("If", &[condition], &["chosen"]);
    let node = with(node, "then_branch", Attribute::Graph(Box::new(negative)));
    with(node, "else_branch", Attribute::Graph(Box::new(twice)))
}

#[test]
fn a_branch_is_chosen_at_run_time() {
    let inputs = vec![float("x", &[2]), end("c", ElementType::Bool, &[])];
    let graph = import(&source(inputs, vec![], vec![branches("c")], &["chosen"]), &[]).unwrap();
    let sample = |choice| vec![list(&[1.0, -2.0]), Data::Bool(vec![choice])];
    let results = outputs(&graph, &[sample(true), sample(false)]);
    assert_eq!(results, [list(&[-1.0, 2.0]), list(&[2.0, -4.0])]);
}

#[test]
fn a_known_branch_takes_its_place() {
    let bytes = vec![0u8].into();
    let choice = Tensor { name: "c".into(), element: ElementType::Bool, dims: vec![], bytes };
    let nodes = vec![
        node("Neg", &["x"], &["y"]),
        branches("c"),
        node("Mul", &["chosen", "y"], &["product"]),
    ];
    let source = source(vec![float("x", &[2])], vec![choice], nodes, &["product"]);
    let graph = import(&source, &[]).unwrap();
    assert!(graph.nodes().iter().all(|node| node.regions.is_empty()));
    assert_eq!(outputs(&graph, &[vec![list(&[1.0, 3.0])]]), [list(&[-2.0, -18.0])]);
}

#[test]
fn what_a_branch_lacks_is_refused_with_it() {
    let unknown = source(vec![], vec![], vec![node("Mystery", &["x"], &["z"])], &["z"]);
    let mut choice = branches("c");
    choice.attributes[0].1 = Attribute::Graph(Box::new(unknown));
    let inputs = vec![float("x", &[2]), end("c", ElementType::Bool, &[])];
    let problem = import(&source(inputs, vec![], vec![choice], &["chosen"]), &[]).unwrap_err();
    assert!(problem.contains("`Mystery` is not supported"), "{problem}");
}

/// `after = before + x`.
fn sum() -> Source {
    let inputs = vec![float("x", &[2]), float("before", &[2])];
    source(inputs, vec![], vec![node("Add", &["before", "x"], &["after"])], &["after"])
}

#[test]
fn states_are_kept() {
    let mut source = sum();
    source.nodes.push(node("Neg", &["after"], &["y"]));
    source.outputs.insert(0, ValueInfo { name: "y".into(), ty: ValueType::Unknown });
    let graph = import(&source, &[("before", "after")]).unwrap();
    assert_eq!((graph.inputs().len(), graph.outputs().len(), graph.states().len()), (1, 1, 1));
    let results = outputs(&graph, &[vec![list(&[1.0, 2.0])], vec![list(&[3.0, 4.0])]]);
    assert_eq!(results, [list(&[-1.0, -2.0]), list(&[-4.0, -6.0])]);
}

#[test]
fn states_must_be_inputs_and_outputs() {
    let problem = import(&sum(), &[("befor", "afte")]).unwrap_err();
    assert!(problem.contains("has no input `befor`"), "{problem}");
    assert!(problem.contains("has no output `afte`"), "{problem}");
}

#[test]
fn states_must_keep_their_type() {
    let mut source = sum();
    source.inputs[0] = float("x", &[3, 2]);
    let problem = import(&source, &[("before", "after")]).unwrap_err();
    assert!(problem.contains("cannot become the state `before`"), "{problem}");
}

#[test]
fn empty_lists_count_as_absent() {
    let lists = vec![integers("shape", &[3, 2]), integers("end", &[2])];
    let nodes = vec![
        node("Slice", &["shape", "end", "end"], &["nothing"]),
        node("Reshape", &["x", "shape"], &["y"]),
        node("ReduceSum", &["y", "nothing"], &["sum"]),
    ];
    let nodes = nodes.into_iter().map(|node| match node.op_type.as_str() {
        "ReduceSum" => with(node, "keepdims", Attribute::Int(0)),
        _ => node,
    });
    let source = source(vec![float("x", &[6])], lists, nodes.collect(), &["sum"]);
    let graph = import(&source, &[]).unwrap();
    let sample = vec![list(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])];
    assert_eq!(outputs(&graph, &[sample]), [list(&[21.0])]);
}

/// Requires a GRU with one more input or attribute to be refused for a reason.
fn check_refused(inputs: &[&str], name: &str, attribute: Attribute, reason: &str) {
    let constants = vec![
        floats("w", &[1, 3, 1], &[0.5; 3]),
        floats("r", &[1, 3, 1], &[0.25; 3]),
        Tensor { name: "lengths".into(), ..integers("", &[2, 1]) },
    ];
    let node = with(node("GRU", inputs, &["y"]), name, attribute);
    let source = source(vec![float("x", &[2, 2, 1])], constants, vec![node], &["y"]);
    let problem = import(&source, &[]).unwrap_err();
    assert!(problem.contains(reason), "{problem}");
}

#[test]
fn recurrent_layers_refuse_what_no_operator_computes() {
    let plain = ["x", "w", "r"];
    let strings = Attribute::Strings(vec!["Sigmoid".into(), "Affine".into()]);
    check_refused(&plain, "activations", strings, "activations `Sigmoid, Affine`");
    check_refused(&plain, "clip", Attribute::Float(1.0), "`clip`");
    check_refused(&plain, "direction", Attribute::String("sideways".into()), "`sideways`");
    let lengths = ["x", "w", "r", "", "lengths"];
    check_refused(&lengths, "layout", Attribute::Int(0), "different lengths");
}
