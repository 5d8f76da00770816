//! `PAD` and `PADV2`: surrounds a tensor with a constant.
//!
//! Input: any tensor. Output: each axis longer by what is added before and after it.

pub(super) mod cases;
mod export;
mod import;

pub(super) use export::padded;
pub(super) use import::{paddings, zero};

use super::common::movement::{self, Loop, Origin, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a padding.
#[derive(Debug, Clone, PartialEq)]
pub struct Pad {
    /// For each axis, how many elements are added before and after.
    pub amounts: Vec<[usize; 2]>,
    /// The one element that is added, of the input's type.
    pub value: Data,
}

impl OpDef for Pad {
    const NAME: &'static str = "PAD";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "pad_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let dims = movement::padded(&x.shape, &self.amounts)?;
        Ok(vec![(x.dtype, movement::shape(dims)?)])
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let amounts = axes.iter().map(|&axis| self.amounts.get(axis).copied());
        Some(Self { amounts: amounts.collect::<Option<_>>()?, ..self.clone() })
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)?;
        let dtype = site.input(0).dtype;
        if (self.value.dtype(), self.value.len()) == (dtype, 1) {
            return Ok(());
        }
        let text = format!("the padding value must be one element of `{dtype}`");
        Err(OpError::inconsistent(text))
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl Pad {
    /// Fills what lies before and after the input along each axis, then copies the input.
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let (input, output) = (&site.input(0).shape, &site.output(0).shape);
        let to = output.strides();
        let mut transfers = Vec::new();
        // Where the input starts in the output, as far as the axes before this one say.
        let mut first = 0;
        for (axis, &[before, after]) in self.amounts.iter().enumerate() {
            let sides = [(0, before), (before + input[axis], after)];
            for (start, count) in sides.into_iter().filter(|&(_, count)| count > 0) {
                let outer = (0..axis).map(|d| Loop::new(input[d], 0, to[d]));
                let block = Loop::new(count * to[axis], 0, 1);
                transfers.push(Transfer {
                    source: Origin::Data(self.value.clone()),
                    output: 0,
                    first: first + start * to[axis],
                    loops: outer.chain([block]).collect(),
                });
            }
            first += before * to[axis];
        }
        let from = (0, 0, &input.strides()[..]);
        transfers.push(Transfer::copy(input.dims(), from, (0, first, &to)));
        transfers
    }
}
