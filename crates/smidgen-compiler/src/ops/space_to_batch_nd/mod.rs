//! `SPACE_TO_BATCH_ND` and `BATCH_TO_SPACE_ND`: each place of a block becomes a batch of its own, or
//! the other way round.
//!
//! Space: `[batch, one axis per block size, rest]`. Batches: as many times more batches as a block
//! has places, and the axes shorter by as much.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Loop, Origin, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of an exchange of space and batches.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceToBatchNd {
    /// The block's size along each axis after the first, at least 1.
    pub block: Vec<usize>,
    /// How many elements are added before and after each of them, or cut off where batches become
    /// space.
    pub edges: Vec<[usize; 2]>,
    /// What is added, one element; `None` if batches become space.
    pub padding: Option<Data>,
}

impl OpDef for SpaceToBatchNd {
    const NAME: &'static str = "SPACE_TO_BATCH_ND";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "space_to_batch_nd_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let dims = self.output(x.shape.dims()).ok_or_else(|| {
            let Self { block, edges, .. } = self;
            let text = format!("{} does not fit blocks of {block:?} with edges {edges:?}", x.shape);
            OpError::inconsistent(text)
        })?;
        Ok(vec![(x.dtype, movement::shape(dims)?)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)?;
        let dtype = site.input(0).dtype;
        match &self.padding {
            Some(value) if (value.dtype(), value.len()) != (dtype, 1) => {
                let text = format!("the padding value must be one element of `{dtype}`");
                Err(OpError::inconsistent(text))
            }
            _ => Ok(()),
        }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

/// Most axes of a block; images have two.
const MAX_AXES: usize = 3;

/// Places of a block along one axis that have the same elements: places `place..place + places`,
/// of whose batches the elements `first..first + count` are inside the space.
struct Group {
    place: usize,
    places: usize,
    first: usize,
    count: usize,
}

impl SpaceToBatchNd {
    fn output(&self, input: &[usize]) -> Option<Vec<usize>> {
        let mut dims = input.to_vec();
        let axes = self.block.len();
        if axes != self.edges.len() || axes >= dims.len() || axes > MAX_AXES {
            return None;
        }
        let places = self.block.iter().try_fold(1usize, |n, &size| n.checked_mul(size))?;
        let (batches, axes) = dims.split_first_mut()?;
        for ((dim, &size), &[before, after]) in axes.iter_mut().zip(&self.block).zip(&self.edges) {
            let edges = before.checked_add(after)?;
            *dim = if self.padding.is_some() {
                let padded = dim.checked_add(edges)?;
                padded.is_multiple_of(size).then(|| padded / size)?
            } else {
                dim.checked_mul(size)?.checked_sub(edges)?
            };
        }
        *batches = if self.padding.is_some() {
            batches.checked_mul(places)?
        } else {
            batches.is_multiple_of(places).then(|| *batches / places)?
        };
        Some(dims)
    }

    /// One copy per combination of the groups along the axes: nine at most for an image, one
    /// without edges. What is padded is filled before.
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let (input, output) = (&site.input(0).shape, &site.output(0).shape);
        let (space, batches) = match self.padding {
            Some(_) => (input, output),
            None => (output, input),
        };
        let mut copies = vec![Copy { in_space: 0, in_batches: 0, loops: Vec::new() }];
        let (s, b) = (space.strides(), batches.strides());
        // From one place of the block along an axis to the next: the batches of the axes after it.
        let mut batch_step = b[0] * space[0];
        for axis in (0..self.block.len()).rev() {
            let groups = groups(self.block[axis], self.edges[axis][0], space[axis + 1]);
            let strides = (s[axis + 1], b[axis + 1], batch_step);
            let size = self.block[axis];
            let before = self.edges[axis][0];
            copies = copies
                .iter()
                .flat_map(|copy| groups.iter().map(|group| copy.with(group, size, before, strides)))
                .collect();
            batch_step *= size;
        }
        let rest: usize = space.dims()[self.block.len() + 1..].iter().product();
        let outside = [(space[0], s[0], b[0]), (rest, 1, 1)];
        let transfer = |copy: Copy| copy.transfer(&outside, self.padding.is_some());
        let fill = self.padding.clone().filter(|_| self.edges.iter().any(|&edge| edge != [0, 0]));
        let fill = fill.map(|value| Transfer::fill(value, 0, output.elements()));
        fill.into_iter().chain(copies.into_iter().map(transfer)).collect()
    }
}

