//! Moves as few bytes in transpositions as it can: nodes between them compute with their axes in
//! another order.
//!
//! A region is grown from a transposition through all nodes that could work in the order on its other
//! side, and is shrunk again where that moves no more bytes. It stays if fewer bytes are moved than
//! without it; so no rewrite ever makes a graph move more.

mod axes;
mod columns;
mod flip;
mod rebuild;
mod region;

use super::Pass;
use crate::diag::Diagnostic;
use crate::graph::Graph;

pub(super) struct FuseTransposes {
    /// Whether sums of floats may be added up in another order.
    pub reorders_sums: bool,
}

/// Sweeps over the graph at a time.
const MAX_SWEEPS: usize = 8;

impl Pass for FuseTransposes {
    fn name(&self) -> &'static str {
        "fuse-transposes"
    }

    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
        for sweep in 0..MAX_SWEEPS {
            let source = graph.clone();
            let mut layout = region::Layout::new(&source, self.reorders_sums);
            if !layout.improve() && !layout.is_redundant() {
                return Ok(sweep > 0);
            }
            rebuild::rebuild(graph, &layout, &source);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, check, check_equal};
    use super::*;
    use crate::graph::ValueId;
    use crate::ops::Op;
    use crate::ops::elementwise::{Elementwise, Function as F};
    use crate::ops::transpose::Transpose;
    use crate::ops::{Activation, add, dequantize, mul, quantize};
    use crate::tensor::Quant;
    use crate::tensor::{DType, Rounding};

    const PASS: FuseTransposes = FuseTransposes { reorders_sums: false };
    const P: [usize; 3] = [1, 2, 0];
    const BACK: [usize; 3] = [2, 0, 1];

    fn unary(function: F) -> Op {
        Elementwise { function, rounding: Rounding::Tflm }.into()
    }

    fn sum() -> Op {
        add::Add { activation: Activation::None, shifting: false, rounding: Rounding::Tflm }.into()
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
        check(b, &PASS, left);
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
    fn what_others_read_is_transposed_for_them() {
        check_chain(
            |b, x| {
                let x = b.transpose(x, &P);
                let x = b.op(unary(F::Tanh), &[x]);
                b.output(x);
                b.transpose(x, &BACK)
            },
            &["TANH", "TRANSPOSE"],
        );
    }

    #[test]
    fn paddings_change_places() {
        check_chain(
            |b, x| {
                let x = b.transpose(x, &P);
                let x = b.pad(x, &[[1, 0], [0, 0], [0, 0]], 3);
                b.transpose(x, &BACK)
            },
            &["PAD"],
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
        let x = b.op(quantize::Quantize { to: DType::I8, rounding: Rounding::Tflm }, &[x]);
        b.output(x);
        check(b, &PASS, &["QUANTIZE", "TRANSPOSE"]);
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
            &["ABS", "TRANSPOSE", "TRANSPOSE", "COPY"],
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
        let log = super::super::run(&mut after, &[&PASS]).unwrap();
        assert!(log.last().unwrap().round <= 20, "{}", log.len());
        let left = after.nodes().iter().filter(|node| node.op.name() == "TRANSPOSE").count();
        assert!(left <= 1, "{left}");
        check_equal(&before, &after);
    }
}
