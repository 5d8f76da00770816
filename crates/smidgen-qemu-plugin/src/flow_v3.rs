//! API 3: inline stores and conditional callbacks, so that only a real fall-through costs a call.

use super::{Continued, Span};
use crate::counter::{Counter, Counters, user_data};
use crate::ffi;
use std::cell::Cell;
use std::ffi::{c_uint, c_void};

/// See the module documentation.
pub(crate) struct Flow {
    continued: Continued,
    limit: u64,
    /// End of the block before, as [`tag`] marks it.
    next: Counter,
    /// Instructions of all blocks started.
    started: Counter,
}

/// Marks an address so that it differs from the initial zero.
fn tag(address: u32) -> u64 {
    u64::from(address) | 1 << 32
}

impl Flow {
    /// With the most instructions that may start, `u64::MAX` for no limit.
    pub(crate) fn new(limit: u64, counters: &mut Counters) -> Flow {
        let (next, started) = (counters.allocate(), counters.allocate());
        Flow { continued: Continued::default(), limit, next, started }
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
        if self.limit != u64::MAX {
            // SAFETY: the block is valid for the caller.
            unsafe { self.watch_limit(block, span) }
        }
        // SAFETY: the block is valid for the caller; the cell lives as long as the process.
        unsafe {
            ffi::qemu_plugin_register_vcpu_tb_exec_cond_cb(
                block,
                fell_through,
                ffi::NO_REGISTERS,
                ffi::EQUAL,
                self.next.entry(),
                tag(span.start),
                user_data(continued),
            );
            ffi::qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(
                block,
                ffi::STORE,
                self.next.entry(),
                tag(span.end),
            );
        }
        new.then_some(continued)
    }

    /// # Safety
    /// `block` must be the block that is being translated.
    unsafe fn watch_limit(&self, block: *mut ffi::Block, span: Span) {
        // SAFETY: the block is valid for the caller.
        unsafe {
            ffi::qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(
                block,
                ffi::ADD,
                self.started.entry(),
                span.instructions,
            );
            ffi::qemu_plugin_register_vcpu_tb_exec_cond_cb(
                block,
                over_limit,
                ffi::NO_REGISTERS,
                ffi::GREATER,
                self.started.entry(),
                self.limit,
                std::ptr::null_mut(),
            );
        }
    }
}

unsafe extern "C" fn fell_through(_processor: c_uint, data: *mut c_void) {
    // SAFETY: registered with a leaked cell.
    let continued = unsafe { &*data.cast::<Cell<u64>>() };
    continued.set(continued.get() + 1);
}

unsafe extern "C" fn over_limit(_processor: c_uint, _data: *mut c_void) {
    crate::stop_at_limit();
}
