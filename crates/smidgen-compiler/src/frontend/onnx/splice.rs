//! Takes what a node became over into the graph.

use crate::graph::{Graph, Node, ValueId};
use crate::ops::onnx::{Item, Step, Term};
use crate::tensor::{Data, TensorType};
use std::borrow::Cow;

/// An item that borrows nothing.
pub(super) struct Owned {
    ty: TensorType,
    constant: Option<Data>,
    value: Option<ValueId>,
}

impl From<Item<'_>> for Owned {
    fn from(item: Item<'_>) -> Self {
        let constant = item.constant.filter(|_| item.is_new).map(Cow::into_owned);
        Self { ty: item.ty.into_owned(), constant, value: None }
    }
}

/// What a node became.
pub(super) struct Splice<'a> {
    /// Name and position of the node.
    pub name: &'a str,
    pub index: usize,
    /// Values of the node's inputs that are present.
    pub given: Vec<ValueId>,
    /// Its values; those of the inputs come first.
    pub items: Vec<Owned>,
    /// Its outputs, with their names in the file.
    pub results: Vec<(Term, Option<&'a str>)>,
}

impl Splice<'_> {
    /// Adds the steps; returns the outputs, `None` for those without elements.
    pub(super) fn add(mut self, steps: Vec<Step>, graph: &mut Graph) -> Vec<Option<ValueId>> {
        for (item, &value) in self.items.iter_mut().zip(&self.given) {
            item.value = Some(value);
        }
        for step in steps {
            let inputs = step.inputs.iter().map(|&term| self.value(term, graph)).collect();
            let outputs = step.outputs.iter().map(|&term| self.value(term, graph)).collect();
            graph.add_node(Node::new(self.name, self.index, step.op, inputs, outputs));
        }
        let terms: Vec<Term> = self.results.iter().map(|result| result.0).collect();
        let value = |term| (term != Term::EMPTY).then(|| self.value(term, graph));
        terms.into_iter().map(value).collect()
    }

    /// The graph's value for a term, which is made when it is first asked for.
    fn value(&mut self, term: Term, graph: &mut Graph) -> ValueId {
        let named = self.results.iter().find(|result| result.0 == term).and_then(|result| result.1);
        let item = &mut self.items[term.index()];
        if let Some(value) = item.value {
            return value;
        }
        let name = named.map_or_else(|| format!("{}/{}", self.name, term.index()), str::to_owned);
        let value = match item.constant.take() {
            Some(data) => graph.add_constant(name, item.ty.clone(), data),
            None => graph.add_value(name, item.ty.clone()),
        };
        item.value = Some(value);
        value
    }
}
