//! Joins normalisations and the like: operators each of whose rows depends on the same row of its
//! operands alone, so that what is between them takes no more memory than a row.
//!
//! Exact: the same operators compute the same elements in the same order, row by row.

use super::Pass;
use super::links::Links;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::reduce::Reduce;
use crate::ops::rows::{Link, Part, RowOperand, Rows};
use crate::ops::{Op, OpDef, Operand, Site};
use crate::tensor::{Quant, Shape, TensorType};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct FuseRows;

/// Operators in a group; bounds the code of a step and the time of the pass.
const MAX_PARTS: usize = 48;

impl Pass for FuseRows {
    fn name(&self) -> &'static str {
        "fuse-rows"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let links = Links::new(graph);
        let mut removed = vec![false; graph.nodes().len()];
        for index in (0..removed.len()).rev() {
            if removed[index] || !is_candidate(&graph.nodes()[index]) {
                continue;
            }
            let Some(group) = Group::largest(graph, &links, index) else { continue };
            let (op, inputs) = group.rows(graph);
            group.members.iter().for_each(|&member| removed[member] = member != index);
            let node = graph.node_mut(index);
            node.op = op.into();
            node.inputs = inputs;
        }
        graph.retain_nodes(|index, _| !removed[index]);
        Ok(removed.contains(&true))
    }
}

/// Whether a node may be part of a group, by its operator.
fn is_candidate(node: &Node) -> bool {
    node.outputs.len() == 1 && Rows::takes(&node.op)
}

/// How tensors are divided into rows.
#[derive(Clone, Copy)]
struct Division<'a> {
    shape: &'a Shape,
    /// The first axis that is inside a row.
    axis: usize,
}

/// What a row has of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    /// Elements of its own: a whole row.
    Row,
    /// One element of its own.
    Element,
    /// A whole row that it shares with the others.
    SharedRow,
    /// One element that it shares with the others.
    SharedElement,
}

impl Division<'_> {
    fn count(&self) -> usize {
        self.shape.dims()[..self.axis].iter().product()
    }

    fn length(&self) -> usize {
        self.shape.dims()[self.axis..].iter().product()
    }

    /// What a row has of a value of `shape`, if that is one of the four.
    fn share(&self, shape: &Shape) -> Option<Share> {
        if shape == self.shape {
            return Some(Share::Row);
        }
        let missing = self.shape.rank().checked_sub(shape.rank())?;
        let dim = |axis: usize| axis.checked_sub(missing).map_or(1, |axis| shape[axis]);
        let ones = |mut axes: std::ops::Range<usize>| axes.all(|axis| dim(axis) == 1);
        let full =
            |mut axes: std::ops::Range<usize>| axes.all(|axis| dim(axis) == self.shape[axis]);
        let (outside, inside) = (0..self.axis, self.axis..self.shape.rank());
        match (ones(outside.clone()), ones(inside.clone())) {
            (true, true) if missing > 0 || self.count() > 1 => Some(Share::SharedElement),
            (true, false) if full(inside) => Some(Share::SharedRow),
            (_, true) if missing == 0 && full(outside) => Some(Share::Element),
            _ => None,
        }
    }

    /// A type as a row sees it.
    fn row(&self, ty: &TensorType, share: Share) -> TensorType {
        let long = matches!(share, Share::Row | Share::SharedRow);
        let shape = Shape::new([if long { self.length() } else { 1 }]);
        TensorType { shape: shape.expect("a row is no longer than a tensor"), ..ty.clone() }
    }
}

/// Nodes of which only the last is read by others.
struct Group<'a> {
    division: Division<'a>,
    members: BTreeSet<usize>,
}

