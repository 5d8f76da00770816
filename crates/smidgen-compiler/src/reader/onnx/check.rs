//! Names are defined once in each graph, and before they are read.

use std::collections::HashSet;

use super::names::shown;
use super::{Attribute, Graph};
use crate::diag::{Code, Diagnostic, Origin};
use crate::reader::log::Log;

/// Notes names that are defined twice in a graph, and names that are read before they are defined.
pub(super) fn order(graph: &Graph, log: &mut Log) {
    visit(graph, &mut Vec::new(), log);
}

/// `around` has the names that the graphs around this one have defined so far.
fn visit<'a>(graph: &'a Graph, around: &mut Vec<HashSet<&'a str>>, log: &mut Log) {
    around.push(HashSet::new());
    let inputs = graph.inputs.iter().map(|info| &info.name);
    for name in inputs.chain(graph.initializers.iter().map(|tensor| &tensor.name)) {
        define(name, around, log);
    }
    for (index, node) in graph.nodes.iter().enumerate() {
        for name in node.inputs.iter().flatten().filter(|name| !is_visible(name, around)) {
            log.note(|| {
                let later = graph.nodes[index..].iter().flat_map(|node| &node.outputs).flatten();
                let reason = if later.into_iter().any(|output| output == name) {
                    "which is computed later: the layers of the file are out of order"
                } else {
                    "which nothing defines"
                };
                let text = format!("reads `{}`, {reason}", shown(name));
                let kind = shown(&node.op_type).into_owned();
                let name = shown(&node.name).into_owned();
                Diagnostic::new(Code::Malformed, Origin::Layer { index, kind, name }, text)
            });
        }
        for (_, attribute) in &node.attributes {
            if let Attribute::Graph(inner) = attribute {
                visit(inner, around, log);
            }
        }
        node.outputs.iter().flatten().for_each(|name| define(name, around, log));
    }
    for info in graph.outputs.iter().filter(|info| !is_visible(&info.name, around)) {
        note(log, &info.name, "is an output of the graph, but nothing computes it");
    }
    around.pop();
}

fn define<'a>(name: &'a str, around: &mut [HashSet<&'a str>], log: &mut Log) {
    let innermost = around.last_mut().expect("the graph that is visited has its set");
    if !innermost.insert(name) {
        note(log, name, "is defined twice");
    }
}

fn is_visible(name: &str, around: &[HashSet<&str>]) -> bool {
    around.iter().any(|names| names.contains(name))
}

fn note(log: &mut Log, name: &str, text: &str) {
    let name = shown(name).into_owned();
    log.note(|| Diagnostic::new(Code::Malformed, Origin::Value { name }, text));
}
