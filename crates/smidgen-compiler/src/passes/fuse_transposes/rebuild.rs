//! A graph whose nodes compute with their axes in new orders, with the transpositions that this takes.

use super::axes::{compose, inverse, is_still, permuted};
use super::columns;
use super::flip::{Need, expanded, reordered};
use super::region::{Layout, permutation};
use crate::graph::{Graph, Node, ValueId};
use crate::ops::Op;
use crate::ops::reshape::Reshape;
use crate::ops::transpose::Transpose;
use crate::tensor::TensorType;
use std::collections::BTreeMap;

/// A value with its axes in an order of those that it had.
type Key = (ValueId, Vec<usize>);

/// Carries out what a layout says.
pub(super) fn rebuild(graph: &mut Graph, layout: &Layout, source: &Graph) {
    graph.retain_nodes(|_, _| false);
    let mut new = Rebuild {
        layout,
        source,
        graph,
        held: BTreeMap::new(),
        made: BTreeMap::new(),
        before: BTreeMap::new(),
        turned: BTreeMap::new(),
        wanted: BTreeMap::new(),
    };
    for node in source.nodes().iter().filter(|node| permutation(source, node).is_some()) {
        let output = node.outputs[0];
        if source.is_result(output) {
            new.wanted.insert(layout.origin(output), output);
        }
    }
    for (index, node) in source.nodes().iter().enumerate() {
        if permutation(source, node).is_some() {
            let key = layout.origin(node.outputs[0]);
            if source.is_result(node.outputs[0]) {
                let output = node.outputs[0];
                if new.holder(key.0) != output && new.made.get(&key) != Some(&output) {
                    new.arrange(key, node, Some(output));
                }
            } else {
                new.before.entry(key).or_insert(node);
            }
        } else {
            new.node(index, node);
        }
    }
}

struct Rebuild<'a> {
    layout: &'a Layout<'a>,
    source: &'a Graph,
    graph: &'a mut Graph,
    /// For values that lie in another order, what holds them.
    held: BTreeMap<ValueId, ValueId>,
    /// Values whose axes have been put into an order.
    made: BTreeMap<Key, ValueId>,
    /// The nodes that did so.
    before: BTreeMap<Key, &'a Node>,
    /// Flattened tensors whose elements come in another order than before.
    turned: BTreeMap<ValueId, Key>,
    /// Results of the graph that are transpositions.
    wanted: BTreeMap<Key, ValueId>,
}

impl Rebuild<'_> {
    fn node(&mut self, index: usize, node: &Node) {
        let layout = self.layout;
        let mut new = node.clone();
        let flip = layout.flips[index].as_ref();
        if layout.flattens[index] {
            let (source, axes) = layout.origin(node.inputs[0]);
            new.inputs[0] = self.holder(source);
            let flat = node.outputs[0];
            if axes != layout.order(source) {
                // Its shape does not tell that the order is another: its name must.
                let value = self.source.value(flat);
                let name = format!("{}/transposed", value.name);
                new.outputs[0] = self.graph.add_value(name, value.ty.clone());
                self.held.insert(flat, new.outputs[0]);
            }
            self.turned.insert(flat, (source, axes));
        } else {
            for (place, &input) in node.inputs.iter().enumerate() {
                let need = flip.map_or(&Need::Whole, |flip| &flip.needs[place]);
                new.inputs[place] = self.operand(node, input, need);
            }
        }
        if let Some((source, axes)) =
            self.turned.get(&node.inputs[0]).filter(|_| columns::reads(node, node.inputs[0]))
        {
            let (ty, order) = (&self.source.value(*source).ty, layout.order(*source));
            if *axes != order {
                columns::turned(self.graph, &mut new, ty, (axes, &order));
            }
        }
        let Some(flip) = flip else { return self.graph.add_node(new) };
        new.op = flip.op.clone();
        for output in &mut new.outputs {
            let wanted = self.wanted.get(&(*output, layout.order(*output)));
            let holder = wanted.copied().unwrap_or_else(|| {
                let name = self.source.value(*output).name.clone();
                self.graph.add_value(name, layout.ty(*output))
            });
            self.held.insert(*output, holder);
            *output = holder;
        }
        self.graph.add_node(new);
        for &output in node.outputs.iter().filter(|&&output| self.source.is_result(output)) {
            let key = layout.origin(output);
            self.arrange(key, node, Some(output));
        }
    }

    /// What a node reads.
    fn operand(&mut self, node: &Node, input: ValueId, need: &Need) -> ValueId {
        let value = self.source.value(input);
        let (source, axes) = self.layout.origin(input);
        match need {
            Need::Constant(own) => {
                let key = (input, own.clone());
                if let Some(&made) = self.made.get(&key) {
                    return made;
                }
                let ty = expanded(&value.ty, own.len());
                let data = value.constant.as_deref().expect("the operand is constant");
                let (name, data) = (value.name.clone(), reordered(&ty, data, own));
                let made = self.graph.add_constant(name, permuted(&ty, own), data);
                self.made.insert(key, made);
                made
            }
            Need::Axes(own) => self.arrange((source, compose(&axes, own)), node, None),
            Need::Whole => self.arrange((source, axes), node, None),
            Need::Expanded(own) => {
                let whole = self.arrange((source, axes), node, None);
                let ty = expanded(&value.ty, own.len());
                let op = Reshape { shape: ty.shape.clone() };
                let whole = self.step(node, op, whole, ty.clone());
                let turned = permuted(&ty, own);
                let op: Op = if is_still(&ty.shape, own) {
                    Reshape { shape: turned.shape.clone() }.into()
                } else {
                    Transpose { permutation: own.clone() }.into()
                };
                self.step(node, op, whole, turned)
            }
        }
    }

    fn step(&mut self, node: &Node, op: impl Into<Op>, x: ValueId, ty: TensorType) -> ValueId {
        let y = self.graph.add_value(format!("{}/transposed", node.name), ty);
        self.graph.add_node(Node::new(node.name.clone(), node.layer, op, vec![x], vec![y]));
        y
    }

    fn holder(&self, value: ValueId) -> ValueId {
        self.held.get(&value).copied().unwrap_or(value)
    }

    /// A value with its axes in an order, for `node`; in `output`, if that is given.
    fn arrange(&mut self, key: Key, node: &Node, output: Option<ValueId>) -> ValueId {
        let holder = self.holder(key.0);
        let permutation = compose(&inverse(&self.layout.order(key.0)), &key.1);
        if output.is_none() && permutation.is_sorted() {
            return holder;
        }
        if let Some(&made) = self.made.get(&key).filter(|_| output.is_none()) {
            return made;
        }
        let ty = permuted(&self.graph.value(holder).ty, &permutation);
        let still = is_still(&self.graph.value(holder).ty.shape, &permutation);
        let op: Op = if still {
            Reshape { shape: ty.shape.clone() }.into()
        } else {
            Transpose { permutation }.into()
        };
        // What was transposed so before keeps its name.
        let before = self.before.get(&key).filter(|_| output.is_none());
        let (name, layer) =
            before.map_or((&node.name, node.layer), |node| (&node.name, node.layer));
        let known = output.or_else(|| self.wanted.get(&key).copied());
        let value = known.or(before.map(|node| node.outputs[0]));
        let value = value.unwrap_or_else(|| self.graph.add_value(format!("{name}/transposed"), ty));
        self.graph.add_node(Node::new(name.clone(), layer, op, vec![holder], vec![value]));
        self.made.insert(key, value);
        value
    }
}
