//! Attention, and the rotation of its operands by their positions.

use super::activation::only;
use super::build::shape;
use super::matrix::product;
use super::movement::cut;
use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::compare::Relation;
use crate::ops::concatenation::Concatenation;
use crate::ops::elementwise::Function as F;
use crate::ops::gather::Gather;
use crate::ops::pad::Pad;
use crate::ops::reduce::Function as R;
use crate::ops::slice::Cut;
use crate::ops::softmax::Softmax;
use crate::tensor::{DType, Data};

type Outputs = Result<Vec<Term>, OpError>;

pub(super) const ROWS: &[Row] =
    &[row("Attention", attention), row("RotaryEmbedding", rotary_embedding)];

/// A count of heads.
fn count(b: &Build, name: &str) -> Result<Option<usize>, OpError> {
    let Some(number) = b.layer.integer(name)?.filter(|&number| number != 0) else {
        return Ok(None);
    };
    usize::try_from(number).map(Some).map_err(|_| {
        OpError::inconsistent(format!("attribute `{name}` is {number}, which is no count"))
    })
}

/// `[batch, time, heads size]` as `[batch, time, heads, size]`.
fn split(b: &mut Build, x: Term, heads: Option<usize>) -> Result<Term, OpError> {
    let dims = b.dims(x);
    let (&[batch, time, width], Some(heads)) = (&dims[..], heads) else {
        return Err(OpError::inconsistent("needs 4 dimensions, or 3 and the number of heads"));
    };
    if width % heads != 0 {
        return Err(OpError::inconsistent(format!("{width} elements do not form {heads} heads")));
    }
    b.reshape(x, [batch, time, heads, width / heads])
}

/// Input `index` as `[batch, heads, time, size]`.
fn heads(b: &mut Build, index: usize, heads: &str) -> Result<Term, OpError> {
    let x = b.input(index)?;
    if b.dims(x).len() == 4 {
        return Ok(x);
    }
    let heads = count(b, heads)?;
    let x = split(b, x, heads)?;
    b.transpose(x, &[0, 2, 1, 3])
}

/// `x` behind what input `index` holds of earlier steps.
fn extended(b: &mut Build, index: usize, x: Term) -> Result<Term, OpError> {
    match b.optional(index) {
        Some(past) => b.apply(Concatenation { axis: 2 }, &[past, x]),
        None => Ok(x),
    }
}

/// `softmax(scale q k' + bias) v` by heads. Several heads of queries may share one of keys and values:
/// their rows then stand below each other.
fn attention(b: &mut Build) -> Outputs {
    let is_flat = b.dims(b.input(0)?).len() == 3;
    let q = heads(b, 0, "q_num_heads")?;
    let (k, v) = (heads(b, 1, "kv_num_heads")?, heads(b, 2, "kv_num_heads")?);
    let (k, v) = (extended(b, 4, k)?, extended(b, 5, v)?);
    let (&[batch, count, rows, size], &[_, shared, columns, _], &[_, _, _, width]) =
        (&b.dims(q)[..], &b.dims(k)[..], &b.dims(v)[..])
    else {
        return Err(OpError::inconsistent("queries, keys and values must have as many dimensions"));
    };
    if shared == 0 || count % shared != 0 {
        let text = format!("{count} heads of queries cannot share {shared} of keys");
        return Err(OpError::inconsistent(text));
    }
    let scale = b.layer.float("scale", 0.0)?;
    let scale = if scale == 0.0 { 1.0 / (size as f32).sqrt() } else { scale };
    let below = count / shared * rows;
    let scaled = b.affine(q, scale, 0.0)?;
    let scaled = b.reshape(scaled, [batch, shared, below, size])?;
    let raw = product(b, scaled, k, [false, true])?;
    let raw = b.reshape(raw, [batch, count, rows, columns])?;
    let capped = softcap(b, raw)?;
    let bias = bias(b, rows, columns)?;
    let biased = bias.map_or(Ok(capped), |bias| b.add(capped, bias))?;
    let weights = b.apply(Softmax { beta: 1.0, rounding: b.layer.rounding }, &[biased])?;
    let weights = bias.map_or(Ok(weights), |bias| unmasked(b, weights, bias))?;
    let own = b.reshape(weights, [batch, shared, below, columns])?;
    let y = product(b, own, v, [false, false])?;
    let mut y = b.reshape(y, [batch, count, rows, width])?;
    if is_flat {
        y = b.transpose(y, &[0, 2, 1, 3])?;
        y = b.reshape(y, [batch, rows, count * width])?;
    }
    let products = match b.layer.integer("qk_matmul_output_mode")?.unwrap_or(0) {
        0 => raw,
        1 => capped,
        2 => biased,
        _ => weights,
    };
    Ok(vec![y, k, v, products])
}