/// Groups the `size` places of a block by which of their elements lie in a space of `dim`
/// elements that starts `before` elements late.
fn groups(size: usize, before: usize, dim: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for place in 0..size {
        let first = before.saturating_sub(place).div_ceil(size);
        let count = (before + dim).saturating_sub(place).div_ceil(size) - first;
        match groups.last_mut() {
            Some(group) if (group.first, group.count) == (first, count) => group.places += 1,
            _ => groups.push(Group { place, places: 1, first, count }),
        }
    }
    groups.retain(|group| group.count > 0);
    groups
}

/// A copy between space and batches.
struct Copy {
    in_space: usize,
    in_batches: usize,
    /// Count, step in space, step in batches.
    loops: Vec<(usize, usize, usize)>,
}

impl Copy {
    /// This copy for a group of places along one more axis, whose steps in space, in batches, and
    /// from one place's batch to the next are given.
    fn with(
        &self,
        group: &Group,
        size: usize,
        before: usize,
        (space, batch, place): (usize, usize, usize),
    ) -> Self {
        let &Group { place: at, places, first, count } = group;
        let added = [(places, space, place), (count, size * space, batch)];
        Self {
            in_space: self.in_space + (first * size + at - before) * space,
            in_batches: self.in_batches + at * place + first * batch,
            loops: added.into_iter().chain(self.loops.iter().copied()).collect(),
        }
    }

    fn transfer(self, outside: &[(usize, usize, usize); 2], to_batches: bool) -> Transfer {
        let (first, last) = (outside[0], outside[1]);
        let loops = [first].into_iter().chain(self.loops).chain([last]);
        // Source and output, given space and batches.
        let directed = |space, batches| {
            if to_batches { (space, batches) } else { (batches, space) }
        };
        let (from, to) = directed(self.in_space, self.in_batches);
        let loops = loops.map(|(count, space, batches)| {
            let (from, to) = directed(space, batches);
            Loop::new(count, from, to)
        });
        let loops = loops.collect();
        Transfer { source: Origin::Input(0, from), output: 0, first: to, loops }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check(op: SpaceToBatchNd, shapes: &[&[usize]], says: &str) {
        let types: Vec<_> = shapes.iter().map(|dims| plain(DType::F32, dims)).collect();
        let text = problem(op, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn blocks_must_fit() {
        let by = |block: &[usize], edges: &[[usize; 2]], pads: bool| SpaceToBatchNd {
            block: block.to_vec(),
            edges: edges.to_vec(),
            padding: pads.then(|| Data::zeros(DType::F32, 1)),
        };
        check(by(&[2], &[[0, 0]], true), &[&[1, 3, 2]], "does not fit");
        check(by(&[2], &[[0, usize::MAX]], true), &[&[1, 3, 2]], "does not fit");
        check(by(&[2], &[[9, 0]], false), &[&[2, 3, 2]], "does not fit");
        check(by(&[2], &[[0, 0]], false), &[&[3, 3, 2]], "does not fit");
        check(by(&[2, 2], &[[0, 0]], true), &[&[1, 2, 2]], "does not fit");
        check(by(&[1; 4], &[[0, 0]; 4], true), &[&[1; 6]], "does not fit");
        check(by(&[2], &[[6, 0]], false), &[&[2, 3, 2]], "zero");
    }
}
