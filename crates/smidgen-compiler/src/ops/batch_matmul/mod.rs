//! `BATCH_MATMUL`: products of matrices.
//!
//! Inputs: `[…, rows, depth]` and `[…, depth, columns]`; either may be stored with its last two axes
//! swapped. Output: `[…, rows, columns]`; the axes before are broadcast.

pub(super) mod cases;
mod eval;
mod export;
mod import;
mod kernels;

use super::common::broadcast::Broadcast;
use super::requantisation::{Requantisation, SINGLE, Scheme};
use super::wide::{Scaling, Wide};
use super::{Activation, Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// A product of matrices.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchMatmul {
    /// Whether the last two axes of each operand are swapped.
    pub swapped: [bool; 2],
    /// Whether the scales of the operands are multiplied in double precision, as in TFLite Micro, or
    /// in single precision, as in LiteRT; onnxruntime multiplies sums in single precision as well.
    pub rounding: Rounding,
}

/// Sizes and strides of a product.
struct Geometry {
    rows: usize,
    columns: usize,
    depth: usize,
    /// Elements from one row of the left operand to the next, and from one place of depth.
    left: [usize; 2],
    /// Elements from one place of depth of the right operand to the next, and from one column.
    right: [usize; 2],
    /// How matrices meet; steps count matrices.
    batches: Broadcast<2>,
}

impl OpDef for BatchMatmul {
    const NAME: &'static str = "BATCH_MATMUL";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [left, right] = inputs else {
            return Err(OpError::inconsistent(format!("needs 2 inputs, not {}", inputs.len())));
        };
        let geometry = self.geometry(&left.shape, &right.shape)?;
        let mut dims = geometry.batches.shape.dims().to_vec();
        dims.extend([geometry.rows, geometry.columns]);
        let shape = Shape::new(dims).map_err(|e| OpError::inconsistent(e.to_string()))?;
        Ok(vec![(left.dtype, shape)])
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let matrix = axes.len().checked_sub(2)?;
        (axes[matrix..] == [matrix, matrix + 1]).then(|| self.clone())
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        match site.same_dtype(Self::TYPES)? {
            DType::I8 => self.requantisation(site).map(|_| ()),
            DType::I16 => self.wide(site).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn macs(&self, site: &Site) -> u64 {
        (site.output(0).shape.elements() as u64).saturating_mul(self.depth(site) as u64)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

impl BatchMatmul {
    /// Multiplier and zero points of an int8 site.
    fn requantisation(&self, site: &Site) -> Result<Requantisation, OpError> {
        let scheme = match self.rounding {
            Rounding::Litert => SINGLE,
            rounding => Scheme::of_sums(rounding),
        };
        Requantisation::whole(site, Activation::None, scheme)
    }

    /// The same of an int16 site.
    fn wide(&self, site: &Site) -> Result<Wide, OpError> {
        Wide::new(self.requantisation(site)?, Scaling::Cut)
    }

    /// Products of a sum.
    fn depth(&self, site: &Site) -> usize {
        let dims = site.input(0).shape.dims();
        dims[dims.len() - if self.swapped[0] { 2 } else { 1 }]
    }

    fn geometry(&self, left: &Shape, right: &Shape) -> Result<Geometry, OpError> {
        let split = |shape: &Shape| match shape.dims() {
            [batches @ .., m, n] => Shape::new(batches).ok().map(|batches| (batches, [*m, *n])),
            _ => None,
        };
        let (Some((a, [m, k])), Some((b, [l, n]))) = (split(left), split(right)) else {
            return Err(OpError::inconsistent("operands must have at least 2 dimensions"));
        };
        let batches = Broadcast::new([&a, &b])?;
        let (rows, depth, left) = if self.swapped[0] { (k, m, [1, k]) } else { (m, k, [k, 1]) };
        let (inner, columns, right) = if self.swapped[1] { (n, l, [1, n]) } else { (l, n, [n, 1]) };
        if depth != inner {
            return Err(OpError::inconsistent(format!(
                "the left matrices have {depth} columns, the right ones {inner} rows"
            )));
        }
        Ok(Geometry { rows, columns, depth, left, right, batches })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::plain;

    fn check(
        left: &[usize],
        right: &[usize],
        swapped: [bool; 2],
        expected: Result<&[usize], &str>,
    ) {
        let (left, right) = (plain(DType::F32, left), plain(DType::F32, right));
        let inferred = BatchMatmul { swapped, rounding: Rounding::Tflm }.infer(&[&left, &right]);
        let dims = inferred.map(|outputs| outputs[0].1.dims().to_vec());
        assert_eq!(dims.as_deref().map_err(|error| error.text.as_str()), expected);
    }

    #[test]
    fn matrices_are_broadcast() {
        check(&[2, 1, 3, 4], &[5, 4, 6], [false, false], Ok(&[2, 5, 3, 6]));
        check(&[4, 3], &[6, 4], [true, true], Ok(&[3, 6]));
    }

    #[test]
    fn contradictions_are_refused() {
        let text = "the left matrices have 4 columns, the right ones 5 rows";
        check(&[3, 4], &[5, 6], [false, false], Err(text));
        check(&[3], &[3, 1], [false, false], Err("operands must have at least 2 dimensions"));
    }
}
