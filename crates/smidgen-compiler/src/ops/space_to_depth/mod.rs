//! `SPACE_TO_DEPTH` and `DEPTH_TO_SPACE`: squares of pixels become channels, or the other way round.
//!
//! Input and output: `[batch, rows, columns, channels]`.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of an exchange of space and depth.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceToDepth {
    /// Rows and columns of a square, at least 1.
    pub block: usize,
    /// Whether channels become squares (`DEPTH_TO_SPACE`).
    pub inverse: bool,
}

impl OpDef for SpaceToDepth {
    const NAME: &'static str = "SPACE_TO_DEPTH";
    const TYPES: &'static [DType] = &[DType::I8, DType::I32, DType::I64, DType::F32, DType::U8];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "space_to_depth_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let b = self.block;
        let dims = match (x.shape.dims(), b.checked_mul(b)) {
            (_, None | Some(0)) => None,
            (&[n, h, w, c], Some(square)) if self.inverse => {
                c.is_multiple_of(square).then(|| [n, h * b, w * b, c / square])
            }
            (&[n, h, w, c], Some(square)) => {
                let fits = h.is_multiple_of(b) && w.is_multiple_of(b);
                fits.then(|| [n, h / b, w / b, c * square])
            }
            _ => None,
        };
        let dims = dims.ok_or_else(|| {
            OpError::inconsistent(format!("{} does not divide into blocks of {b} by {b}", x.shape))
        })?;
        Ok(vec![(x.dtype, movement::shape(dims.to_vec())?)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl SpaceToDepth {
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let (input, output) = (&site.input(0).shape, &site.output(0).shape);
        let (space, depth) = if self.inverse { (output, input) } else { (input, output) };
        let (b, [n, h, w, _]) = (self.block, [0, 1, 2, 3].map(|axis| depth[axis]));
        let channels = space[3];
        let dims = [n, h, b, w, b, channels];
        let (s, d) = (space.strides(), depth.strides());
        let in_space = [s[0], s[1] * b, s[1], s[2] * b, s[2], 1];
        let in_depth = [d[0], d[1], b * channels, d[2], channels, 1];
        let (from, to) = if self.inverse { (in_depth, in_space) } else { (in_space, in_depth) };
        vec![Transfer::copy(&dims, (0, 0, &from), (0, 0, &to))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check(op: SpaceToDepth, shapes: &[&[usize]], says: &str) {
        let types: Vec<_> = shapes.iter().map(|dims| plain(DType::F32, dims)).collect();
        let text = problem(op, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn blocks_must_divide() {
        let by = |block, inverse| SpaceToDepth { block, inverse };
        for block in [3, 0, usize::MAX] {
            check(by(block, false), &[&[1, 4, 6, 2]], "does not divide");
            check(by(block, true), &[&[1, 4, 6, 8]], "does not divide");
        }
        check(by(2, false), &[&[4, 6, 2]], "does not divide");
    }
}
