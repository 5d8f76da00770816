//! States: tensors that are variable where a layer with a memory overwrites them, else variables that
//! are read before everything else.

use super::file::text;
use super::writer::Writer;
use crate::diag::Origin;
use crate::graph::{Graph, Node, State};
use crate::ops::{ControlLayer, Op, OpError};
use smidgen_schema::tflite as schema;

impl Writer<'_> {
    /// Lets the states hold what they hold before an inference.
    pub(super) fn begin_states(&mut self) {
        let graph = self.graph;
        let (kept, assigned): (Vec<&State>, Vec<&State>) =
            graph.states().iter().partition(|state| is_overwritten(graph, state));
        for state in kept {
            if *state.initial != graph.value(state.before).ty.cleared() {
                let text =
                    "begins with something but zeros, which a TFLite layer cannot".to_owned();
                self.refuse(origin(state), text);
            }
            self.keep(state.before);
        }
        if assigned.is_empty() {
            return;
        }
        self.call_initialisation(&assigned);
        for state in assigned {
            let handle = self.handle(&state.name);
            let value = self.tensor_of(state.before);
            self.handles.insert(state.before, handle);
            self.add(ControlLayer::ReadVariable.into(), vec![handle], vec![value]);
        }
    }

    /// Checks that the states hold what they hold after an inference.
    pub(super) fn end_states(&mut self) {
        for state in self.graph.states() {
            let assigned = self.handles.contains_key(&state.before);
            let same = self.tensor_of(state.before) == self.tensor_of(state.after);
            if !assigned && (!same || self.replaced.contains(&state.after)) {
                let text = "takes on what no TFLite layer could keep".to_owned();
                self.refuse(origin(state), text);
            }
        }
    }

    /// Writes the node that gives a state its new content.
    pub(super) fn assign(&mut self, node: &Node) -> Result<(), OpError> {
        let (value, state) = (node.inputs[0], node.inputs[1]);
        let handle = self.handles.get(&state).copied();
        let missing = || OpError::unsupported("overwrites what is no state of the model");
        let handle = handle.ok_or_else(missing)?;
        let content = self.tensor_of(value);
        self.add(ControlLayer::AssignVariable.into(), vec![handle, content], vec![]);
        self.alias(node.outputs[0], value);
        Ok(())
    }

    /// A graph of its own gives variables their first contents, once.
    fn call_initialisation(&mut self, states: &[&State]) {
        let number = self.file.reserve();
        let empty = Graph::new("initialisation");
        let mut inner = Writer::new(self.file, self.problems, &empty);
        for state in states {
            let handle = inner.handle(&state.name);
            let ty = &self.graph.value(state.before).ty;
            let content = inner.constant(&state.name, ty, &state.initial);
            inner.add(ControlLayer::AssignVariable.into(), vec![handle, content], vec![]);
        }
        inner.write(number, &[]);
        let options = schema::CallOnceOptions { init_subgraph_index: number as i32 };
        let options = schema::BuiltinOptions::CallOnceOptions(Box::new(options));
        self.add_with(ControlLayer::CallOnce.into(), vec![], vec![], Some(options));
    }

    /// A tensor that refers to a variable.
    fn handle(&mut self, name: &str) -> i32 {
        let handle = self.push(schema::Tensor {
            name: Some(text(&format!("{name}/variable"))),
            shape: Some(vec![]),
            type_: schema::TensorType::Resource,
            ..Default::default()
        });
        let options =
            schema::VarHandleOptions { container: Some(text("")), shared_name: Some(text(name)) };
        let options = schema::BuiltinOptions::VarHandleOptions(Box::new(options));
        self.add_with(ControlLayer::VarHandle.into(), vec![], vec![handle], Some(options));
        handle
    }
}

/// Whether a layer with a memory overwrites the state.
fn is_overwritten(graph: &Graph, state: &State) -> bool {
    let store = Op::store();
    let mut nodes = graph.nodes().iter().filter(|node| node.op != store);
    nodes.any(|node| node.op.updates().iter().any(|&operand| node.inputs[operand] == state.before))
}

fn origin(state: &State) -> Origin {
    Origin::Value { name: state.name.clone() }
}
