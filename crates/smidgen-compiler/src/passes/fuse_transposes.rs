//! Moves as few bytes in transpositions as possible: joins those in a row, and takes them through
//! element-wise operators where they cancel others, or where elements are smaller.

use super::Pass;
use super::links::Links;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::reshape::Reshape;
use crate::ops::transpose::Transpose;
use crate::ops::{Op, Operand, Site};
use crate::tensor::{Data, Quant, Shape, TensorType};

pub(super) struct FuseTransposes;

/// Operators in a row through which a transposition is taken.
const MAX_DEPTH: usize = 32;

impl Pass for FuseTransposes {
    fn name(&self) -> &'static str {
        "fuse-transposes"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let mut changed = false;
        while sweep(graph) {
            changed = true;
        }
        Ok(changed)
    }
}

/// Rewrites parts of the graph that do not touch each other, from the outputs to the inputs; returns
/// whether there was one. Each makes fewer bytes move.
fn sweep(graph: &mut Graph) -> bool {
    let links = Links::new(graph);
    let mut nodes: Vec<Vec<Node>> = graph.nodes().iter().map(|node| vec![node.clone()]).collect();
    let mut touched = vec![false; nodes.len()];
    for index in (0..nodes.len()).rev() {
        let view = View { graph, links: &links, touched: &touched };
        let Some(plan) = view.plan(index) else { continue };
        plan.touch(&mut |part, goes| {
            touched[part] = true;
            if goes {
                nodes[part].clear();
            }
        });
        touched[index] = true;
        let node = graph.nodes()[index].clone();
        nodes[index] = plan.carry_out(graph, &node);
    }
    let changed = touched.contains(&true);
    if changed {
        graph.retain_nodes(|_, _| false);
        nodes.into_iter().flatten().for_each(|node| graph.add_node(node));
    }
    changed
}

/// What becomes of a node.
enum Plan {
    /// A transposition keeps the order of the elements.
    Still,
    /// Its input is computed transposed.
    Hoisted(Turned),
    /// It is computed transposed, and transposed back.
    Sunk(Turned, Vec<usize>),
}

/// A value with its axes permuted.
struct Turned {
    ty: TensorType,
    /// Bytes that are moved more than before, for all values behind this one.
    cost: i64,
    form: Form,
}

/// How a transposed value comes about.
enum Form {
    /// It is another value.
    Same(ValueId),
    /// It is a constant.
    Constant(Data),
    /// A value is transposed; where that was done before, by node `instead`, which goes if nobody else
    /// reads it.
    Moved { source: ValueId, permutation: Vec<usize>, instead: Option<(usize, bool)> },
    /// A node, which nobody else reads, reads transposed operands.
    Computed(usize, Vec<Turned>),
}

/// A graph, and what must stay as it is because its surroundings have changed.
struct View<'a> {
    graph: &'a Graph,
    links: &'a Links,
    touched: &'a [bool],
}