/// `cap tanh(x / cap)`, which is softly limited.
fn softcap(b: &mut Build, x: Term) -> Result<Term, OpError> {
    let cap = b.layer.float("softcap", 0.0)?;
    if cap <= 0.0 {
        return Ok(x);
    }
    let x = b.affine(x, 1.0 / cap, 0.0)?;
    let x = b.function(F::Tanh, x)?;
    b.affine(x, cap, 0.0)
}

/// What is added to the products of queries and keys: 0, or minus infinity where a query must not see a
/// key.
fn bias(b: &mut Build, rows: usize, columns: usize) -> Result<Option<Term>, OpError> {
    let mut bias = b.optional(3).map(|mask| stated(b, mask, columns)).transpose()?;
    let lengths = b.optional(6).map(|lengths| lengths_by_batch(b, lengths)).transpose()?;
    // A query stands behind as many keys as were there before the first one.
    let offset = if let Some(lengths) = lengths {
        let rows = b.number(rows as i64, lengths)?;
        b.subtract(lengths, rows)?
    } else {
        let past = b.optional(4).map_or(0, |past| b.dims(past)[2]);
        b.value(shape(vec![])?, Data::I32(vec![past as i32]))
    };
    let ahead = (0..rows).flat_map(|row| (0..columns).map(move |at| at as i32 - row as i32));
    let ahead = Data::I32(ahead.collect());
    let ahead = b.value(shape(vec![rows, columns])?, ahead);
    let limits = [
        (b.layer.flag("is_causal", false)?.then_some(0), Relation::LessEqual),
        (b.layer.integer("right_window_size")?.filter(|&n| n >= 0), Relation::LessEqual),
        (b.layer.integer("left_window_size")?.filter(|&n| n >= 0), Relation::GreaterEqual),
    ];
    for (size, relation) in limits {
        let Some(size) = size else { continue };
        let size = if relation == Relation::LessEqual { size } else { -size };
        let size = b.number(size, offset)?;
        let limit = b.add(offset, size)?;
        let sees = b.compare(relation, ahead, limit)?;
        bias = Some(masked(b, sees, bias)?);
    }
    if let Some(lengths) = lengths {
        let places = b.list(Data::I32((0..columns as i32).collect()))?;
        let sees = b.compare(Relation::Less, places, lengths)?;
        bias = Some(masked(b, sees, bias)?);
    }
    Ok(bias)
}

/// The numbers of keys that count, as `[batch, 1, 1, 1]`.
fn lengths_by_batch(b: &mut Build, lengths: Term) -> Result<Term, OpError> {
    let lengths = b.cast(lengths, DType::I32)?;
    let batch = b.ty(lengths).shape.elements();
    b.reshape(lengths, [batch, 1, 1, 1])
}

/// `bias` (0 if there is none) where something is seen, else minus infinity: a sum of two would be cut
/// to the least finite number.
fn masked(b: &mut Build, sees: Term, bias: Option<Term>) -> Result<Term, OpError> {
    let (bias, low) = (bias.unwrap_or_else(|| b.float(0.0)), b.float(f32::NEG_INFINITY));
    b.choose(sees, bias, low)
}

