//! Products of matrices.

use super::activation::only;
use super::{Build, Row, Term, row};
use crate::ops::batch_matmul::BatchMatmul;
use crate::ops::fully_connected::FullyConnected;
use crate::ops::reduce::Function as R;
use crate::ops::{Activation, OpError};
use crate::tensor::{DType, Quant};

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] = &[row("Einsum", einsum), row("Gemm", gemm), row("MatMul", matmul)];

fn fully_connected(b: &Build) -> FullyConnected {
    FullyConnected { activation: Activation::None, keep_dims: true, rounding: b.layer.rounding }
}

/// The product of `[.., m, k]` and `[.., k, n]`, each possibly with its last two axes swapped.
pub(super) fn product(
    b: &mut Build,
    x: Term,
    y: Term,
    swapped: [bool; 2],
) -> Result<Term, OpError> {
    b.apply(BatchMatmul { swapped, rounding: b.layer.rounding }, &[x, y])
}

/// Whether a product with a matrix is a layer: the matrix is known, and the numbers are real.
fn is_layer(b: &Build, x: Term, y: Term) -> bool {
    let real = b.dtype(x) == DType::F32 || b.ty(x).quant != Quant::None;
    b.constant(y).is_some() && real
}

/// `alpha A B + beta C`.
fn gemm(b: &mut Build) -> Outputs {
    let (x, y) = (b.input(0)?, b.input(1)?);
    let (alpha, beta) = (b.layer.float("alpha", 1.0)?, b.layer.float("beta", 1.0)?);
    let swapped = [b.layer.flag("transA", false)?, b.layer.flag("transB", false)?];
    if [x, y].iter().any(|&term| b.dims(term).len() != 2) {
        return Err(OpError::inconsistent("both factors must have 2 dimensions"));
    }
    let bias = b.optional(2);
    if !is_layer(b, x, y) {
        let mut sum = product(b, x, y, swapped)?;
        sum = b.affine_if(sum, alpha)?;
        if let Some(bias) = bias {
            let bias = b.affine_if(bias, beta)?;
            sum = b.add(sum, bias)?;
        }
        return Ok(only(sum));
    }
    let x = if swapped[0] { b.transpose(x, &[1, 0])? } else { x };
    let filter = if swapped[1] { y } else { b.transpose(y, &[1, 0])? };
    let filter = b.affine_if(filter, alpha)?;
    let units = b.dims(filter)[0];
    let Some(bias) = bias else {
        return b.apply(fully_connected(b), &[x, filter]).map(only);
    };
    let bias = b.affine_if(bias, beta)?;
    // A bias of one row, or of one number, which stands for a row.
    let (elements, last) = (b.ty(bias).shape.elements(), b.ty(bias).shape.last());
    if elements == units && (last == units) {
        let bias = b.reshape(bias, [units])?;
        return b.apply(fully_connected(b), &[x, filter, bias]).map(only);
    }
    let sum = b.apply(fully_connected(b), &[x, filter])?;
    b.add(sum, bias).map(only)
}

/// Vectors count as matrices of one row or column, which then goes.
fn matmul(b: &mut Build) -> Outputs {
    let (x, y) = (b.input(0)?, b.input(1)?);
    multiply_matrices(b, x, y).map(only)
}

pub(super) fn multiply_matrices(b: &mut Build, x: Term, y: Term) -> Result<Term, OpError> {
    let (mut left, mut right) = (b.dims(x), b.dims(y));
    let vectors = [left.len() == 1, right.len() == 1];
    if left.is_empty() || right.is_empty() {
        return Err(OpError::inconsistent("the factors must have at least 1 dimension"));
    }
    if vectors[0] {
        left.insert(0, 1);
    }
    if vectors[1] {
        right.push(1);
    }
    let (x, y) = (b.reshape(x, left)?, b.reshape(y, right.clone())?);
    let result = if right.len() == 2 && is_layer(b, x, y) {
        let filter = b.transpose(y, &[1, 0])?;
        b.apply(fully_connected(b), &[x, filter])?
    } else {
        product(b, x, y, [false, false])?
    };
    let mut dims = b.dims(result);
    if vectors[1] {
        dims.pop();
    }
    if vectors[0] {
        dims.remove(dims.len() - if vectors[1] { 1 } else { 2 });
    }
    b.reshape(result, dims)
}

