//! What is written as a TFLite file reads back as the same graph.

mod support;

use smidgen_compiler::export::tflite::write;
use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::graph::{Graph, Node, ValueId};
use smidgen_compiler::tensor::Rounding;
use std::collections::BTreeMap;
use support::File;

/// The graph with its values in the order of their use and without the numbers of layers.
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
        let inputs = list(&mut new, &node.inputs);
        let outputs = list(&mut new, &node.outputs);
        let regions = node.regions.iter().map(canonical).collect();
        new.add_node(Node { layer: 0, inputs, outputs, regions, ..node.clone() });
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
    let options = ReadOptions { name: "model".to_owned(), rounding, ..ReadOptions::default() };
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
    (graph != again).then(|| format!("became another:\n{graph}\n{again}"))
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
    check(&support::networks());
}

#[test]
fn models_are_written() {
    check(&support::models());
}
