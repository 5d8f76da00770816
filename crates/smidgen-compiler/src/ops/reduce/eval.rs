//! Reference of the reductions.

use super::{Function, Reduce, count, quantised};
use crate::ops::Site;
use crate::ops::common::binary;
use crate::tensor::{DType, Data};

pub(super) fn eval(op: &Reduce, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let dtype = site.input(0).dtype;
    if let Data::F32(x) = inputs[0] {
        return vec![Data::F32(floats(op, site, x))];
    }
    let x = binary::wide(inputs[0]);
    let quantised = matches!(dtype, DType::I8 | DType::I16);
    let checked = "the site's quantisation has been checked";
    let y = match op.function {
        Function::Mean | Function::Sum if quantised => {
            let sum = quantised::Sum::new(op, site).expect(checked);
            let sums = fold(op, site, &x, |x| x as i32, |sum, x| sum.wrapping_add(x as i32));
            sums.into_iter().map(|total| sum.apply(total).into()).collect()
        }
        Function::Product if quantised => {
            let product = quantised::Product::new(site).expect(checked);
            let totals = fold(op, site, &x, |x| product.first(x), |t, x| product.next(t, x));
            totals.into_iter().map(|total| product.finish(total).into()).collect()
        }
        _ => integers(op, site, &x),
    };
    vec![binary::narrow(dtype, &y)]
}

/// In 64 bits, whose low bits are right however many the type has. A truth value is 0 or not.
fn integers(op: &Reduce, site: &Site, x: &[i64]) -> Vec<i64> {
    let next = |total: i64, x: i64| match op.function {
        Function::Mean | Function::Sum => total.wrapping_add(x),
        Function::Max | Function::Any => total.max(x),
        Function::Min | Function::All => total.min(x),
        Function::Product => total.wrapping_mul(x),
    };
    let mut y = fold(op, site, x, |x| x, next);
    if op.function == Function::Mean {
        for sum in &mut y {
            *sum /= count(site) as i64;
        }
    }
    y
}

fn floats(op: &Reduce, site: &Site, x: &[f32]) -> Vec<f32> {
    let next = |total: f32, x: f32| match op.function {
        Function::Max if x > total => x,
        Function::Min if x < total => x,
        Function::Max | Function::Min => total,
        Function::Product => total * x,
        _ => total + x,
    };
    let first = |x: f32| match op.function {
        Function::Mean | Function::Sum => 0.0 + x,
        _ => x,
    };
    let mut y = fold(op, site, x, first, next);
    if op.function == Function::Mean {
        for sum in &mut y {
            *sum /= count(site) as f32;
        }
    }
    y
}

/// Reduces the elements in their order: the first of each output by `first`, others by `next`.
fn fold<T: Copy, A: Copy>(
    op: &Reduce,
    site: &Site,
    x: &[T],
    first: impl Fn(T) -> A,
    next: impl Fn(A, T) -> A,
) -> Vec<A> {
    let shape = &site.input(0).shape;
    let mut steps = vec![0; shape.rank()];
    let mut elements = 1;
    for axis in (0..shape.rank()).rev().filter(|axis| !op.axes.contains(axis)) {
        steps[axis] = elements;
        elements *= shape[axis];
    }
    let mut totals: Vec<Option<A>> = vec![None; elements];
    let mut index = vec![0; shape.rank()];
    for &x in x {
        let place: usize = index.iter().zip(&steps).map(|(i, step)| i * step).sum();
        totals[place] = Some(totals[place].map_or_else(|| first(x), |total| next(total, x)));
        for axis in (0..shape.rank()).rev() {
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    totals.into_iter().map(|total| total.expect("no dimension is zero")).collect()
}
