//! Boxes whose start is known when the model runs.

use super::index::{self, Along};
use super::lowering::{loop_args, shaped};
use super::{Origin, Transfer};
use crate::ops::{Call, Lowered, Site, Source};

/// A transfer that starts elsewhere by what an operand says: in the source, or in the output.
pub(in crate::ops) struct Placed<'a> {
    /// The transfer as it is if all numbers are 0.
    pub transfer: &'a Transfer,
    /// The operand that holds the numbers.
    pub input: usize,
    /// What each number does.
    pub axes: &'a [Along],
    /// Whether it is the output that is written elsewhere.
    pub in_output: bool,
}

impl Placed<'_> {
    /// The transfer for known numbers.
    pub(in crate::ops) fn at(&self, numbers: &[i64]) -> Transfer {
        let place = index::place(self.axes, numbers);
        let mut transfer = self.transfer.clone();
        match (&mut transfer.source, self.in_output) {
            (Origin::Input(_, first) | Origin::Output(_, first), false) => *first += place,
            _ => transfer.first += place,
        }
        transfer
    }

    /// Code that makes the transfer with a copy of at most eight loops.
    pub(in crate::ops) fn lower(&self, site: &Site) -> Lowered {
        let bytes = site.output(self.transfer.output).dtype.bytes();
        let (mut lowered, mut args) = index::lower(site, self.input, self.axes, bytes);
        lowered.sources.push(PLACED);
        let moving = self.axes.iter().filter(|axis| axis.places > 1);
        let steps = moving.fold(0, |bits, axis| bits | (axis.step * bytes));
        let shape = shaped(self.transfer, site, steps, &mut lowered);
        args.splice(0..0, [("from", shape.from), ("to", shape.to)]);
        args.extend(loop_args(shape.unit, shape.loops, 8));
        let function = if self.in_output { "smidgen_move_to" } else { "smidgen_move_from" };
        lowered.calls.push(Call { function, args });
        lowered
    }
}

const PLACED: Source =
    Source { file: "smidgen_placed.h", text: include_str!("../smidgen_placed.h") };
