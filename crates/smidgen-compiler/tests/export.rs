//! What is written as a TFLite file reads back as the same graph.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use smidgen_compiler::eval;
use smidgen_compiler::export::tflite::write;
use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::graph::{Graph, Node, ValueId};
use smidgen_compiler::ops::case::{Case, Random, int8, plain};
use smidgen_compiler::ops::{Op, copy, quantize, squared_difference, table};
use smidgen_compiler::reader::tflite::Model;
use smidgen_compiler::tensor::{DType, Data, Rounding, TensorType};
use smidgen_schema::planus::ReadAsRoot;
use smidgen_schema::tflite::ModelRef;
use std::collections::BTreeMap;
use support::File;

/// The name of a layer without numbers behind it, which may tell it from others of the same name.
fn name(layer: &str) -> &str {
    layer.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_')
}

/// Whether a value is a constant of zeros.
fn is_zero(graph: &Graph, id: ValueId) -> bool {
    let value = graph.value(id);
    let zeros = || Data::zeros(value.ty.dtype, value.ty.shape.elements());
    value.constant.as_ref().is_some_and(|data| **data == zeros())
}

/// The graph with its values in the order of their use, without the numbers of layers, and without
/// biases of zeros, which are written for convolutions that have none.
fn canonical(graph: &Graph) -> Graph {
    let mut new = Graph::new("");
    let mut ids: BTreeMap<ValueId, ValueId> = BTreeMap::new();
    for state in graph.states() {
        let ty = graph.value(state.before).ty.clone();
        ids.insert(state.before, new.add_state(state.name.clone(), ty, state.initial.clone()));
    }
    let mut id = |new: &mut Graph, id: ValueId| {
        *ids.entry(id).or_insert_with(|| {
            let value = graph.value(id).clone();
            match value.constant {
                Some(data) => new.add_constant(value.name, value.ty, data),
                None => new.add_value(value.name, value.ty),
            }
        })
    };
    let mut list = |new: &mut Graph, list: &[ValueId]| -> Vec<ValueId> {
        list.iter().map(|&value| id(new, value)).collect()
    };
    let inputs = list(&mut new, graph.inputs());
    new.set_inputs(inputs);
    for node in graph.nodes() {
        let biased = matches!(node.op, Op::Conv2d(_)) && node.inputs.len() == 3;
        let used = if biased && is_zero(graph, node.inputs[2]) { 2 } else { node.inputs.len() };
        let inputs = list(&mut new, &node.inputs[..used]);
        let outputs = list(&mut new, &node.outputs);
        let regions = node.regions.iter().map(canonical).collect();
        let name = name(&node.name).to_owned();
        new.add_node(Node { name, layer: 0, inputs, outputs, regions, ..node.clone() });
    }
    let outputs = list(&mut new, graph.outputs());
    new.set_outputs(outputs);
    for state in graph.states() {
        let ends = list(&mut new, &[state.before, state.after]);
        new.set_state(ends[0], ends[1]);
    }
    new
}

