//! Makes products with constant matrices fully connected layers, and lets other products read
//! matrices as they are stored before a transposition.
//!
//! Exact: both operators add the same products in the same order, and scale the sums in the same way
//! where the layer rounds as TFLite Micro's does. Some scales are multiplied in single precision by one
//! and in double precision by the other, so the multiplier has to turn out the same.

use super::Pass;
use super::links::Links;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::batch_matmul::BatchMatmul;
use crate::ops::fully_connected::FullyConnected;
use crate::ops::transpose::Transpose;
use crate::ops::{Activation, Op, Operand, Site};
use crate::tensor::{DType, Multiplier, Rounding, Shape, TensorType};
use std::collections::BTreeMap;

pub(super) struct FuseMatmul;

impl Pass for FuseMatmul {
    fn name(&self) -> &'static str {
        "fuse-matmul"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        let links = Links::new(graph);
        let mut removed = vec![false; graph.nodes().len()];
        let mut filters = BTreeMap::new();
        let mut changed = false;
        for index in 0..removed.len() {
            let Op::BatchMatmul(op) = &graph.nodes()[index].op else { continue };
            let op = op.clone();
            if let Some(layer) = layer(graph, index, &op, &mut filters) {
                *graph.node_mut(index) = layer;
                changed = true;
                continue;
            }
            for operand in 0..2 {
                let node = &graph.nodes()[index];
                let Some((transposition, fused)) = read_through(graph, &links, node, operand)
                else {
                    continue;
                };
                *graph.node_mut(index) = fused;
                removed[transposition] = true;
            }
        }
        graph.retain_nodes(|index, _| !removed[index]);
        Ok(changed || removed.contains(&true))
    }
}

/// Filters made of constants that are stored by rows or by columns, so that each is made once.
type Filters = BTreeMap<(ValueId, bool), ValueId>;

/// The fully connected layer that computes the product at `index`, if its right matrix is one
/// constant.
fn layer(graph: &mut Graph, index: usize, op: &BatchMatmul, filters: &mut Filters) -> Option<Node> {
    let node = graph.nodes()[index].clone();
    let &[left, right] = &node.inputs[..] else { return None };
    let types = [left, right, node.outputs[0]].map(|id| &graph.value(id).ty);
    if op.swapped[0] || graph.value(left).constant.is_some() || !is_scaled_alike(op, types) {
        return None;
    }
    let key = (right, op.swapped[1]);
    let filter = if let Some(&filter) = filters.get(&key) {
        graph.value(filter).clone()
    } else {
        let value = graph.value(right);
        let matrix = value.ty.shape.dims().last_chunk::<2>()?;
        if matrix.iter().product::<usize>() != value.ty.shape.elements() {
            return None;
        }
        let shape = Shape::new(*matrix).ok()?;
        let mut filter = value.clone();
        filter.ty.shape = shape;
        let data = filter.constant.as_deref()?;
        if !op.swapped[1] {
            let ty =
                TensorType { shape: Shape::new([matrix[1], matrix[0]]).ok()?, ..value.ty.clone() };
            let inputs = vec![Operand { ty: &filter.ty, constant: None }];
            let transpose: Op = Transpose { permutation: vec![1, 0] }.into();
            let turned = transpose.eval(&Site { inputs, outputs: vec![&ty] }, &[data]).pop()?;
            filter.constant = Some(turned.into());
            filter.ty = ty;
        }
        filter
    };
    let op: Op =
        FullyConnected { activation: Activation::None, keep_dims: true, rounding: Rounding::Tflm }
            .into();
    let (x, y) = (&graph.value(left).ty, &graph.value(node.outputs[0]).ty);
    let inputs = vec![
        Operand { ty: x, constant: None },
        Operand { ty: &filter.ty, constant: filter.constant.as_deref() },
    ];
    let site = Site { inputs, outputs: vec![y] };
    let inferred = op.infer(&[x, &filter.ty]).ok()?;
    if inferred != [(y.dtype, y.shape.clone())] || op.check(&site).is_err() {
        return None;
    }
    let filter = *filters.entry(key).or_insert_with(|| {
        let data = filter.constant.expect("the filter is constant");
        graph.add_constant(filter.name, filter.ty, data)
    });
    Some(Node { op, inputs: vec![left, filter], ..node })
}

/// Whether a fully connected layer multiplies sums by the same number.
fn is_scaled_alike(op: &BatchMatmul, types: [&TensorType; 3]) -> bool {
    let scales = types.map(|ty| ty.quant.whole().map(|(scale, _)| scale));
    let [Some(left), Some(right), Some(output)] = scales else { return true };
    let [single, double] = [f64::from(left * right), f64::from(left) * f64::from(right)]
        .map(|product| Multiplier::from_real(product / f64::from(output)));
    let of_product = if op.rounding == Rounding::Litert { single } else { double };
    // Layers with weights of 16 bits are LiteRT's.
    let of_layer = if types[0].dtype == DType::I16 { single } else { double };
    of_product == of_layer
}

