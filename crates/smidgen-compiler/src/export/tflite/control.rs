//! Nodes that run other graphs, which become further graphs of the file.

use super::writer::Writer;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Control, ControlLayer, OpError};
use smidgen_schema::tflite::{BuiltinOptions, IfOptions, WhileOptions};

impl Writer<'_> {
    /// Writes a node of control flow.
    pub(super) fn control(&mut self, node: &Node, control: &Control) -> Result<(), OpError> {
        let [first, second] = &node.regions[..] else {
            return Err(OpError::inconsistent("runs another number of graphs than two"));
        };
        let inputs = node.inputs.iter().map(|&id| self.tensor_of(id)).collect();
        let mut outputs: Vec<i32> = node.outputs.iter().map(|&id| self.tensor_of(id)).collect();
        let (layer, options) = match control {
            Control::If { .. } => {
                let options = IfOptions {
                    then_subgraph_index: self.region(first, &[]),
                    else_subgraph_index: self.region(second, &[]),
                };
                (ControlLayer::If, BuiltinOptions::IfOptions(Box::new(options)))
            }
            Control::While { carried, .. } => {
                // The body of a loop gives all that it takes: what does not change is handed on.
                for &id in &node.inputs[*carried..] {
                    let value = self.graph.value(id);
                    outputs.push(self.push(super::tensor::tensor(&value.name, &value.ty)));
                }
                let options = WhileOptions {
                    cond_subgraph_index: self.region(first, &[]),
                    body_subgraph_index: self.region(second, &second.inputs()[*carried..]),
                };
                (ControlLayer::While, BuiltinOptions::WhileOptions(Box::new(options)))
            }
        };
        self.add_with(layer.into(), inputs, outputs, Some(options));
        Ok(())
    }

    /// Writes a graph that a node runs, which gives the values `more`, too; returns its number.
    fn region(&mut self, region: &Graph, more: &[ValueId]) -> i32 {
        let number = self.file.reserve();
        Writer::new(self.file, self.problems, region).write(number, more);
        number as i32
    }
}