/// What is wrong with the file that is written of a model, if it can be read.
fn problem(file: &File, rounding: Rounding) -> Option<String> {
    let options = ReadOptions {
        name: "model".to_owned(),
        rounding: Some(rounding),
        ..ReadOptions::default()
    };
    let graph = frontend::read(&file.bytes, &options).ok()?;
    let texts = |problems: Vec<smidgen_compiler::diag::Diagnostic>| {
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let bytes = match write(&graph) {
        Ok(bytes) => bytes,
        Err(problems) => return Some(format!("is not written: {}", texts(problems))),
    };
    let again = match frontend::read(&bytes, &options) {
        Ok(again) => again,
        Err(problems) => return Some(format!("is not read again: {}", texts(problems))),
    };
    if write(&again).as_ref() != Ok(&bytes) {
        return Some("is written differently the second time".to_owned());
    }
    let [graph, again] = [canonical(&graph), canonical(&again)];
    // What came from uint8 or from 4 bits is sometimes LiteRT's alone, which no int8 file says.
    let unsaid = |graph: &Graph| format!("{graph:?}").replace("Litert", "Tflm");
    let differ = graph != again && unsaid(&graph) != unsaid(&again);
    differ.then(|| format!("became another:\n{graph}\n{again}"))
}

fn check(files: &[File]) {
    let mut problems = Vec::new();
    for file in files {
        for rounding in [Rounding::Tflm, Rounding::Litert] {
            if let Some(problem) = problem(file, rounding) {
                problems.push(format!("{} ({rounding:?}): {problem}", file.path.display()));
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn fixtures_are_written() {
    check(&support::fixtures());
}

#[test]
fn networks_are_written() {
    check(&support::below("tests/fixtures/networks"));
    check(&support::below("tests/fixtures/graphs/good"));
}

#[test]
fn models_are_written() {
    check(&support::models());
}

/// The outputs as bytes, which tell what is not a number, too.
fn outputs(graph: &Graph, inputs: &[Data]) -> Vec<Vec<u8>> {
    let values = eval::evaluate(graph, inputs).expect("nothing is left to others");
    eval::outputs(graph, &values).iter().map(Data::to_le_bytes).collect()
}

/// What an edge case asks for and no TFLite file can say.
const UNSAYABLE: [&str; 8] = [
    "joins operators row by row",
    "has a padding that TFLite cannot say",
    "is padded with something but zeros",
    "looks results up in a table",
    "overwrites what is no state of the model",
    "rounds means as TFLite does of uint8 alone",
    "is `ERF`, which TFLite does not have",
    "is a GRU, which no layer of TFLite is",
];

/// What is wrong with the file that is written of an operator's edge case.
fn case_problem(case: &Case) -> Option<String> {
    let graph = Graph::of_case(case);
    let bytes = match write(&graph) {
        Ok(bytes) => bytes,
        Err(problems) => {
            let text = &problems[0].text;
            let known = UNSAYABLE.iter().any(|unsayable| text.starts_with(unsayable));
            return (!known).then(|| text.clone());
        }
    };
    let mut random = Random::new(1);
    let types = graph.inputs().iter().map(|&id| &graph.value(id).ty);
    let inputs: Vec<Data> = types.map(|ty| random.data(ty.dtype, ty.shape.elements())).collect();
    let expected = outputs(&graph, &inputs);
    let mut problem = None;
    for rounding in [Rounding::Tflm, Rounding::Litert] {
        let options = ReadOptions { rounding: Some(rounding), ..ReadOptions::default() };
        match frontend::read(&bytes, &options) {
            Ok(again) if outputs(&again, &inputs) == expected => return None,
            Ok(again) => problem = Some(format!("computes something else: {graph}{again}")),
            Err(problems) => problem = Some(format!("is not read: {}", problems[0])),
        }
    }
    problem
}

#[test]
fn edge_cases_compute_the_same() {
    let mut problems = Vec::new();
    for (operator, cases) in Op::cases() {
        // No file says that onnxruntime's rounding counts.
        let cases = cases.into_iter().filter(|case| !format!("{:?}", case.op).contains("Onnx"));
        for case in cases {
            if let Some(problem) = case_problem(&case) {
                problems.push(format!("{operator} {}: {problem}", case.name));
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// A graph of which `build` makes nodes that read the input and give the output.
fn graph(ty: &TensorType, build: impl FnOnce(&mut Graph, ValueId) -> ValueId) -> Graph {
    let mut graph = Graph::new("test");
    let x = graph.add_input("x", ty.clone());
    let y = build(&mut graph, x);
    graph.set_outputs(vec![y]);
    graph
}

/// Adds a node that gives a value of the type of what it reads.
fn apply(graph: &mut Graph, name: &str, op: impl Into<Op>, inputs: Vec<ValueId>) -> ValueId {
    let output = graph.add_value(name, graph.value(inputs[0]).ty.clone());
    let layer = graph.nodes().len();
    graph.add_node(Node::new(name, layer, op, inputs, vec![output]));
    output
}

/// Two constants of one content and one of another.
fn with_constants() -> Graph {
    let ty = plain(DType::F32, &[3]);
    graph(&ty, |graph, x| {
        let mut y = x;
        for (name, first) in [("a", 1.0), ("b", 1.0), ("c", 2.0)] {
            let data = Data::F32(vec![first, 2.0, 3.0]);
            let constant = graph.add_constant(name, ty.clone(), data);
            let op = squared_difference::SquaredDifference;
            y = apply(graph, &format!("{name}_result"), op, vec![y, constant]);
        }
        y
    })
}

#[test]
fn contents_are_aligned_and_shared() {
    let bytes = write(&with_constants()).unwrap();
    assert!(Model::detect(&bytes) && bytes.len().is_multiple_of(16));
    let model = Model::parse(&bytes).unwrap();
    let contents = model.subgraphs[0].tensors.iter().filter_map(|tensor| tensor.data);
    let places: Vec<usize> =
        contents.map(|data| data.as_ptr() as usize - bytes.as_ptr() as usize).collect();
    assert!(places.iter().all(|place| place.is_multiple_of(16)), "{places:?}");
    assert_eq!((places.len(), places[0]), (3, places[1]));
    assert_ne!(places[0], places[2]);
}

#[test]
fn names_and_versions_are_written() {
    let ty = int8(&[1, 4], 0.5, 3);
    let op = quantize::Quantize { to: DType::I8, rounding: Rounding::Tflm };
    let bytes = write(&graph(&ty, |graph, x| apply(graph, "y", op, vec![x]))).unwrap();
    let root = ModelRef::read_as_root(&bytes).unwrap();
    assert_eq!(root.version().unwrap(), 3);
    let code = root.operator_codes().unwrap().unwrap().get(0).unwrap().unwrap();
    assert_eq!((code.deprecated_builtin_code().unwrap(), code.version().unwrap()), (114, 1));
    let model = Model::parse(&bytes).unwrap();
    let names: Vec<_> = model.subgraphs[0].tensors.iter().map(|tensor| &*tensor.name).collect();
    assert_eq!(names, ["x", "y"]);
}

#[test]
fn what_cannot_be_said_is_refused_at_once() {
    let ty = int8(&[1, 4], 0.5, 3);
    let results = Box::new([0; 256]);
    let graph = graph(&ty, |graph, x| {
        let first = apply(graph, "first", table::Lookup { results: results.clone() }, vec![x]);
        let copy = apply(graph, "copy", copy::Copy, vec![first]);
        apply(graph, "second", table::Lookup { results }, vec![copy])
    });
    let problems = write(&graph).unwrap_err();
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts[0].contains("`first`") && texts[1].contains("`second`"), "{texts:?}");
}

#[test]
fn a_graph_that_contradicts_itself_is_refused() {
    let ty = plain(DType::F32, &[2]);
    let op = quantize::Quantize { to: DType::I8, rounding: Rounding::Tflm };
    assert!(write(&graph(&ty, |graph, x| apply(graph, "y", op, vec![x]))).is_err());
}
