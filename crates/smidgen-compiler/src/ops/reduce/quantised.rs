//! Means, sums and products of int8 and int16 with a change of scale and zero point.

use super::{Function, Reduce, count};
use crate::ops::common::real;
use crate::ops::{OpError, Site};
use crate::tensor::{DType, Multiplier, Rounding, Single};

/// A mean or sum: `clamp(zero_point + multiplier * (sum of x - offset))`, rounded twice, or in single
/// precision.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sum {
    /// The input's zero point as often as it has been added; wraps, as the sum does.
    pub offset: i32,
    /// Input scale by output scale, and by the number of elements for a mean.
    pub multiplier: Multiplier,
    /// The same number, if single precision is the contract.
    pub single: Option<f32>,
    /// Of the output.
    pub zero_point: i32,
    /// Least and greatest output.
    pub clamp: (i32, i32),
}

impl Sum {
    pub(super) fn new(op: &Reduce, site: &Site) -> Result<Self, OpError> {
        let ((input, from), (output, zero_point)) = (site.input_quant(0)?, site.output_quant(0)?);
        let count = count(site) as i64;
        let mut multiplier = Multiplier::from_real(f64::from(input) / f64::from(output));
        if op.function == Function::Mean {
            // As many bits of the quotient as the mantissa has room for; the remainder is dropped.
            let bits = (count.ilog2() as i32).min(31 + multiplier.shift);
            multiplier.mantissa = ((i64::from(multiplier.mantissa) << bits) / count) as i32;
            multiplier.shift -= bits;
        }
        let offset = (i64::from(from) * count) as i32;
        let dtype = site.output(0).dtype;
        let divisor = if op.function == Function::Mean { count as f32 } else { 1.0 };
        let is_single = (op.rounding, dtype) == (Rounding::Onnx, DType::I8);
        let single = is_single.then_some(input / (output * divisor));
        Ok(Self { offset, multiplier, single, zero_point, clamp: range(dtype) })
    }

    pub(super) fn apply(&self, sum: i32) -> i32 {
        let sum = sum.wrapping_sub(self.offset);
        let scaled = match self.single {
            Some(real) => Single::nearest(sum, real),
            None => self.multiplier.apply_twice_rounded(sum),
        };
        scaled.wrapping_add(self.zero_point).clamp(self.clamp.0, self.clamp.1)
    }
}

/// A product. Each step is scaled, so that 32 bits hold it: for `n` factors by the input scale over
/// the `n`-th root of the output scale.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Product {
    /// Of the input.
    pub input_zero_point: i32,
    /// The scaling of a step: 15 bits.
    pub factor: i32,
    /// Right shift after the multiplication by `factor`, from 1 to 46.
    pub shift: i32,
    /// Of the output.
    pub output_zero_point: i32,
    /// Least and greatest output.
    pub clamp: (i32, i32),
}

impl Product {
    pub(super) fn new(site: &Site) -> Result<Self, OpError> {
        let (input, input_zero_point) = site.input_quant(0)?;
        let (output, output_zero_point) = site.output_quant(0)?;
        let root = real::exp(real::log(output.into()) / count(site) as f64);
        let real = f64::from(input) / root;
        let Multiplier { mantissa, shift } = Multiplier::from_real(real);
        if shift > 14 {
            return Err(OpError::unsupported(format!(
                "the output scale `{output}` is too small for {} factors of scale `{input}`",
                count(site)
            )));
        }
        let factor = ((i64::from(mantissa) + (1 << 15)) >> 16).min(0x7fff) as i32;
        let (shift, clamp) = (15 - shift, range(site.output(0).dtype));
        Ok(Self { input_zero_point, factor, shift, output_zero_point, clamp })
    }

    fn scale(&self, x: i64) -> i32 {
        ((x * i64::from(self.factor) + (1 << (self.shift - 1))) >> self.shift) as i32
    }

    /// The first factor.
    pub(super) fn first(&self, x: i64) -> i32 {
        (x - i64::from(self.input_zero_point)) as i32
    }

    /// The product so far, times another factor.
    pub(super) fn next(&self, product: i32, x: i64) -> i32 {
        self.scale(i64::from(product) * (x - i64::from(self.input_zero_point)))
    }

    /// The output.
    pub(super) fn finish(&self, product: i32) -> i32 {
        let scaled = self.scale(i64::from(product)).wrapping_add(self.output_zero_point);
        scaled.clamp(self.clamp.0, self.clamp.1)
    }
}

/// Least and greatest number of a type of 8 or 16 bits.
fn range(dtype: DType) -> (i32, i32) {
    match dtype {
        DType::I16 => (i16::MIN.into(), i16::MAX.into()),
        _ => (i8::MIN.into(), i8::MAX.into()),
    }
}