impl View<'_> {
    /// What to do about a node, if fewer bytes are moved then.
    fn plan(&self, index: usize) -> Option<Plan> {
        let node = &self.graph.nodes()[index];
        if self.touched[index] {
            return None;
        }
        if let Some(permutation) = permutation(node) {
            if !self.moves(index) {
                return Some(Plan::Still);
            }
            if self.graph.value(node.inputs[0]).constant.is_some() {
                return None;
            }
            let turned = self.turn(node.inputs[0], permutation, MAX_DEPTH);
            let pays = turned.cost < bytes(&turned.ty);
            return pays.then_some(Plan::Hoisted(turned));
        }
        let before = |&input: &ValueId| {
            let (index, node) = self.producer(input)?;
            permutation(node).filter(|_| self.moves(index))
        };
        let back = node.inputs.iter().find_map(before)?;
        let turned = self.computed(index, &inverse(back), MAX_DEPTH)?;
        let pays = turned.cost + bytes(&turned.ty) < 0;
        pays.then(|| Plan::Sunk(turned, back.to_vec()))
    }

    fn ty(&self, value: ValueId) -> &TensorType {
        &self.graph.value(value).ty
    }

    /// Whether a node is a transposition that changes the order of the elements.
    fn moves(&self, index: usize) -> bool {
        let node = &self.graph.nodes()[index];
        permutation(node).is_some_and(|axes| !is_still(self.ty(node.inputs[0]), axes))
    }

    /// The node that computes a value, if it is as it was.
    fn producer(&self, value: ValueId) -> Option<(usize, &Node)> {
        let index = self.links.producer(value).filter(|&index| !self.touched[index])?;
        Some((index, &self.graph.nodes()[index]))
    }

    /// The cheapest way to a value with its axes permuted.
    fn turn(&self, value: ValueId, axes: &[usize], depth: usize) -> Turned {
        let ty = permuted(self.ty(value), axes);
        if ty == *self.ty(value) && ty.shape.elements() == 1 {
            return Turned { ty, cost: 0, form: Form::Same(value) };
        }
        let moved = |source: ValueId, permutation: Vec<usize>, instead: Option<(usize, bool)>| {
            let cost = if is_still(self.ty(source), &permutation) { 0 } else { bytes(&ty) };
            let saved = if instead.is_some_and(|(index, goes)| goes && self.moves(index)) {
                bytes(&ty)
            } else {
                0
            };
            let form = Form::Moved { source, permutation, instead };
            Turned { ty: ty.clone(), cost: cost - saved, form }
        };
        let leaf = moved(value, axes.to_vec(), None);
        let Some((index, node)) = self.producer(value) else { return leaf };
        let alone = self.links.sole_producer(value);
        if let Some(first) = permutation(node) {
            let joined = axes.iter().map(|&axis| first[axis]).collect();
            return moved(node.inputs[0], joined, Some((index, alone.is_some())));
        }
        let computed = alone.and_then(|_| self.computed(index, axes, depth.checked_sub(1)?));
        computed.filter(|computed| computed.cost < leaf.cost).unwrap_or(leaf)
    }

    /// An element-wise node that reads transposed operands.
    fn computed(&self, index: usize, axes: &[usize], depth: usize) -> Option<Turned> {
        let node = &self.graph.nodes()[index];
        let &[output] = &node.outputs[..] else { return None };
        if !node.op.is_elementwise() || self.ty(output).shape.rank() != axes.len() {
            return None;
        }
        let operand = |&input: &ValueId| self.operand(input, axes, depth);
        let operands: Vec<Turned> = node.inputs.iter().map(operand).collect::<Option<_>>()?;
        let ty = permuted(self.ty(output), axes);
        let types: Vec<&TensorType> = operands.iter().map(|operand| &operand.ty).collect();
        let inputs = operands.iter().map(|operand| self.known(operand)).collect();
        let site = Site { inputs, outputs: vec![&ty] };
        let same = node.op.infer(&types).ok()? == [(ty.dtype, ty.shape.clone())];
        let along_axis = |ty: &TensorType| matches!(ty.quant, Quant::PerAxis { .. });
        let whole = !along_axis(&ty) && !types.iter().any(|ty| along_axis(ty));
        if !same || !whole || node.op.check(&site).is_err() {
            return None;
        }
        let cost = operands.iter().map(|operand| operand.cost).sum();
        Some(Turned { ty, cost, form: Form::Computed(index, operands) })
    }

    /// An operand of an operator whose output has the axes `axes`.
    fn operand(&self, value: ValueId, axes: &[usize], depth: usize) -> Option<Turned> {
        let ty = self.ty(value);
        let constant = self.graph.value(value).constant.as_deref();
        match constant {
            _ if ty.shape.elements() == 1 => {
                Some(Turned { ty: ty.clone(), cost: 0, form: Form::Same(value) })
            }
            Some(data) => {
                let missing = axes.len().checked_sub(ty.shape.rank())?;
                let dims = [vec![1; missing], ty.shape.dims().to_vec()].concat();
                let full = TensorType { shape: Shape::new(dims).ok()?, ..ty.clone() };
                let ty = permuted(&full, axes);
                let inputs = vec![Operand { ty: &full, constant: None }];
                let site = Site { inputs, outputs: vec![&ty] };
                let op: Op = Transpose { permutation: axes.to_vec() }.into();
                op.check(&site).ok()?;
                let data = op.eval(&site, &[data]).pop()?;
                // The other readers keep the constant as it is.
                let cost = if self.links.reads(value) > 1 { bytes(&ty) } else { 0 };
                Some(Turned { ty, cost, form: Form::Constant(data) })
            }
            None if ty.shape.rank() == axes.len() => Some(self.turn(value, axes, depth)),
            None => None,
        }
    }

    fn known<'a>(&'a self, turned: &'a Turned) -> Operand<'a> {
        let constant = match &turned.form {
            Form::Constant(data) => Some(data),
            Form::Same(value) => self.graph.value(*value).constant.as_deref(),
            _ => None,
        };
        Operand { ty: &turned.ty, constant }
    }
}

