//! `TILE` and `BROADCAST_TO`: a tensor again and again along its axes.
//!
//! Input: any tensor. Output: each axis as many times as long as [`Tile::counts`] says.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Loop, Origin, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, MAX_RANK, Shape, TensorType};

/// Attributes of a repetition.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// How often the input occurs along each axis of the output. Where there are more axes than
    /// the input has, the first ones are new.
    pub counts: Vec<usize>,
}

impl OpDef for Tile {
    const NAME: &'static str = "TILE";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "tile_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let Some(new) = self.counts.len().checked_sub(x.shape.rank()) else {
            let text = format!("repeats {} axes of {}", self.counts.len(), x.shape);
            return Err(OpError::inconsistent(text));
        };
        let dims = std::iter::repeat_n(&1, new).chain(x.shape.dims());
        let dims: Vec<_> =
            dims.zip(&self.counts).map(|(dim, &count)| dim.saturating_mul(count)).collect();
        // Every axis is two loops if it has several elements several times.
        let both = x.shape.dims().iter().zip(&self.counts[new..]);
        let both = both.filter(|&(&dim, &count)| dim > 1 && count > 1).count();
        let repeated = self.counts.iter().filter(|&&count| count > 1).count();
        let long = x.shape.dims().iter().filter(|&&dim| dim > 1).count();
        if both > 0 && repeated + long > MAX_RANK {
            let text = format!("{} repeated {:?} times needs too many loops", x.shape, self.counts);
            return Err(OpError::unsupported(text).hint("use several layers, one per axis"));
        }
        Ok(vec![(x.dtype, movement::shape(dims)?)])
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let counts = axes.iter().map(|&axis| self.counts.get(axis).copied());
        Some(Self { counts: counts.collect::<Option<_>>()? })
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl Tile {
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let (input, output) = (&site.input(0).shape, &site.output(0).shape);
        let (from, to) = (input.strides(), output.strides());
        let new = output.rank() - input.rank();
        let along = |(axis, &count): (usize, &usize)| {
            let (dim, from) = axis.checked_sub(new).map_or((1, 0), |old| (input[old], from[old]));
            [Loop::new(count, 0, dim * to[axis]), Loop::new(dim, from, to[axis])]
        };
        let loops = self.counts.iter().enumerate().flat_map(along).collect();
        vec![Transfer { source: Origin::Input(0, 0), output: 0, first: 0, loops }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check(op: Tile, shapes: &[&[usize]], says: &str) {
        let types: Vec<_> = shapes.iter().map(|dims| plain(DType::F32, dims)).collect();
        let text = problem(op, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn counts_must_fit() {
        check(Tile { counts: vec![2] }, &[&[2, 3]], "repeats 1 axes");
        check(Tile { counts: vec![usize::MAX, 3] }, &[&[2, 3]], "elements");
        check(Tile { counts: vec![2; 9] }, &[&[2, 3]], "too many loops");
        check(Tile { counts: vec![2; 5] }, &[&[2; 5]], "too many loops");
    }
}
