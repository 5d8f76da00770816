//! `DYNAMIC_UPDATE_SLICE`: a tensor with a part of it replaced.
//!
//! Inputs: any tensor; the part, of the same rank; where it starts, one number per axis (see
//! [`index`] for places outside the tensor). Output: like the first input.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::index::{self, Along};
use super::common::movement::placed::Placed;
use super::common::movement::{self, Transfer};
use super::{Arg, Call, Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Shape, TensorType};

/// A replacement; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct DynamicUpdateSlice;

const UPDATE: Source =
    Source { file: "smidgen_update_slice.h", text: include_str!("update_slice.h") };

impl OpDef for DynamicUpdateSlice {
    const NAME: &'static str = "DYNAMIC_UPDATE_SLICE";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "update_slice_move", needs: &[], accepts: |_, _| true, lower }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let &[x, part, starts] = inputs else {
            return Err(OpError::inconsistent("needs three inputs"));
        };
        let fits = x.shape.rank() == part.shape.rank()
            && x.shape.dims().iter().zip(part.shape.dims()).all(|(whole, part)| part <= whole);
        if !fits {
            let text = format!("a part of shape {} does not fit into {}", part.shape, x.shape);
            return Err(OpError::inconsistent(text));
        }
        if starts.shape.elements() != x.shape.rank() {
            let text = format!("the start {} must have a number per axis", starts.shape);
            return Err(OpError::inconsistent(text));
        }
        Ok(vec![(x.dtype, x.shape.clone())])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check_first(site, Self::TYPES, 2)?;
        // A part that would stick out is moved inside, also by a constant: the operator says so.
        let start = site.input(2).dtype;
        if matches!(start, DType::I32 | DType::I64) {
            return Ok(());
        }
        let text = format!("the start must be int32 or int64, not `{start}`");
        Err(OpError::unsupported(text))
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let whole = Transfer::whole(0, 0, site.input(0).shape.elements());
        let (part, axes) = part(site);
        let placed = Placed { transfer: &part, input: 2, axes: &axes, in_output: true };
        movement::eval(&[whole, placed.at(&index::numbers(inputs[2]))], site, inputs)
    }
}

/// The part written at the start of the output, and how the numbers move it.
fn part(site: &Site) -> (Transfer, Vec<Along>) {
    let (whole, part) = (&site.output(0).shape, &site.input(1).shape);
    let strides = whole.strides();
    let transfer = Transfer::copy(part.dims(), (1, 0, &part.strides()), (0, 0, &strides));
    let places = whole.dims().iter().zip(part.dims()).map(|(whole, part)| whole - part + 1);
    let axes = places.zip(strides).map(|(places, step)| Along::axis(places, step)).collect();
    (transfer, axes)
}

/// In place, the part alone is written.
fn lower(_: &DynamicUpdateSlice, site: &Site) -> Lowering {
    let (part, axes) = part(site);
    let placed = Placed { transfer: &part, input: 2, axes: &axes, in_output: true };
    let mut lowered = placed.lower(site);
    lowered.sources.push(UPDATE);
    let bytes = site.output(0).bytes();
    let args = vec![("from", Arg::Input(0)), ("to", Arg::Output(0)), ("bytes", Arg::size(bytes))];
    lowered.calls.insert(0, Call { function: "smidgen_keep", args });
    lowered.in_place = vec![0];
    Lowering::Code(lowered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check(part: &[usize], start: (DType, &[usize]), says: &str) {
        let of = |dims: &[usize]| plain(DType::F32, dims);
        let types = [of(&[4, 5]), of(part), plain(start.0, start.1)];
        let text = problem(DynamicUpdateSlice, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn the_part_must_fit() {
        check(&[5, 1], (DType::I32, &[2]), "does not fit");
        check(&[5], (DType::I32, &[2]), "does not fit");
        check(&[2, 2], (DType::I32, &[1]), "a number per axis");
        check(&[2, 2], (DType::F32, &[2]), "must be int32 or int64");
    }
}
