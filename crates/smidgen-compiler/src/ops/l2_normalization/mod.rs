//! `L2_NORMALIZATION`: rows of the last axis, each divided by the root of the sum of its squares.
//!
//! Input: a tensor of int8 or float32 of rank 1 or more. Output: the same shape; int8 has scale 1/128
//! and zero point 0.

pub(super) mod cases;
mod export;
mod import;
mod kernels;

use super::common::{fixed_math, unary};
use super::{Kernel, OpDef, OpError, Site, keeps_last};
use crate::tensor::{DType, Data, Multiplier, Shape, TensorType};

/// Attributes of a normalisation.
#[derive(Debug, Clone, PartialEq)]
pub struct L2Normalization {
    /// Whether integers get the output's fraction bits before the multiplication, as TFLite does with
    /// uint8, and not after it: this rounds at another place.
    pub widen_first: bool,
}

/// Most int8 elements of a row, whose squares 32 bits can add up.
const MAX_DEPTH: usize = (i32::MAX / (255 * 255)) as usize;

/// Least divisor of floats.
const EPSILON: f32 = 1e-6;

/// Exponent of the output's scale, negated.
const FRACTION_BITS: i32 = 7;

impl OpDef for L2Normalization {
    const NAME: &'static str = "L2_NORMALIZATION";
    const TYPES: &'static [DType] = &[DType::I8, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer_rows(inputs)
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        keeps_last(axes).then(|| self.clone())
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        if site.same_dtype(Self::TYPES)? == DType::F32 {
            return Ok(());
        }
        site.input_quant(0)?;
        let (scale, zero_point) = site.output_quant(0)?;
        if (scale, zero_point) != (1.0 / 128.0, 0) {
            return Err(OpError::inconsistent(format!(
                "the output must have scale `{}` and zero point `0`, not `{scale}` and \
                 `{zero_point}`",
                1.0 / 128.0
            )));
        }
        let depth = site.input(0).shape.last();
        if depth > MAX_DEPTH {
            return Err(OpError::unsupported(format!(
                "rows of {depth} elements are longer than the {MAX_DEPTH} whose squares fit 32 bits"
            )));
        }
        Ok(())
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let depth = site.input(0).shape.last();
        if let Data::F32(x) = inputs[0] {
            return vec![Data::F32(x.chunks(depth).flat_map(float_row).collect())];
        }
        let (_, zero_point) = site.input_quant(0).expect("the site's quantisation is checked");
        let rows = inputs[0].get::<i8>().chunks(depth);
        vec![Data::I8(rows.flat_map(|row| self.int8_row(row, zero_point)).collect())]
    }
}

impl L2Normalization {
    /// Fraction bits of the output that come before the multiplication and after it.
    fn bits(&self) -> (i32, i32) {
        if self.widen_first { (FRACTION_BITS, 0) } else { (0, FRACTION_BITS) }
    }

    fn int8_row(&self, row: &[i8], zero_point: i32) -> Vec<i8> {
        let steps = |&x: &i8| i32::from(x) - zero_point;
        let squares: i32 = row.iter().map(|x| steps(x) * steps(x)).sum();
        let root = fixed_math::inverse_root(squares);
        let (before, after) = self.bits();
        let multiplier = Multiplier { shift: root.shift + after, ..root };
        let output = |x| multiplier.apply_twice_rounded(steps(x) << before).clamp(-128, 127) as i8;
        row.iter().map(output).collect()
    }
}

fn float_row(row: &[f32]) -> Vec<f32> {
    let norm = row.iter().fold(0.0, |sum, x| sum + x * x).sqrt();
    let norm = if norm < EPSILON { EPSILON } else { norm };
    row.iter().map(|x| x / norm).collect()
}
