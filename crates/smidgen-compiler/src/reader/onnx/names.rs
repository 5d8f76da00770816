//! Names: fresh ones for what a function defines, and how long ones are shown.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use smidgen_schema::onnx::{GraphProto, TensorProto, ValueInfoProto};

use super::convert::too_large;
use super::limits::MAX_SHOWN_BYTES;
use crate::reader::log::Log;

/// All names of values in a model.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The number that the next name like this one tries.
    next: HashMap<String, usize>,
}

impl Names {
    /// The names that a graph and the graphs inside of it define.
    pub(super) fn of(graph: &GraphProto, log: &mut Log) -> Self {
        let mut names = Self::default();
        names.add(graph, log);
        names
    }

    fn add(&mut self, graph: &GraphProto, log: &mut Log) {
        let infos = graph.input.iter().map(ValueInfoProto::name);
        let tensors = graph.initializer.iter().map(TensorProto::name);
        let outputs = graph.node.iter().flat_map(|node| &node.output).map(String::as_str);
        for name in infos.chain(tensors).chain(outputs) {
            if log.pay(64 + name.len(), too_large) {
                self.taken.insert(name.to_owned());
            }
        }
        let attributes = graph.node.iter().flat_map(|node| &node.attribute);
        attributes.filter_map(|part| part.g.as_ref()).for_each(|graph| self.add(graph, log));
    }

    /// A name that nothing has yet: `wanted`, or one like it.
    pub(super) fn fresh(&mut self, wanted: String) -> String {
        if self.taken.insert(wanted.clone()) {
            return wanted;
        }
        let next = self.next.entry(wanted.clone()).or_insert(1);
        loop {
            let name = format!("{wanted}_{next}");
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// A name as messages show it.
pub(super) fn shown(name: &str) -> Cow<'_, str> {
    if name.len() <= MAX_SHOWN_BYTES {
        return Cow::Borrowed(name);
    }
    let starts = name.char_indices().map(|(start, _)| start);
    let end = starts.take_while(|start| *start <= MAX_SHOWN_BYTES).last().unwrap_or_default();
    Cow::Owned(format!("{}…", &name[..end]))
}
