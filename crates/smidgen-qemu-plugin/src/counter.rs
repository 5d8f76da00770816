//! Counters that translated code increments in place, without a callback.

use crate::ffi;
use std::cell::Cell;
use std::ffi::c_void;

/// Counters allocated at a time.
const CHUNK: usize = 4096;

/// Hands out counters; they live as long as the process.
#[derive(Default)]
pub(crate) struct Counters {
    chunk: Option<Chunk>,
    used: usize,
}

/// A counter that starts at zero.
#[derive(Clone, Copy)]
pub(crate) struct Counter {
    cell: *mut u64,
    #[cfg(not(qemu_plugin_v1))]
    entry: ffi::Entry,
}

#[derive(Clone, Copy)]
struct Chunk {
    cells: *mut u64,
    #[cfg(not(qemu_plugin_v1))]
    score: *mut ffi::Scoreboard,
}

impl Chunk {
    #[cfg(qemu_plugin_v1)]
    fn new() -> Chunk {
        Chunk { cells: vec![0; CHUNK].leak().as_mut_ptr() }
    }

    #[cfg(not(qemu_plugin_v1))]
    fn new() -> Chunk {
        // SAFETY: QEMU allocates zeroed elements; the one of the only processor stays in place,
        // since elements move only when processors are added.
        unsafe {
            let score = ffi::qemu_plugin_scoreboard_new(CHUNK * size_of::<u64>());
            Chunk { cells: ffi::qemu_plugin_scoreboard_find(score, 0).cast(), score }
        }
    }
}

impl Counters {
    pub(crate) fn allocate(&mut self) -> Counter {
        if self.used == CHUNK {
            self.chunk = None;
            self.used = 0;
        }
        let chunk = *self.chunk.get_or_insert_with(Chunk::new);
        let index = self.used;
        self.used += 1;
        Counter {
            // SAFETY: a chunk has `CHUNK` cells and `index` is below that.
            cell: unsafe { chunk.cells.add(index) },
            #[cfg(not(qemu_plugin_v1))]
            entry: ffi::Entry { score: chunk.score, offset: index * size_of::<u64>() },
        }
    }
}

impl Counter {
    /// Where the count stands; readable for the rest of the process.
    pub(crate) fn cell(self) -> *const u64 {
        self.cell
    }

    /// The scoreboard entry, for conditions and stores.
    #[cfg(not(qemu_plugin_v1))]
    pub(crate) fn entry(self) -> ffi::Entry {
        self.entry
    }

    /// Increments the counter whenever `instruction` starts.
    ///
    /// # Safety
    /// `instruction` must belong to the block that is being translated.
    pub(crate) unsafe fn count(self, instruction: *mut ffi::Instruction) {
        // SAFETY: the caller's; the counter lives as long as the process.
        #[cfg(qemu_plugin_v1)]
        unsafe {
            ffi::qemu_plugin_register_vcpu_insn_exec_inline(
                instruction,
                ffi::ADD,
                self.cell.cast::<c_void>(),
                1,
            );
        }
        // SAFETY: as above.
        #[cfg(not(qemu_plugin_v1))]
        unsafe {
            ffi::qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
                instruction,
                ffi::ADD,
                self.entry,
                1,
            );
        }
    }
}

/// A counter that only callbacks increment, in memory of the plug-in.
pub(crate) fn leaked_cell() -> &'static Cell<u64> {
    Box::leak(Box::new(Cell::new(0)))
}

/// User data of a callback.
pub(crate) fn user_data<T>(value: &'static T) -> *mut c_void {
    std::ptr::from_ref(value).cast_mut().cast()
}