impl<'a> Group<'a> {
    /// The group that ends with a node, if it saves memory.
    fn largest(graph: &'a Graph, links: &Links, last: usize) -> Option<Self> {
        let node = &graph.nodes()[last];
        let whole = if matches!(node.op, Op::Reduce(_)) { node.inputs[0] } else { node.outputs[0] };
        let shape = &graph.value(whole).ty.shape;
        let groups = (0..shape.rank()).filter(|&axis| axis == 0 || shape[axis - 1] > 1);
        groups
            .map(|axis| Self::grow(graph, links, last, Division { shape, axis }))
            .find(|group| group.saves(graph))
    }

    /// All nodes on which only the last depends, through nodes that keep to rows.
    fn grow(graph: &'a Graph, links: &Links, last: usize, division: Division<'a>) -> Self {
        let mut group = Self { division, members: BTreeSet::new() };
        let mut reads: BTreeMap<ValueId, u32> = BTreeMap::new();
        let mut next = BTreeSet::from([last]);
        // From the last to the first, all readers of a node have been seen before it.
        while let Some(index) = next.pop_last() {
            let node = &graph.nodes()[index];
            let output = node.outputs[0];
            let alone = reads.get(&output).copied() == Some(links.reads(output));
            if !(index == last || alone)
                || group.members.len() == MAX_PARTS
                || !group.keeps_to_rows(graph, node)
            {
                continue;
            }
            group.members.insert(index);
            for &input in &node.inputs {
                *reads.entry(input).or_insert(0) += 1;
                next.extend(links.producer(input).filter(|&i| is_candidate(&graph.nodes()[i])));
            }
        }
        group
    }

    fn share(&self, graph: &Graph, id: ValueId) -> Option<Share> {
        self.division.share(&graph.value(id).ty.shape)
    }

    /// Whether each row of a node's output depends on the same row of its operands alone.
    fn keeps_to_rows(&self, graph: &Graph, node: &Node) -> bool {
        let whole = |id: &ValueId| {
            let ty = &graph.value(*id).ty;
            !matches!(ty.quant, Quant::PerAxis { .. })
        };
        let output = self.share(graph, node.outputs[0]);
        let inputs: Option<Vec<Share>> =
            node.inputs.iter().map(|&input| self.share(graph, input)).collect();
        let (Some(output), Some(inputs)) = (output, inputs) else { return false };
        if !node.inputs.iter().chain(&node.outputs).all(whole) {
            return false;
        }
        let Op::Reduce(reduce) = &node.op else {
            // Elements that all rows share are computed once.
            return matches!(output, Share::Row | Share::Element);
        };
        let outside = &self.division.shape.dims()[..self.division.axis];
        let inside = &self.division.shape.dims()[self.division.axis..];
        let vanishes = |axis: usize| reduce.axes.contains(&axis);
        inputs == [Share::Row]
            && output == Share::Element
            && (0..outside.len()).all(|axis| outside[axis] == 1 || !vanishes(axis))
            && (0..inside.len()).all(|at| inside[at] == 1 || vanishes(self.division.axis + at))
    }

    /// Whether there is a reduction, whose rows must be read twice, and less memory is needed.
    fn saves(&self, graph: &Graph) -> bool {
        let Some(last) = self.members.last() else { return false };
        let nodes = || self.members.iter().map(|&index| &graph.nodes()[index]);
        let reduces = nodes().any(|node| matches!(node.op, Op::Reduce(_)));
        let bytes = |node: &Node| graph.value(node.outputs[0]).ty.bytes();
        let inner = self.members.iter().filter(|index| *index != last);
        let before: usize = inner.map(|&index| bytes(&graph.nodes()[index])).sum();
        if self.division.length() == 1 || !reduces || self.members.len() < 2 {
            return false;
        }
        let (op, inputs) = self.rows(graph);
        let operand = |&id: &ValueId| {
            let value = graph.value(id);
            Operand { ty: &value.ty, constant: value.constant.as_deref() }
        };
        let output = &graph.value(graph.nodes()[*last].outputs[0]).ty;
        let site = Site { inputs: inputs.iter().map(operand).collect(), outputs: vec![output] };
        op.check(&site).is_ok() && op.scratch_bytes() < before
    }