impl Plan {
    /// Calls `touch` with the nodes whose surroundings change, and whether they go.
    fn touch(&self, touch: &mut impl FnMut(usize, bool)) {
        match self {
            Self::Still => {}
            Self::Hoisted(turned) | Self::Sunk(turned, _) => turned.touch(touch),
        }
    }

    /// The nodes instead of `node`, whose output they compute.
    fn carry_out(&self, graph: &mut Graph, node: &Node) -> Vec<Node> {
        let mut nodes = Vec::new();
        let output = node.outputs[0];
        match self {
            Self::Still => {
                let shape = graph.value(output).ty.shape.clone();
                nodes.push(Node { op: Reshape { shape }.into(), ..node.clone() });
            }
            Self::Hoisted(turned) => {
                turned.build(graph, node, Some(output), &mut nodes);
            }
            Self::Sunk(turned, back) => {
                let source = turned.build(graph, node, None, &mut nodes);
                let op = Transpose { permutation: back.clone() };
                let (name, outputs) = (node.name.clone(), vec![output]);
                nodes.push(Node::new(name, node.layer, op, vec![source], outputs));
            }
        }
        nodes
    }
}

impl Turned {
    fn touch(&self, touch: &mut impl FnMut(usize, bool)) {
        match &self.form {
            Form::Same(_) | Form::Constant(_) | Form::Moved { instead: None, .. } => {}
            Form::Moved { instead: Some((index, goes)), .. } => touch(*index, *goes),
            Form::Computed(index, operands) => {
                touch(*index, true);
                for operand in operands {
                    operand.touch(touch);
                }
            }
        }
    }

    /// Adds the nodes that compute the value, into `output` if one is given; returns it. What is new
    /// is named after `root`.
    fn build(
        &self,
        graph: &mut Graph,
        root: &Node,
        output: Option<ValueId>,
        nodes: &mut Vec<Node>,
    ) -> ValueId {
        let name = format!("{}/transposed", root.name);
        let (op, inputs): (Op, _) = match &self.form {
            Form::Constant(data) => return graph.add_constant(name, self.ty.clone(), data.clone()),
            Form::Same(value) if output.is_none() => return *value,
            Form::Moved { source, permutation, .. }
                if output.is_none() && permutation.is_sorted() =>
            {
                return *source;
            }
            Form::Moved { source, permutation, .. }
                if !is_still(&graph.value(*source).ty, permutation) =>
            {
                (Transpose { permutation: permutation.clone() }.into(), vec![*source])
            }
            Form::Same(source) | Form::Moved { source, .. } => {
                (Reshape { shape: self.ty.shape.clone() }.into(), vec![*source])
            }
            Form::Computed(index, operands) => {
                let mut operand = |operand: &Self| operand.build(graph, root, None, nodes);
                let inputs = operands.iter().map(&mut operand).collect();
                (graph.nodes()[*index].op.clone(), inputs)
            }
        };
        let output = output.unwrap_or_else(|| graph.add_value(name, self.ty.clone()));
        nodes.push(Node::new(root.name.clone(), root.layer, op, inputs, vec![output]));
        output
    }
}

/// The permutation of a transposition.
fn permutation(node: &Node) -> Option<&[usize]> {
    match &node.op {
        Op::Transpose(op) => Some(&op.permutation),
        _ => None,
    }
}

fn inverse(permutation: &[usize]) -> Vec<usize> {
    let mut inverse = vec![0; permutation.len()];
    permutation.iter().enumerate().for_each(|(place, &axis)| inverse[axis] = place);
    inverse
}

