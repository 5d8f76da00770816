//! Who computes and who reads each value, found in one walk over the graph.

use crate::graph::{Graph, ValueId};

/// Producers and numbers of readers at the time of [`Links::new`].
pub(super) struct Links {
    producer: Vec<Option<usize>>,
    /// Operands, model outputs and new states that read each value.
    reads: Vec<u32>,
}

impl Links {
    pub(super) fn new(graph: &Graph) -> Self {
        let mut links = Self {
            producer: vec![None; graph.values().len()],
            reads: vec![0; graph.values().len()],
        };
        for (index, node) in graph.nodes().iter().enumerate() {
            node.outputs.iter().for_each(|id| links.producer[id.index()] = Some(index));
            node.inputs.iter().for_each(|id| links.reads[id.index()] += 1);
        }
        graph.results().for_each(|id| links.reads[id.index()] += 1);
        links
    }

    /// How many values there were.
    pub(super) fn values(&self) -> usize {
        self.producer.len()
    }

    /// The node that computes `value`.
    pub(super) fn producer(&self, value: ValueId) -> Option<usize> {
        self.producer[value.index()]
    }

    /// Operands, model outputs and new states that read `value`.
    pub(super) fn reads(&self, value: ValueId) -> u32 {
        self.reads[value.index()]
    }

    /// The node that computes `value`, if the value is read exactly once in the whole graph.
    pub(super) fn sole_producer(&self, value: ValueId) -> Option<usize> {
        self.producer[value.index()].filter(|_| self.reads[value.index()] == 1)
    }
}
