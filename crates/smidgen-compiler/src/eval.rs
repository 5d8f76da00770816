//! Runs a graph with the reference operators.

#[cfg(doc)]
use crate::graph::Slot;
use crate::graph::{Graph, Node, State, ValueId};
use crate::ops::{Control, Op};
use crate::tensor::Data;
use std::cell::Cell;
use std::sync::Arc;

/// Most elementary operations that the loops of one inference may take.
const MAX_LOOP_WORK: u64 = 1 << 32;
/// What a round of a loop counts as at least.
const LEAST_ROUND_WORK: u64 = 1000;

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
    /// A custom operator's C failed.
    #[error("custom operator `{name}`: {text}")]
    Custom {
        /// Name of the layer.
        name: String,
        /// What went wrong.
        text: String,
    },
    /// A loop goes on for longer than any that is meant to end.
    #[error("loop `{name}` does not end within {MAX_LOOP_WORK} elementary operations")]
    Endless {
        /// Name of the loop's layer.
        name: String,
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

/// Computes what smidgen cannot: the outputs of a node of `graph` that is opaque, from its inputs. The
/// error is a text.
pub type External<'a> = dyn Fn(&Graph, &Node, &[&Data]) -> Result<Vec<Data>, String> + Sync + 'a;

/// Data of every value of a graph and its regions after an evaluation, by [`Slot`]. Regions that a
/// graph runs more than once have the data of the first time, those that it does not run that of a
/// trial on the same inputs, in which loops have one round.
pub type Values = Vec<Option<Arc<Data>>>;

/// Evaluates a verified graph in its initial state and returns the data of every value.
/// Nothing computes custom operators.
pub fn evaluate(graph: &Graph, inputs: &[Data]) -> Result<Values, EvalError> {
    evaluate_with(graph, inputs, &nobody)
}

/// Refuses custom operators.
fn nobody(_: &Graph, _: &Node, _: &[&Data]) -> Result<Vec<Data>, String> {
    Err("nothing computes it here".to_owned())
}

/// Evaluates a verified graph in its initial state, with custom operators.
pub fn evaluate_with(
    graph: &Graph,
    inputs: &[Data],
    external: &External,
) -> Result<Values, EvalError> {
    Run::new(external).graph(graph, &initial(graph), inputs)
}

/// Evaluates a verified graph on samples that follow each other, each in the state that the one
/// before it left; the first in the initial state. Nothing computes custom operators.
pub fn evaluate_stream(graph: &Graph, samples: &[Vec<Data>]) -> Result<Vec<Values>, EvalError> {
    evaluate_stream_with(graph, samples, &nobody)
}

/// Like [`evaluate_stream`], with custom operators.
pub fn evaluate_stream_with(
    graph: &Graph,
    samples: &[Vec<Data>],
    external: &External,
) -> Result<Vec<Values>, EvalError> {
    let mut states = initial(graph);
    let mut stream = Vec::with_capacity(samples.len());
    for inputs in samples {
        let values = Run::new(external).graph(graph, &states, inputs)?;
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

/// One evaluation.
struct Run<'a> {
    external: &'a External<'a>,
    /// Elementary operations that loops may still take.
    left: Cell<u64>,
    /// Whether the model does not run what is evaluated, so that its loops need not end.
    is_trial: Cell<bool>,
}

impl<'a> Run<'a> {
    fn new(external: &'a External<'a>) -> Self {
        Self { external, left: Cell::new(MAX_LOOP_WORK), is_trial: Cell::new(false) }
    }

    fn graph(
        &self,
        graph: &Graph,
        states: &[Arc<Data>],
        inputs: &[Data],
    ) -> Result<Values, EvalError> {
        let ids = graph.inputs();
        if ids.len() != inputs.len() {
            return Err(EvalError::Count { expected: ids.len(), given: inputs.len() });
        }
        let mut values = constants(graph);
        for (state, content) in graph.states().iter().zip(states) {
            values[state.before.index()] = Some(content.clone());
        }
        for (index, (&id, data)) in ids.iter().zip(inputs).enumerate() {
            let value = graph.value(id);
            if data.dtype() != value.ty.dtype || data.len() != value.ty.shape.elements() {
                return Err(EvalError::Type {
                    index,
                    name: value.name.clone(),
                    expected: format!(
                        "{} elements of {}",
                        value.ty.shape.elements(),
                        value.ty.dtype
                    ),
                    given: format!("{} of {}", data.len(), data.dtype()),
                });
            }
            values[id.index()] = Some(Arc::new(data.clone()));
        }
        self.nodes(graph, &mut values)?;
        Ok(values)
    }

    /// Evaluates all nodes; the data of inputs and states is in `values`.
    fn nodes(&self, graph: &Graph, values: &mut Values) -> Result<(), EvalError> {
        let begins = graph.region_slots();
        for (node, begins) in graph.nodes().iter().zip(begins) {
            let outputs = match &node.op {
                Op::Control(control) => self.control(node, control, &begins, values)?,
                op if op.is_opaque() => self.opaque(graph, node, values)?,
                _ => evaluate_node(graph, node, values).into_iter().map(Arc::new).collect(),
            };
            for (&id, data) in node.outputs.iter().zip(outputs) {
                values[id.index()] = Some(data);
            }
        }
        Ok(())
    }

    /// Runs the regions of a node, and keeps their values.
    fn control(
        &self,
        node: &Node,
        control: &Control,
        begins: &[usize],
        values: &mut Values,
    ) -> Result<Vec<Arc<Data>>, EvalError> {
        let mut inputs: Vec<_> = node.inputs.iter().map(|&id| known(values, id)).collect();
        let mut keep = |region: usize, inner: Values| {
            let begin = begins[region];
            values[begin..begin + inner.len()].clone_from_slice(&inner);
        };
        match control {
            Control::If { .. } => {
                let chosen = usize::from(!inputs.remove(0).get::<bool>()[0]);
                let mut results = Vec::new();
                for (index, region) in node.regions.iter().enumerate() {
                    let inner = self.region(region, &inputs, index == chosen)?;
                    results.push(results_of(region, &inner));
                    keep(index, inner);
                }
                Ok(results.swap_remove(chosen))
            }
            Control::While { carried, .. } => {
                let [condition, body] = &node.regions[..] else {
                    unreachable!("a verified loop has two regions")
                };
                let work = [condition, body].map(|region| region.total(Graph::work));
                let work = work[0].saturating_add(work[1]).max(LEAST_ROUND_WORK);
                for count in 0u64.. {
                    let left = self.left.get().checked_sub(work);
                    let endless = || EvalError::Endless { name: node.name.clone() };
                    self.left.set(left.ok_or_else(endless)?);
                    let asked = self.region(condition, &inputs, true)?;
                    let more = results_of(condition, &asked)[0].get::<bool>()[0];
                    if !more && count > 0 {
                        break;
                    }
                    let done = self.region(body, &inputs, more)?;
                    let results = results_of(body, &done);
                    if count == 0 {
                        keep(0, asked);
                        keep(1, done);
                    }
                    if !more || self.is_trial.get() {
                        break;
                    }
                    inputs[..*carried].clone_from_slice(&results);
                }
                inputs.truncate(*carried);
                Ok(inputs)
            }
        }
    }

    /// Evaluates a region, as a trial where the model does not run it.
    fn region(
        &self,
        region: &Graph,
        inputs: &[Arc<Data>],
        runs: bool,
    ) -> Result<Values, EvalError> {
        let mut values = constants(region);
        for (&id, data) in region.inputs().iter().zip(inputs) {
            values[id.index()] = Some(data.clone());
        }
        let outside = self.is_trial.replace(self.is_trial.get() || !runs);
        self.nodes(region, &mut values)?;
        self.is_trial.set(outside);
        Ok(values)
    }

    /// Lets somebody else compute a node.
    fn opaque(
        &self,
        graph: &Graph,
        node: &Node,
        values: &Values,
    ) -> Result<Vec<Arc<Data>>, EvalError> {
        let inputs: Vec<_> = node.inputs.iter().map(|&id| known(values, id)).collect();
        let inputs: Vec<&Data> = inputs.iter().map(AsRef::as_ref).collect();
        let outputs = (self.external)(graph, node, &inputs);
        let failed = |text| EvalError::Custom { name: node.name.clone(), text };
        Ok(outputs.map_err(failed)?.into_iter().map(Arc::new).collect())
    }
}

/// Room for all values, with the constants of the graph itself.
fn constants(graph: &Graph) -> Values {
    let mut values: Values = graph.values().iter().map(|value| value.constant.clone()).collect();
    values.resize(graph.slots(), None);
    values
}

fn results_of(region: &Graph, values: &Values) -> Vec<Arc<Data>> {
    region.outputs().iter().map(|&id| known(values, id)).collect()
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