/// Sums of products over letters that the output does not have: of one or two operands, no letter
/// twice in one.
fn einsum(b: &mut Build) -> Outputs {
    let equation = b.layer.text("equation", "")?;
    let equation: String = equation.chars().filter(|c| !c.is_whitespace()).collect();
    let inputs = b.all_inputs()?;
    let (left, output) = match equation.split_once("->") {
        Some((left, output)) => (left.to_owned(), output.to_owned()),
        None => (equation.clone(), implied(&equation)),
    };
    let mut terms: Vec<(Term, Vec<char>)> = Vec::new();
    let parts: Vec<&str> = left.split(',').collect();
    if parts.len() != inputs.len() || parts.len() > 2 {
        let text = format!("`{equation}` for {} inputs is not supported", inputs.len());
        return Err(OpError::unsupported(text));
    }
    let most = inputs.iter().map(|&input| b.dims(input).len()).max().unwrap_or(0);
    for (part, &input) in parts.iter().zip(&inputs) {
        terms.push((input, letters(part, b.dims(input).len(), most)?));
    }
    let covered = |list: &[char]| list.iter().filter(|c| c.is_ascii_digit()).count();
    let widest = terms.iter().map(|(_, list)| covered(list)).max().unwrap_or(0);
    let output = letters(&output, output.replace("...", "").len() + widest, most)?;
    let (x, list) = match &terms[..] {
        [(x, list)] => (*x, list.clone()),
        [x, y] => contract(b, x, y, &output)?,
        _ => return Err(OpError::inconsistent("has no operand")),
    };
    ordered(b, x, &list, &output).map(only)
}

/// Without an arrow, the output has the letters that occur once, in order.
fn implied(equation: &str) -> String {
    let mut letters: Vec<char> = equation.chars().filter(char::is_ascii_alphabetic).collect();
    letters.sort_unstable();
    let once = |c: &&char| equation.matches(**c).count() == 1;
    let once: String = letters.iter().filter(once).collect();
    if equation.contains("...") { format!("...{once}") } else { once }
}

/// One letter per axis; digits count the axes of an ellipsis from the last one on.
fn letters(part: &str, rank: usize, most: usize) -> Result<Vec<char>, OpError> {
    let bad = || OpError::unsupported(format!("term `{part}` does not fit {rank} axes"));
    let stated = part.replace("...", "");
    let rest = rank.checked_sub(stated.chars().count()).ok_or_else(bad)?;
    if rest > 9 || most > 9 || (rest > 0 && !part.contains("...")) {
        return Err(bad());
    }
    let digits: String = (0..rest).rev().map(|digit| char::from(b'0' + digit as u8)).collect();
    let list: Vec<char> = part.replace("...", &digits).chars().collect();
    let legal = |(at, c): (usize, &char)| c.is_ascii_alphanumeric() && !list[..at].contains(c);
    if list.iter().enumerate().all(legal) { Ok(list) } else { Err(bad()) }
}

/// The product of two tensors, summed over the letters that only they have.
fn contract(
    b: &mut Build,
    (x, left): &(Term, Vec<char>),
    (y, right): &(Term, Vec<char>),
    output: &[char],
) -> Result<(Term, Vec<char>), OpError> {
    let pick = |list: &[char], wanted: &dyn Fn(&char) -> bool| -> Vec<char> {
        list.iter().copied().filter(|c| wanted(c)).collect()
    };
    // Letters of one operand that the output lacks are summed first.
    let only_left = pick(left, &|c| right.contains(c) || output.contains(c));
    let only_right = pick(right, &|c| left.contains(c) || output.contains(c));
    let (x, y) = (ordered(b, *x, left, &only_left)?, ordered(b, *y, right, &only_right)?);
    let (left, right) = (only_left, only_right);
    let batch = pick(&left, &|c| right.contains(c) && output.contains(c));
    let inner = pick(&left, &|c| right.contains(c) && !output.contains(c));
    let rows = pick(&left, &|c| !right.contains(c));
    let columns = pick(&right, &|c| !left.contains(c));
    let x = ordered(b, x, &left, &[&batch[..], &rows, &inner].concat())?;
    let y = ordered(b, y, &right, &[&batch[..], &inner, &columns].concat())?;
    let (from, to) = (b.dims(x), b.dims(y));
    let sizes = |dims: &[usize]| dims.iter().product::<usize>();
    let (shared, [m, k, n]) = (
        batch.len(),
        [
            sizes(&from[batch.len()..batch.len() + rows.len()]),
            sizes(&from[batch.len() + rows.len()..]),
            sizes(&to[batch.len() + inner.len()..]),
        ],
    );
    let x = b.reshape(x, [&from[..shared], &[m, k]].concat())?;
    let y = b.reshape(y, [&to[..shared], &[k, n]].concat())?;
    let result = product(b, x, y, [false, false])?;
    let met: Vec<usize> = b.dims(result)[..shared].to_vec();
    let dims = [&met[..], &from[shared..shared + rows.len()], &to[shared + inner.len()..]].concat();
    Ok((b.reshape(result, dims)?, [batch, rows, columns].concat()))
}

/// The axes `from` as `to`: those that `to` lacks are summed up.
fn ordered(b: &mut Build, x: Term, from: &[char], to: &[char]) -> Result<Term, OpError> {
    let gone: Vec<usize> = (0..from.len()).filter(|&axis| !to.contains(&from[axis])).collect();
    let kept: Vec<char> = from.iter().copied().filter(|c| to.contains(c)).collect();
    let x = if gone.is_empty() { x } else { b.reduce(R::Sum, x, &gone, false)? };
    let place = |c: &char| kept.iter().position(|other| other == c);
    let permutation: Option<Vec<usize>> = to.iter().map(place).collect();
    let permutation = permutation.ok_or_else(|| {
        OpError::inconsistent("the output has a letter that the operands do not have")
    })?;
    b.transpose(x, &permutation)
}