/// Whether a transposition moves only axes of size 1.
fn is_still(ty: &TensorType, permutation: &[usize]) -> bool {
    permutation.iter().filter(|&&axis| ty.shape[axis] > 1).is_sorted()
}

fn permuted(ty: &TensorType, axes: &[usize]) -> TensorType {
    let dims: Vec<usize> = axes.iter().map(|&axis| ty.shape[axis]).collect();
    let shape = Shape::new(dims).expect("a permuted shape has as many elements");
    TensorType { shape, ..ty.clone() }
}

fn bytes(ty: &TensorType) -> i64 {
    i64::try_from(ty.bytes()).expect("tensor sizes fit 32 bits")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, check, check_equal};
    use super::*;
    use crate::ops::elementwise::{Elementwise, Function as F};
    use crate::ops::{Activation, add, dequantize, mul, quantize};
    use crate::tensor::{DType, Rounding};

    const P: [usize; 3] = [1, 2, 0];
    const BACK: [usize; 3] = [2, 0, 1];

    fn unary(function: F) -> Op {
        Elementwise { function, rounding: Rounding::Tflm }.into()
    }

    fn sum() -> Op {
        add::Add { activation: Activation::None, shifting: false }.into()
    }

    fn product() -> Op {
        mul::Mul { activation: Activation::None, rounding: Rounding::Tflm }.into()
    }

    /// What `chain` makes of an input of shape [2, 3, 5].
    fn check_chain(chain: impl Fn(&mut Builder, ValueId) -> ValueId, left: &[&str]) {
        let mut b = Builder::new();
        let x = b.input(&[2, 3, 5]);
        let y = chain(&mut b, x);
        b.output(y);
        check(b, &FuseTransposes, left);
    }

    #[test]
    fn two_in_a_row_become_one() {
        check_chain(
            |b, x| {
                let x = b.transpose(x, &P);
                b.transpose(x, &P)
            },
            &["TRANSPOSE"],
        );
    }

    #[test]
    fn there_and_back_moves_nothing() {
        check_chain(
            |b, x| {
                let x = b.transpose(x, &P);
                b.transpose(x, &BACK)
            },
            &["RESHAPE"],
        );
    }

    #[test]
    fn axes_of_size_1_are_reshaped() {
        check_chain(
            |b, x| {
                let x = b.reshape(x, &[1, 6, 5]);
                b.transpose(x, &P)
            },
            &["RESHAPE", "RESHAPE"],
        );
    }

    #[test]
    fn what_others_read_is_not_moved_twice() {
        check_chain(
            |b, x| {
                let x = b.transpose(x, &P);
                let y = b.transpose(x, &P);
                b.output(x);
                y
            },
            &["TRANSPOSE", "TRANSPOSE"],
        );
    }

    #[test]
    fn what_others_read_is_still_cancelled() {
        check_chain(
            |b, x| {
                let x = b.transpose(x, &P);
                let y = b.transpose(x, &BACK);
                b.output(x);
                y
            },
            &["TRANSPOSE", "RESHAPE"],
        );
    }

    #[test]
    fn transpositions_around_functions_cancel() {
        check_chain(
            |b, x| {
                let mut x = b.transpose(x, &P);
                for function in [F::Tanh, F::Abs, F::Relu] {
                    x = b.op(unary(function), &[x]);
                }
                b.transpose(x, &BACK)
            },
            &["TANH", "ABS", "RELU"],
        );
    }

    #[test]
    fn constants_are_turned() {
        check_chain(
            |b, x| {
                let x = b.transpose(x, &P);
                let (channels, column, scalar) =
                    (b.constant(&[2]), b.constant(&[3, 1, 1]), b.constant(&[]));
                let x = b.op(sum(), &[x, channels]);
                let x = b.op(product(), &[column, x]);
                let x = b.op(sum(), &[x, scalar]);
                b.transpose(x, &BACK)
            },
            &["ADD", "MUL", "ADD"],
        );
    }

    #[test]
    fn both_operands_are_taken_along() {
        check_chain(
            |b, x| {
                let other = b.input(&[2, 3, 5]);
                let (x, y) = (b.transpose(x, &P), b.transpose(other, &P));
                let y = b.op(unary(F::Tanh), &[y]);
                let x = b.op(sum(), &[x, y]);
                b.transpose(x, &BACK)
            },
            &["TANH", "ADD"],
        );
    }

    #[test]
    fn a_sum_of_two_is_transposed_once() {
        check_chain(
            |b, x| {
                let other = b.input(&[2, 3, 5]);
                let (x, y) = (b.transpose(x, &P), b.transpose(other, &P));
                let sum = b.op(sum(), &[x, y]);
                b.copy(sum)
            },
            &["ADD", "TRANSPOSE", "COPY"],
        );
    }

    #[test]
    fn different_permutations_stay() {
        check_chain(
            |b, x| {
                let other = b.input(&[5, 3, 2]);
                let (x, y) = (b.transpose(x, &P), b.transpose(other, &[1, 0, 2]));
                b.op(sum(), &[x, y])
            },
            &["TRANSPOSE", "TRANSPOSE", "ADD"],
        );
    }

    #[test]
    fn another_operand_is_transposed_instead() {
        check_chain(
            |b, x| {
                let other = b.input(&[3, 5, 2]);
                let x = b.transpose(x, &P);
                let x = b.op(sum(), &[x, other]);
                b.transpose(x, &BACK)
            },
            &["TRANSPOSE", "ADD"],
        );
    }

    #[test]
    fn a_function_that_others_read_stays() {
        check_chain(
            |b, x| {
                let x = b.transpose(x, &P);
                let x = b.op(unary(F::Tanh), &[x]);
                b.output(x);
                b.transpose(x, &BACK)
            },
            &["TRANSPOSE", "TANH", "TRANSPOSE"],
        );
    }

    #[test]
    fn other_operators_stay() {
        check_chain(
            |b, x| {
                let x = b.transpose(x, &P);
                let x = b.pad(x, &[[1, 0], [0, 0], [0, 0]], 3);
                b.transpose(x, &BACK)
            },
            &["TRANSPOSE", "PAD", "TRANSPOSE"],
        );
    }

    #[test]
    fn small_elements_are_moved() {
        check_chain(
            |b, x| {
                let x = b.op_to(dequantize::Dequantize, &[x], Quant::None);
                let x = b.op_to(Transpose { permutation: P.to_vec() }, &[x], Quant::None);
                b.op_to(unary(F::Exp), &[x], Quant::None)
            },
            &["TRANSPOSE", "DEQUANTIZE", "EXP"],
        );
        let mut b = Builder::new();
        let x = b.float_input(&[2, 3, 5]);
        let x = b.op_to(Transpose { permutation: P.to_vec() }, &[x], Quant::None);
        let x = b.op(quantize::Quantize { to: DType::I8 }, &[x]);
        b.output(x);
        check(b, &FuseTransposes, &["QUANTIZE", "TRANSPOSE"]);
    }

    #[test]
    fn a_source_that_gets_a_new_reader_is_computed() {
        check_chain(
            |b, x| {
                let x = b.op(unary(F::Abs), &[x]);
                let turned = b.transpose(x, &P);
                let (first, second) = (b.transpose(turned, &BACK), b.transpose(turned, &P));
                b.output(turned);
                b.output(second);
                b.copy(first)
            },
            &["ABS", "TRANSPOSE", "RESHAPE", "TRANSPOSE", "COPY"],
        );
    }

    #[test]
    fn a_long_chain_takes_few_rounds() {
        let mut b = Builder::new();
        let mut x = b.input(&[2, 3, 5]);
        for _ in 0..500 {
            x = b.transpose(x, &P);
            x = b.op(unary(F::Abs), &[x]);
        }
        x = b.transpose(x, &P);
        b.output(x);
        let before = b.finish();
        let mut after = before.clone();
        let log = super::super::run(&mut after, &[&FuseTransposes]).unwrap();
        assert!(log.last().unwrap().round <= 20, "{}", log.len());
        let left = after.nodes().iter().filter(|node| node.op.name() == "TRANSPOSE").count();
        assert!(left <= 501 / MAX_DEPTH, "{left}");
        check_equal(&before, &after);
    }
}