/// A mask of the model, of truth values or to be added; keys behind its end are not seen.
fn stated(b: &mut Build, mask: Term, columns: usize) -> Result<Term, OpError> {
    let mask = if b.dtype(mask) == DType::Bool { masked(b, mask, None)? } else { mask };
    let dims = b.dims(mask);
    let missing = dims.last().and_then(|&last| columns.checked_sub(last)).unwrap_or(0);
    if missing == 0 {
        return Ok(mask);
    }
    let mut amounts = vec![[0; 2]; dims.len()];
    amounts[dims.len() - 1] = [0, missing];
    b.apply(Pad { amounts, value: Data::F32(vec![f32::NEG_INFINITY]) }, &[mask])
}

/// Weights, which are 0 for queries that see no key.
fn unmasked(b: &mut Build, weights: Term, bias: Term) -> Result<Term, OpError> {
    let last = b.dims(bias).len().saturating_sub(1);
    let low = b.float(f32::NEG_INFINITY);
    let is_hidden = b.compare(Relation::Equal, bias, low)?;
    let is_blind = b.reduce(R::All, is_hidden, &[last], true)?;
    if let Some(Data::Bool(list)) = b.constant(is_blind)
        && !list.contains(&true)
    {
        return Ok(weights);
    }
    let zero = b.float(0.0);
    b.choose(is_blind, zero, weights)
}

/// Pairs of elements turned by angles that depend on the position: halves of each head, or neighbours.
fn rotary_embedding(b: &mut Build) -> Outputs {
    let input = b.input(0)?;
    let dims = b.dims(input);
    let number = count(b, "num_heads")?;
    let is_flat = dims.len() == 3;
    let x = if is_flat { split(b, input, number)? } else { input };
    let [batch, first, second, size] = b.dims(x)[..] else {
        return Err(OpError::inconsistent("needs 3 or 4 dimensions"));
    };
    let turned = count(b, "rotary_embedding_dim")?.unwrap_or(size);
    if turned % 2 != 0 || turned > size {
        return Err(OpError::inconsistent(format!("{turned} of {size} elements form no pairs")));
    }
    let half = turned / 2;
    let angles = if is_flat { [batch, first, 1, half] } else { [batch, 1, second, half] };
    let mut tables = [b.input(1)?, b.input(2)?];
    if let Some(places) = b.optional(3) {
        for table in &mut tables {
            *table = b.apply(Gather::Axis { axis: 0, batch_dims: 0 }, &[*table, places])?;
        }
    }
    let [cosine, sine] = tables;
    let (cosine, sine) = (b.reshape(cosine, angles)?, b.reshape(sine, angles)?);
    let interleaved = b.layer.flag("interleaved", false)?;
    let part = |b: &mut Build, start, step, count| {
        let mut cuts: Vec<Cut> = [batch, first, second, size]
            .iter()
            .map(|&count| Cut { start: 0, step: 1, count })
            .collect();
        cuts[3] = Cut { start, step, count };
        cut(b, x, cuts)
    };
    let (left, right) = if interleaved {
        (part(b, 0, 2, half)?, part(b, 1, 2, half)?)
    } else {
        (part(b, 0, 1, half)?, part(b, half, 1, half)?)
    };
    let (a, c) = (b.multiply(cosine, left)?, b.multiply(sine, right)?);
    let real = b.subtract(a, c)?;
    let (a, c) = (b.multiply(sine, left)?, b.multiply(cosine, right)?);
    let imaginary = b.add(a, c)?;
    let mut parts = vec![real, imaginary];
    if interleaved {
        let pairs = [batch, first, second, half, 1];
        let all = [b.reshape(real, pairs)?, b.reshape(imaginary, pairs)?];
        let all = b.apply(Concatenation { axis: 4 }, &all)?;
        parts = only(b.reshape(all, [batch, first, second, turned])?);
    }
    if turned < size {
        parts.push(part(b, turned, 1, size - turned)?);
    }
    let y = match parts[..] {
        [y] => y,
        _ => b.apply(Concatenation { axis: 3 }, &parts)?,
    };
    b.reshape(y, dims).map(only)
}