/// A transposition that only swaps the last two axes of an operand, and the product without it.
fn read_through(
    graph: &Graph,
    links: &Links,
    node: &Node,
    operand: usize,
) -> Option<(usize, Node)> {
    let index = links.sole_producer(*node.inputs.get(operand)?)?;
    let transposition = &graph.nodes()[index];
    let Op::Transpose(Transpose { permutation }) = &transposition.op else { return None };
    let mut axes: Vec<usize> = (0..permutation.len()).collect();
    let [.., first, second] = &mut axes[..] else { return None };
    std::mem::swap(first, second);
    if *permutation != axes {
        return None;
    }
    let mut fused = node.clone();
    fused.inputs[operand] = transposition.inputs[0];
    let Op::BatchMatmul(op) = &mut fused.op else { return None };
    op.swapped[operand] ^= true;
    Some((index, fused))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, check};
    use super::*;
    use crate::ops::case::{int8, int16, plain};
    use crate::tensor::Quant;

    fn product(swapped: [bool; 2]) -> Op {
        BatchMatmul { swapped, rounding: Rounding::Tflm }.into()
    }

    /// A product of an input and a constant.
    fn check_constant(dims: [&[usize]; 2], swapped: [bool; 2], left: &[&str]) {
        let types: [fn(&[usize]) -> TensorType; 3] =
            [|d| int8(d, 0.05, -3), |d| int16(d, 1.0 / 1024.0), |d| plain(DType::F32, d)];
        let quants = [(0.3, 7), (0.02, 0)].map(|(s, z)| Quant::per_tensor(s, z).unwrap());
        let quants = [quants[0].clone(), quants[1].clone(), Quant::None];
        for (ty, quant) in types.iter().zip(quants) {
            let mut b = Builder::new();
            let x = b.input_of(ty(dims[0]));
            let constant = b.constant_of(ty(dims[1]));
            let y = b.op_to(product(swapped), &[x, constant], quant);
            b.output(y);
            check(b, &FuseMatmul, left);
        }
    }

    const LAYER: &[&str] = &["FULLY_CONNECTED"];
    const PRODUCT: &[&str] = &["BATCH_MATMUL"];

    #[test]
    fn a_constant_matrix_is_a_filter() {
        check_constant([&[2, 3, 7], &[7, 5]], [false, false], LAYER);
        check_constant([&[2, 3, 7], &[5, 7]], [false, true], LAYER);
        check_constant([&[2, 2, 3, 7], &[1, 7, 5]], [false, false], LAYER);
        check_constant([&[3, 7], &[7, 1]], [false, false], LAYER);
    }

    /// A product of int8 by LiteRT's rules.
    fn check_scales(left: f32, right: f32, expected: &[&str]) {
        let mut b = Builder::new();
        let x = b.input_of(int8(&[3, 7], left, 2));
        let constant = b.constant_of(int8(&[7, 5], right, -4));
        let op = BatchMatmul { swapped: [false; 2], rounding: Rounding::Litert };
        let y = b.op_to(op, &[x, constant], Quant::per_tensor(0.3, 7).unwrap());
        b.output(y);
        check(b, &FuseMatmul, expected);
    }

    #[test]
    fn the_product_of_the_scales_must_be_exact() {
        check_scales(0.25, 0.1, LAYER);
        check_scales(0.07, 0.1, PRODUCT);
    }

    #[test]
    fn several_matrices_stay() {
        check_constant([&[2, 3, 7], &[2, 7, 5]], [false, false], PRODUCT);
    }

    #[test]
    fn a_left_matrix_that_is_stored_by_columns_stays() {
        check_constant([&[2, 7, 3], &[7, 5]], [true, false], PRODUCT);
    }

    #[test]
    fn more_axes_on_the_right_stay() {
        check_constant([&[3, 7], &[1, 1, 7, 5]], [false, false], PRODUCT);
    }

    #[test]
    fn equal_weights_are_stored_once() {
        let mut b = Builder::new();
        let (x, z) = (b.input(&[3, 7]), b.input(&[2, 7]));
        let weights = b.constant(&[7, 5]);
        let quant = Quant::per_tensor(0.3, 7).unwrap();
        let (x, z) = (
            b.op_to(product([false; 2]), &[x, weights], quant.clone()),
            b.op_to(product([false; 2]), &[z, weights], quant),
        );
        b.output(x);
        b.output(z);
        let mut graph = b.finish();
        assert!(FuseMatmul.run(&mut graph).unwrap());
        assert_eq!(graph.nodes()[0].inputs[1], graph.nodes()[1].inputs[1]);
    }

    #[test]
    fn swapped_operands_are_read_as_they_are() {
        let mut b = Builder::new();
        let (x, y) = (b.input(&[2, 7, 3]), b.input(&[2, 5, 7]));
        let (x, y) = (b.transpose(x, &[0, 2, 1]), b.transpose(y, &[0, 2, 1]));
        let y = b.op(product([false; 2]), &[x, y]);
        b.output(y);
        check(b, &FuseMatmul, &["BATCH_MATMUL"]);
    }

    #[test]
    fn other_transpositions_stay() {
        let mut b = Builder::new();
        let (x, y) = (b.input(&[3, 2, 7]), b.input(&[7, 5]));
        let x = b.transpose(x, &[1, 0, 2]);
        let turned = b.transpose(y, &[1, 0]);
        b.output(turned);
        let y = b.op(product([false, true]), &[x, turned]);
        b.output(y);
        check(b, &FuseMatmul, &["TRANSPOSE", "TRANSPOSE", "BATCH_MATMUL"]);
    }
}