    /// The operator instead of the group, and its operands.
    fn rows(&self, graph: &Graph) -> (Rows, Vec<ValueId>) {
        let mut operands = Vec::new();
        let mut inputs: Vec<ValueId> = Vec::new();
        let mut places: BTreeMap<ValueId, Link> = BTreeMap::new();
        let mut parts: Vec<Part> = Vec::new();
        let share = |id| self.share(graph, id).expect("members keep to rows");
        for &index in &self.members {
            let node = &graph.nodes()[index];
            let mut link = |&id: &ValueId| {
                *places.entry(id).or_insert_with(|| {
                    let ty = self.division.row(&graph.value(id).ty, share(id));
                    let moves = matches!(share(id), Share::Row | Share::Element);
                    operands.push(RowOperand { ty, moves });
                    inputs.push(id);
                    Link::Operand(inputs.len() - 1)
                })
            };
            let links = node.inputs.iter().map(&mut link).collect();
            let output = node.outputs[0];
            let ty = self.division.row(&graph.value(output).ty, share(output));
            let op = match &node.op {
                Op::Reduce(reduce) => {
                    Reduce { axes: vec![0], keep_dims: true, ..reduce.clone() }.into()
                }
                op => op.clone(),
            };
            parts.push(Part { op, inputs: links, ty });
            places.insert(output, Link::Part(parts.len() - 1));
        }
        let last = &graph.nodes()[*self.members.last().expect("there is a member")];
        let shape = graph.value(last.outputs[0]).ty.shape.clone();
        (Rows { count: self.division.count(), operands, parts, shape }, inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, SCALE, check};
    use super::*;
    use crate::ops::case::{int8, int16, plain};
    use crate::ops::elementwise::{Elementwise, Function as F};
    use crate::ops::reduce::Function;
    use crate::ops::squared_difference::SquaredDifference;
    use crate::ops::{Activation, add, mul};
    use crate::tensor::{DType, Rounding};

    fn mean(axes: &[usize]) -> Op {
        Reduce {
            function: Function::Mean,
            axes: axes.to_vec(),
            keep_dims: true,
            rounding: Rounding::Tflm,
        }
        .into()
    }

    fn product() -> Op {
        mul::Mul { activation: Activation::None, rounding: Rounding::Tflm }.into()
    }

    fn sum() -> Op {
        add::Add { activation: Activation::None, shifting: false, rounding: Rounding::Tflm }.into()
    }

    fn unary(function: F) -> Op {
        Elementwise { function, rounding: Rounding::Tflm }.into()
    }

    /// The type of a value with the given dimensions.
    type Typed = fn(&[usize]) -> TensorType;

    const TYPES: [Typed; 3] =
        [|d| plain(DType::F32, d), |d| int8(d, SCALE, -3), |d| int16(d, SCALE / 256.0)];

    /// The difference to the mean over `axes`, over the root of the variance, times a factor.
    fn normalised(b: &mut Builder, x: ValueId, axes: &[usize], factor: ValueId) -> ValueId {
        let mean_x = b.op_like(mean(axes), x);
        let squares = b.op_like_of(SquaredDifference, &[x, mean_x]);
        let variance = b.op_like(mean(axes), squares);
        let root = b.op_like(unary(F::Rsqrt), variance);
        let scale = b.op_like_of(product(), &[root, factor]);
        let size = b.op_like(unary(F::Abs), mean_x);
        let offset = b.op_like_of(product(), &[size, scale]);
        let scaled = b.op_like_of(product(), &[x, scale]);
        b.op_like_of(sum(), &[scaled, offset])
    }

    /// A normalisation of an input of `dims` in every type.
    fn check_dims(dims: &[usize], axes: &[usize], factor: &[usize], left: &[&str]) {
        for ty in TYPES {
            let mut b = Builder::new();
            let x = b.input_of(ty(dims));
            let factor = b.constant_of(ty(factor));
            let y = normalised(&mut b, x, axes, factor);
            b.output(y);
            check(b, &FuseRows, left);
        }
    }

    const CHAIN: [&str; 9] =
        ["MEAN", "SQUARED_DIFFERENCE", "MEAN", "RSQRT", "MUL", "ABS", "MUL", "MUL", "ADD"];
    /// Where only the variance is computed by rows.
    const DIVIDED: [&str; 8] = ["MEAN", "ROWS", "RSQRT", "MUL", "ABS", "MUL", "MUL", "ADD"];

    #[test]
    fn normalised_rows_are_one_step() {
        check_dims(&[1, 6, 5], &[2], &[5], &["ROWS"]);
        check_dims(&[2, 3, 2, 5], &[3], &[1, 1, 1, 5], &["ROWS"]);
        check_dims(&[6, 5], &[1], &[], &["ROWS"]);
        check_dims(&[1, 5], &[1], &[1, 5], &["ROWS"]);
    }

    #[test]
    fn rows_may_have_several_axes() {
        check_dims(&[3, 4, 2, 5], &[1, 2, 3], &[4, 2, 5], &["ROWS"]);
        check_dims(&[2, 3, 1, 4], &[1, 3], &[], &["ROWS"]);
    }

    #[test]
    fn other_axes_than_the_last_stay() {
        check_dims(&[2, 6, 5], &[1], &[], &CHAIN);
        check_dims(&[3, 6, 5], &[0, 2], &[], &CHAIN);
    }

    #[test]
    fn factors_that_change_with_the_row_stay() {
        check_dims(&[4, 2, 5], &[2], &[2, 1], &DIVIDED);
        check_dims(&[3, 4, 2, 5], &[1, 2, 3], &[2, 5], &DIVIDED);
    }

    #[test]
    fn what_others_read_stays() {
        let mut b = Builder::new();
        let x = b.float_input(&[4, 5]);
        let average = b.op_like(mean(&[1]), x);
        let y = b.op_like_of(SquaredDifference, &[x, average]);
        let y = b.op_like(mean(&[1]), y);
        b.output(average);
        b.output(y);
        check(b, &FuseRows, &["MEAN", "ROWS"]);
    }

    #[test]
    fn without_a_reduction_nothing_is_joined() {
        let mut b = Builder::new();
        let x = b.float_input(&[4, 5]);
        let mut y = x;
        for function in [F::Exp, F::Abs, F::Tanh] {
            y = b.op_like(unary(function), y);
        }
        b.output(y);
        check(b, &FuseRows, &["EXP", "ABS", "TANH"]);
    }

    #[test]
    fn a_row_that_is_the_whole_tensor_saves_nothing() {
        let mut b = Builder::new();
        let (x, z) = (b.float_input(&[1, 40]), b.float_input(&[1, 40]));
        let y = b.op_like_of(SquaredDifference, &[x, z]);
        let y = b.op_like(mean(&[1]), y);
        b.output(y);
        check(b, &FuseRows, &["SQUARED_DIFFERENCE", "MEAN"]);
    }

    #[test]
    fn two_inputs_are_one_step() {
        let mut b = Builder::new();
        let (x, z) = (b.input(&[3, 40]), b.input(&[3, 40]));
        let y = b.op(SquaredDifference, &[x, z]);
        let y = b.op(mean(&[1]), &[y]);
        b.output(y);
        check(b, &FuseRows, &["ROWS"]);
    }

    #[test]
    fn thousands_of_operators_take_one_round() {
        let mut b = Builder::new();
        let mut x = b.float_input(&[2, 3]);
        for _ in 0..1_000 {
            let average = b.op_like(mean(&[1]), x);
            x = b.op_like_of(sum(), &[x, average]);
        }
        b.output(x);
        let mut graph = b.finish();
        assert!(FuseRows.run(&mut graph).unwrap());
        assert!(!FuseRows.run(&mut graph).unwrap());
        assert!(graph.nodes().len() < 100, "{}", graph.nodes().len());
    }
}
