//! Conformance cases of `ROWS`.

use super::{Link, Part, RowOperand, Rows};
use crate::ops::case::{Case, Random, plain};
use crate::ops::elementwise::{Elementwise, Function};
use crate::ops::reduce::{self, Reduce};
use crate::ops::squared_difference::SquaredDifference;
use crate::ops::{Activation, Op, add, mul};
use crate::tensor::{DType, Data, Quant, Rounding, Shape, TensorType};

const X: Link = Link::Operand(0);
const FACTOR: Link = Link::Operand(1);

fn mean() -> Op {
    Reduce {
        function: reduce::Function::Mean,
        axes: vec![0],
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

fn inverse_root() -> Op {
    Elementwise { function: Function::Rsqrt, rounding: Rounding::Tflm }.into()
}

/// Parts on rows of `length` elements.
fn parts(dtype: DType, length: usize, list: Vec<(Op, Vec<Link>, usize, f32)>) -> Vec<Part> {
    let part = |(op, inputs, elements, scale): (Op, Vec<Link>, usize, f32)| Part {
        op,
        inputs,
        ty: of(dtype, if elements == 1 { 1 } else { length }, scale),
    };
    list.into_iter().map(part).collect()
}

/// A row; integers have the scale.
fn of(dtype: DType, elements: usize, scale: f32) -> TensorType {
    let quant = match dtype {
        DType::F32 => Quant::None,
        DType::I8 => Quant::per_tensor(scale, -3).expect("the scale is positive"),
        _ => Quant::per_tensor(scale / 256.0, 0).expect("the scale is positive"),
    };
    TensorType { quant, ..plain(dtype, &[elements]) }
}

/// A normalisation as Keras' layer of that name computes it, but for the offset.
fn normalisation(dtype: DType, length: usize, factors: usize) -> Vec<Part> {
    let all = length;
    parts(
        dtype,
        length,
        vec![
            (mean(), vec![X], 1, 0.02),
            (SquaredDifference.into(), vec![X, Link::Part(0)], all, 0.1),
            (mean(), vec![Link::Part(1)], 1, 0.1),
            (inverse_root(), vec![Link::Part(2)], 1, 0.05),
            (product(), vec![Link::Part(3), FACTOR], factors, 0.06),
            (product(), vec![Link::Part(0), Link::Part(4)], factors, 0.05),
            (product(), vec![Link::Part(4), X], all, 0.07),
            (sum(), vec![Link::Part(5), Link::Part(6)], all, 0.08),
        ],
    )
}

/// A difference to the mean, which is a row that two loops read.
fn kept(dtype: DType, length: usize, _: usize) -> Vec<Part> {
    parts(
        dtype,
        length,
        vec![
            (mean(), vec![X], 1, 0.02),
            (sum(), vec![X, Link::Part(0)], length, 0.08),
            (product(), vec![Link::Part(1), FACTOR], length, 0.1),
            (mean(), vec![Link::Part(2)], 1, 0.1),
            (sum(), vec![Link::Part(3), Link::Part(2)], length, 0.1),
            (product(), vec![Link::Part(4), Link::Part(1)], length, 0.1),
        ],
    )
}

/// A row becomes one element.
fn reduced(dtype: DType, length: usize, _: usize) -> Vec<Part> {
    parts(
        dtype,
        length,
        vec![
            (product(), vec![X, X], length, 0.1),
            (sum(), vec![Link::Part(0), FACTOR], length, 0.1),
            (mean(), vec![Link::Part(1)], 1, 0.1),
            (inverse_root(), vec![Link::Part(2)], 1, 0.05),
        ],
    )
}

/// Makes the parts for an element type, a length of rows and a number of factors.
type Parts = fn(DType, usize, usize) -> Vec<Part>;

pub(crate) fn cases() -> Vec<Case> {
    let mut random = Random::new(11);
    let mut cases = Vec::new();
    let forms: [(&str, Parts); 3] =
        [("normalisation", normalisation), ("kept", kept), ("reduced", reduced)];
    for (name, form) in forms {
        for dtype in [DType::F32, DType::I8, DType::I16] {
            for (count, length, factors) in [(7, 5, 5), (1, 9, 9), (3, 4, 1)] {
                let parts = form(dtype, length, factors);
                let (x, factor) = (of(dtype, length, 0.05), of(dtype, factors, 0.01));
                let last = &parts[parts.len() - 1].ty;
                let wide = |ty: &TensorType| {
                    let dims = [count, ty.shape.elements()];
                    TensorType { shape: Shape::new(dims).expect("it is small"), ..ty.clone() }
                };
                let quant = last.quant.clone();
                let op = Rows {
                    count,
                    operands: vec![
                        RowOperand { ty: x.clone(), moves: true },
                        RowOperand { ty: factor.clone(), moves: false },
                    ],
                    shape: wide(last).shape,
                    parts,
                };
                let constant: Option<Data> = (count > 1).then(|| random.data(dtype, factors));
                let inputs = vec![(wide(&x), None), (factor, constant)];
                let name = format!("{name}_{count}_rows_{dtype}");
                cases.push(Case::new(&name, op, inputs, &[quant]));
            }
        }
    }
    cases
}
