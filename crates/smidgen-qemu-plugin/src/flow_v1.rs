//! API 1: no conditions, so every block start is a call.

use super::{Continued, Span};
use crate::counter::{Counters, user_data};
use crate::ffi;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::{c_uint, c_void};

/// See the module documentation.
pub(crate) struct Flow {
    continued: Continued,
    state: &'static State,
    blocks: BTreeMap<(u32, u32), &'static Start>,
}

/// What the running code leaves for the next block.
struct State {
    /// End of the block before; no address before the first block.
    next: Cell<Option<u32>>,
    /// Instructions that may still start.
    left: Cell<u64>,
}

/// The start of a block.
struct Start {
    span: Span,
    continued: &'static Cell<u64>,
    state: &'static State,
}

impl Flow {
    /// With the most instructions that may start, `u64::MAX` for no limit.
    pub(crate) fn new(limit: u64, _counters: &mut Counters) -> Flow {
        let state = Box::leak(Box::new(State { next: Cell::new(None), left: Cell::new(limit) }));
        Flow { continued: Continued::default(), state, blocks: BTreeMap::new() }
    }

    /// Instruments a block; gives the counter of its start address when it is a new one.
    ///
    /// # Safety
    /// `block` must be the block that is being translated.
    pub(crate) unsafe fn instrument(
        &mut self,
        block: *mut ffi::Block,
        span: Span,
    ) -> Option<&'static Cell<u64>> {
        let (continued, new) = self.continued.at(span.start);
        let state = self.state;
        let start = *self
            .blocks
            .entry((span.start, span.end))
            .or_insert_with(|| Box::leak(Box::new(Start { span, continued, state })));
        // SAFETY: the block is valid for the caller; `start` lives as long as the process.
        unsafe {
            ffi::qemu_plugin_register_vcpu_tb_exec_cb(
                block,
                started,
                ffi::NO_REGISTERS,
                user_data(start),
            );
        }
        new.then_some(continued)
    }
}

unsafe extern "C" fn started(_processor: c_uint, data: *mut c_void) {
    // SAFETY: registered with a leaked `Start`.
    let start = unsafe { &*data.cast::<Start>() };
    let state = start.state;
    match state.left.get().checked_sub(start.span.instructions) {
        Some(left) => state.left.set(left),
        None => crate::stop_at_limit(),
    }
    if state.next.replace(Some(start.span.end)) == Some(start.span.start) {
        start.continued.set(start.continued.get() + 1);
    }
}
