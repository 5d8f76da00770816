//! Text form of a graph, for logs and tests.

use super::Graph;
use std::fmt;

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |ids: &[super::ValueId]| {
            let names: Vec<_> = ids.iter().map(|&id| format!("%{}", id.0)).collect();
            names.join(", ")
        };
        writeln!(f, "graph {}", self.name)?;
        for &id in &self.inputs {
            writeln!(f, "  input %{} = {} {:?}", id.0, self.value(id).ty, self.value(id).name)?;
        }
        for state in &self.states {
            let ty = &self.value(state.before).ty;
            let (before, after) = (state.before.0, state.after.0);
            writeln!(f, "  state %{before} = {ty}, then %{after} {:?}", state.name)?;
        }
        for node in &self.nodes {
            let types: Vec<_> =
                node.outputs.iter().map(|&id| self.value(id).ty.to_string()).collect();
            let operands: Vec<_> = node
                .inputs
                .iter()
                .map(|&id| match self.value(id).constant {
                    Some(_) => format!("const {}", self.value(id).ty),
                    None => format!("%{}", id.0),
                })
                .collect();
            writeln!(
                f,
                "  {} = {:?} ({}) -> {} {:?}",
                list(&node.outputs),
                node.op,
                operands.join(", "),
                types.join(", "),
                node.name
            )?;
            for region in &node.regions {
                for line in region.to_string().lines() {
                    writeln!(f, "    {line}")?;
                }
            }
        }
        writeln!(f, "  output {}", list(&self.outputs))
    }
}
