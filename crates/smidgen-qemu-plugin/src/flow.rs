//! Where control flow continues behind a block, and the instruction limit.
//!
//! A taken branch costs more than one that falls through, and only the start of a block tells which
//! it was: its address is the end of the block that ran before, or it is not. Counting the first
//! case is exact for every kind of branch, conditional execution included, without decoding.
//!
//! `Flow` of either variant registers what every block needs at its start.

use crate::counter::leaked_cell;
use std::cell::Cell;
use std::collections::BTreeMap;

#[cfg(qemu_plugin_v1)]
#[path = "flow_v1.rs"]
mod variant;
#[cfg(not(qemu_plugin_v1))]
#[path = "flow_v3.rs"]
mod variant;

pub(crate) use variant::Flow;

/// A block of code.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    /// Address of the first instruction.
    pub(crate) start: u32,
    /// Address behind the last instruction.
    pub(crate) end: u32,
    /// Number of instructions.
    pub(crate) instructions: u64,
}

/// By address, how often the block that ended there was followed by the one that starts there.
#[derive(Default)]
struct Continued {
    cells: BTreeMap<u32, &'static Cell<u64>>,
}

impl Continued {
    /// The counter of an address, and whether it is new.
    fn at(&mut self, address: u32) -> (&'static Cell<u64>, bool) {
        let known = self.cells.len();
        let cell = *self.cells.entry(address).or_insert_with(leaked_cell);
        (cell, self.cells.len() > known)
    }
}
