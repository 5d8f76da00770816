//! `MIRROR_PAD`: surrounds a tensor with its own reflection.
//!
//! Input: any tensor. Output: each axis longer by what is added before and after it.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Loop, Origin, Transfer, step};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a reflecting padding.
#[derive(Debug, Clone, PartialEq)]
pub struct MirrorPad {
    /// For each axis, how many elements are added before and after.
    pub amounts: Vec<[usize; 2]>,
    /// Whether the outermost elements are repeated in the reflection (`SYMMETRIC`) or not
    /// (`REFLECT`).
    pub repeats_edge: bool,
}

impl OpDef for MirrorPad {
    const NAME: &'static str = "MIRROR_PAD";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "mirror_pad_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let dims = movement::padded(&x.shape, &self.amounts)?;
        for (&dim, amounts) in x.shape.dims().iter().zip(&self.amounts) {
            let most = if self.repeats_edge { dim } else { dim - 1 };
            if let Some(amount) = amounts.iter().find(|&&amount| amount > most) {
                let text = format!("cannot mirror {amount} elements of {dim}, only {most}");
                return Err(OpError::inconsistent(text));
            }
        }
        Ok(vec![(x.dtype, movement::shape(dims)?)])
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let amounts = axes.iter().map(|&axis| self.amounts.get(axis).copied());
        Some(Self { amounts: amounts.collect::<Option<_>>()?, ..self.clone() })
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl MirrorPad {
    /// Copies the input to the middle of the output, then lets it grow axis by axis, the innermost
    /// first, by what the output already has.
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let (input, output) = (&site.input(0).shape, &site.output(0).shape);
        let to = output.strides();
        let starts = self.amounts.iter().zip(&to).map(|(&[before, _], &step)| before * step);
        let mut first: usize = starts.sum();
        let mut transfers =
            vec![Transfer::copy(input.dims(), (0, 0, &input.strides()), (0, first, &to))];
        for axis in (0..input.rank()).rev() {
            let [before, after] = self.amounts[axis];
            let (dim, along) = (input[axis], to[axis]);
            let edge = usize::from(!self.repeats_edge);
            // Where the inner axes start, as they have grown to their full length.
            first -= before * along;
            let last = before + dim - 1;
            let sides = [(before, 0, before + edge + before), (after, last + 1, last + 1 - edge)];
            for (count, start, beyond) in sides.into_iter().filter(|&(count, ..)| count > 0) {
                let outer = (0..axis).map(|d| Loop::new(input[d], to[d], to[d]));
                let mirrored = Loop { count, from: -step(along), to: along };
                transfers.push(Transfer {
                    source: Origin::Output(0, first + (beyond - 1) * along),
                    output: 0,
                    first: first + start * along,
                    loops: outer.chain([mirrored, Loop::new(along, 1, 1)]).collect(),
                });
            }
        }
        transfers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check(op: MirrorPad, shapes: &[&[usize]], says: &str) {
        let types: Vec<_> = shapes.iter().map(|dims| plain(DType::F32, dims)).collect();
        let text = problem(op, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn there_must_be_as_much_to_mirror() {
        let by = |repeats_edge, amount| MirrorPad { amounts: vec![[0, amount]], repeats_edge };
        check(by(false, 3), &[&[3]], "cannot mirror 3 elements of 3, only 2");
        check(by(true, 4), &[&[3]], "cannot mirror 4 elements of 3, only 3");
        check(by(true, usize::MAX), &[&[3]], "cannot mirror");
        check(by(true, 1), &[&[3, 3]], "pads 1 axes");
    }
}
