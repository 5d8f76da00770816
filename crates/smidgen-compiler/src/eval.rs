//! Runs a graph with the reference operators.

use crate::graph::{Graph, Node, State, ValueId};
use crate::tensor::Data;
use std::sync::Arc;

/// Why a graph cannot be evaluated on given inputs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// Wrong number of inputs.
    #[error("the model has {expected} inputs, {given} were given")]
    Count {
        /// Inputs of the model.
        expected: usize,
        /// Inputs given.
        given: usize,
    },
    /// An input has another type or size.
    #[error("input {index} `{name}` needs {expected}, {given} were given")]
    Type {
        /// Position of the input.
        index: usize,
        /// Name of the input.
        name: String,
        /// What it needs.
        expected: String,
        /// What was given.
        given: String,
    },
}

/// Data of every value of a graph after an evaluation, by [`ValueId::index`].
pub type Values = Vec<Option<Arc<Data>>>;

/// Evaluates a verified graph in its initial state and returns the data of every value.
pub fn evaluate(graph: &Graph, inputs: &[Data]) -> Result<Values, EvalError> {
    evaluate_in(graph, &initial(graph), inputs)
}

/// Evaluates a verified graph on samples that follow each other, each in the state that the one
/// before it left; the first in the initial state.
pub fn evaluate_stream(graph: &Graph, samples: &[Vec<Data>]) -> Result<Vec<Values>, EvalError> {
    let mut states = initial(graph);
    let mut stream = Vec::with_capacity(samples.len());
    for inputs in samples {
        let values = evaluate_in(graph, &states, inputs)?;
        for (state, content) in graph.states().iter().zip(&mut states) {
            *content = known(&values, state.after);
        }
        stream.push(values);
    }
    Ok(stream)
}

fn initial(graph: &Graph) -> Vec<Arc<Data>> {
    graph.states().iter().map(|state| state.initial.clone()).collect()
}

fn evaluate_in(graph: &Graph, states: &[Arc<Data>], inputs: &[Data]) -> Result<Values, EvalError> {
    let ids = graph.inputs();
    if ids.len() != inputs.len() {
        return Err(EvalError::Count { expected: ids.len(), given: inputs.len() });
    }
    let mut values: Values = graph.values().iter().map(|value| value.constant.clone()).collect();
    for (state, content) in graph.states().iter().zip(states) {
        values[state.before.index()] = Some(content.clone());
    }
    for (index, (&id, data)) in ids.iter().zip(inputs).enumerate() {
        let value = graph.value(id);
        if data.dtype() != value.ty.dtype || data.len() != value.ty.shape.elements() {
            return Err(EvalError::Type {
                index,
                name: value.name.clone(),
                expected: format!("{} elements of {}", value.ty.shape.elements(), value.ty.dtype),
                given: format!("{} of {}", data.len(), data.dtype()),
            });
        }
        values[id.index()] = Some(Arc::new(data.clone()));
    }
    for node in graph.nodes() {
        let outputs = evaluate_node(graph, node, &values);
        for (&id, data) in node.outputs.iter().zip(outputs) {
            values[id.index()] = Some(Arc::new(data));
        }
    }
    Ok(values)
}

/// Evaluates one node of a verified graph on the data of its inputs.
///
/// # Panics
/// If an input's data is missing from `values`.
pub fn evaluate_node(graph: &Graph, node: &Node, values: &Values) -> Vec<Data> {
    let data = |id: &ValueId| {
        values[id.index()].as_deref().expect("a verified graph defines values before their use")
    };
    let inputs: Vec<_> = node.inputs.iter().map(data).collect();
    node.op.eval(&graph.site(node), &inputs)
}

/// The model outputs among the values of an evaluation.
pub fn outputs(graph: &Graph, values: &Values) -> Vec<Data> {
    graph.outputs().iter().map(|&id| Data::clone(&known(values, id))).collect()
}

/// The contents of the states before an evaluation and after it.
pub fn states(graph: &Graph, values: &Values) -> [Vec<Data>; 2] {
    let contents = |pick: fn(&State) -> ValueId| {
        let states = graph.states().iter();
        states.map(|state| Data::clone(&known(values, pick(state)))).collect()
    };
    [contents(|state| state.before), contents(|state| state.after)]
}

fn known(values: &Values, id: ValueId) -> Arc<Data> {
    values[id.index()].clone().expect("a verified graph defines its values")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Op;
    use crate::ops::case::Random;

    #[test]
    fn every_case_verifies_and_evaluates() {
        for (operator, cases) in Op::cases() {
            assert!(!cases.is_empty(), "{operator} has no cases");
            for case in cases {
                let graph = Graph::of_case(&case);
                graph.verify().unwrap_or_else(|e| panic!("{operator} {}: {e:?}", case.name));
                let mut random = Random::new(1);
                let input = |&id: &ValueId| {
                    let ty = &graph.value(id).ty;
                    random.data(ty.dtype, ty.shape.elements())
                };
                let inputs: Vec<_> = graph.inputs().iter().map(input).collect();
                let values = evaluate(&graph, &inputs).unwrap();
                for (data, ty) in outputs(&graph, &values).iter().zip(&case.outputs) {
                    assert_eq!((data.dtype(), data.len()), (ty.dtype, ty.shape.elements()));
                }
            }
        }
    }
}
