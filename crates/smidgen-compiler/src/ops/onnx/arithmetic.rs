//! Functions of two and more numbers with broadcasting.

use super::activation::only;
use super::{Build, Row, Term, row};
use crate::ops::OpError;
use crate::ops::compare::Relation;
use crate::ops::elementwise::Function as F;
use crate::ops::pairwise::Function as P;
use crate::tensor::{DType, Data, Shape};

type Outputs = Result<Vec<Term>, OpError>;
type Join = fn(&mut Build<'_>, Term, Term) -> Result<Term, OpError>;

pub(super) const ROWS: &[Row] = &[
    row("Add", |b| pair(b, |b, x, y| b.add(x, y))),
    row("And", |b| pair(b, |b, x, y| b.pairwise(P::LogicalAnd, x, y))),
    row("BitShift", bit_shift),
    row("BitwiseAnd", |b| pair(b, bitwise_and)),
    row("BitwiseNot", bitwise_not),
    row("BitwiseOr", |b| pair(b, bitwise_or)),
    row("BitwiseXor", |b| pair(b, |b, x, y| b.pairwise(P::BitwiseXor, x, y))),
    row("Div", |b| pair(b, |b, x, y| b.divide(x, y))),
    row("Equal", |b| pair(b, |b, x, y| b.compare(Relation::Equal, x, y))),
    row("Greater", |b| pair(b, |b, x, y| b.compare(Relation::Greater, x, y))),
    row("GreaterOrEqual", |b| pair(b, |b, x, y| b.compare(Relation::GreaterEqual, x, y))),
    row("IsInf", is_infinite),
    row("IsNaN", is_nan),
    row("Less", |b| pair(b, |b, x, y| b.compare(Relation::Less, x, y))),
    row("LessOrEqual", |b| pair(b, |b, x, y| b.compare(Relation::LessEqual, x, y))),
    row("Max", |b| fold(b, |b, x, y| b.greatest(x, y)).map(only)),
    row("Mean", mean),
    row("Min", |b| fold(b, |b, x, y| b.least(x, y)).map(only)),
    row("Mod", modulo),
    row("Mul", |b| pair(b, |b, x, y| b.multiply(x, y))),
    row("Or", |b| pair(b, |b, x, y| b.pairwise(P::LogicalOr, x, y))),
    row("Pow", power),
    row("Sub", |b| pair(b, |b, x, y| b.subtract(x, y))),
    row("Sum", |b| fold(b, |b, x, y| b.add(x, y)).map(only)),
    row("Where", choose),
    row("Xor", |b| pair(b, |b, x, y| b.compare(Relation::NotEqual, x, y))),
];

/// A function of both inputs. Before version 7, the second is aligned with an axis of the first.
fn pair(b: &mut Build, join: Join) -> Outputs {
    let (x, mut y) = (b.input(0)?, b.input(1)?);
    if b.layer.opset() < 7
        && let Some(axis) = b.layer.integer("axis")?
    {
        let (rank, mut dims) = (b.dims(x).len(), b.dims(y));
        let after = usize::try_from(axis).ok().and_then(|axis| rank.checked_sub(axis));
        let after = after.and_then(|after| after.checked_sub(dims.len()));
        let after = after.ok_or_else(|| OpError::inconsistent("`axis` does not exist"))?;
        dims.extend(vec![1; after]);
        y = b.reshape(y, dims)?;
    }
    join(b, x, y).map(only)
}

fn fold(b: &mut Build, join: Join) -> Result<Term, OpError> {
    let inputs = b.all_inputs()?;
    let (&first, others) =
        inputs.split_first().ok_or_else(|| OpError::inconsistent("has no input"))?;
    others.iter().try_fold(first, |sum, &term| join(b, sum, term))
}

fn mean(b: &mut Build) -> Outputs {
    let sum = fold(b, |b, x, y| b.add(x, y))?;
    let count = b.float(b.layer.inputs.len() as f32);
    b.divide(sum, count).map(only)
}

/// Small integers go through floats, which hold them exactly.
fn power(b: &mut Build) -> Outputs {
    let (x, y) = (b.input(0)?, b.input(1)?);
    let dtype = b.dtype(x);
    if dtype == DType::I32 && b.dtype(y) == DType::I32 {
        return b.pairwise(P::Pow, x, y).map(only);
    }
    let (wide, exponent) = (b.cast(x, DType::F32)?, b.cast(y, DType::F32)?);
    let result = match b.constant(exponent) {
        Some(Data::F32(list)) if list.len() == 1 && list[0].to_bits() == 2f32.to_bits() => {
            b.function(F::Square, wide)?
        }
        _ => b.pairwise(P::Pow, wide, exponent)?,
    };
    b.cast(result, dtype).map(only)
}

/// The remainder has the sign of the divisor, or with `fmod` that of the dividend.
fn modulo(b: &mut Build) -> Outputs {
    let (x, y) = (b.input(0)?, b.input(1)?);
    if !b.layer.flag("fmod", false)? {
        return b.widened(crate::ops::pairwise::Pairwise { function: P::FloorMod }, x, y).map(only);
    }
    // |x| mod |y| has no sign yet.
    let dtype = b.dtype(x);
    let wide = if dtype == DType::F32 || dtype == DType::I64 { dtype } else { DType::I32 };
    let (x, y) = (b.cast(x, wide)?, b.cast(y, wide)?);
    let (size, divisor) = (magnitude(b, x)?, magnitude(b, y)?);
    let rest = b.pairwise(P::FloorMod, size, divisor)?;
    let zero = b.number(0, x)?;
    let is_negative = b.compare(Relation::Less, x, zero)?;
    let turned = b.subtract(zero, rest)?;
    let rest = b.choose(is_negative, turned, rest)?;
    b.cast(rest, dtype).map(only)
}

fn magnitude(b: &mut Build, x: Term) -> Result<Term, OpError> {
    let zero = b.number(0, x)?;
    let minus = b.subtract(zero, x)?;
    b.greatest(x, minus)
}

fn is_nan(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    b.compare(Relation::NotEqual, x, x).map(only)
}

fn is_infinite(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let sides = [
        (b.layer.flag("detect_negative", true)?, f32::NEG_INFINITY),
        (b.layer.flag("detect_positive", true)?, f32::INFINITY),
    ];
    let mut found = None;
    for (_, infinity) in sides.into_iter().filter(|side| side.0) {
        let infinity = b.float(infinity);
        let is_it = b.compare(Relation::Equal, x, infinity)?;
        found = Some(match found {
            Some(before) => b.pairwise(P::LogicalOr, before, is_it)?,
            None => is_it,
        });
    }
    match found {
        Some(found) => Ok(only(found)),
        None => b.compare(Relation::NotEqual, x, x).and_then(|nan| {
            let number = b.compare(Relation::Equal, x, x)?;
            b.pairwise(P::LogicalAnd, nan, number).map(only)
        }),
    }
}

fn choose(b: &mut Build) -> Outputs {
    let (condition, x, y) = (b.input(0)?, b.input(1)?, b.input(2)?);
    b.choose(condition, x, y).map(only)
}

/// `x and y`, as `(x + y - (x xor y)) / 2`.
fn bitwise_and(b: &mut Build, x: Term, y: Term) -> Result<Term, OpError> {
    halved(b, x, y, |b, x, y| b.subtract(x, y))
}

/// `x or y`, as `(x + y + (x xor y)) / 2`: the sum counts common bits twice and others once.
fn bitwise_or(b: &mut Build, x: Term, y: Term) -> Result<Term, OpError> {
    halved(b, x, y, |b, x, y| b.add(x, y))
}

/// `(x + y ± (x xor y)) / 2` in a type that holds the sum.
fn halved(b: &mut Build, x: Term, y: Term, join: Join) -> Result<Term, OpError> {
    let dtype = b.dtype(x);
    if !matches!(dtype, DType::I8 | DType::U8 | DType::I16) {
        let text = format!("is not supported for element type `{dtype}`");
        return Err(OpError::unsupported(text));
    }
    let (x, y) = (b.cast(x, DType::I32)?, b.cast(y, DType::I32)?);
    let differ = b.pairwise(P::BitwiseXor, x, y)?;
    let sum = b.add(x, y)?;
    let twice = join(b, sum, differ)?;
    let one = b.value(Shape::scalar(), Data::I32(vec![1]));
    let result = b.pairwise(P::RightShift, twice, one)?;
    b.cast(result, dtype)
}

fn bitwise_not(b: &mut Build) -> Outputs {
    let x = b.input(0)?;
    let dtype = b.dtype(x);
    let ones = match dtype {
        DType::U8 => 255,
        _ => -1,
    };
    let ones = b.number(ones, x)?;
    b.pairwise(P::BitwiseXor, x, ones).map(only)
}

fn bit_shift(b: &mut Build) -> Outputs {
    let (x, y) = (b.input(0)?, b.input(1)?);
    let right = b.layer.choice("direction", "", &[("RIGHT", true), ("LEFT", false)])?;
    if right && b.dtype(x) == DType::U8 {
        return b.pairwise(P::RightShift, x, y).map(only);
    }
    if right {
        // Negative numbers of places count as many.
        let (zero, most) = (b.number(0, y)?, b.number(31, y)?);
        let is_negative = b.compare(Relation::Less, y, zero)?;
        let places = b.choose(is_negative, most, y)?;
        return b.pairwise(P::RightShift, x, places).map(only);
    }
    // A shift to the left is a product with a power of two, which wraps.
    let dtype = b.dtype(x);
    let two = b.value(Shape::scalar(), Data::I32(vec![2]));
    let (wide, places) = (b.cast(x, DType::I32)?, b.cast(y, DType::I32)?);
    let factor = b.pairwise(P::Pow, two, places)?;
    let product = b.multiply(wide, factor)?;
    b.cast(product, dtype).map(only)
}
