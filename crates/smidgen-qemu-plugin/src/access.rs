//! Loads and stores: bytes per region, and accesses that a real core would not accept.

use crate::ffi;
use crate::map::{Range, Region};
use std::cell::{Cell, RefCell};
use std::ffi::{c_uint, c_void};

/// Most violations kept one by one.
const MOST_RECORDED: usize = 64;

/// A load or store instruction.
pub(crate) struct Site {
    pub(crate) address: u32,
    memory: &'static Memory,
    /// The latest access, when nothing was wrong with it: nearly every one is like the one before.
    usual: Cell<Option<Usual>>,
    /// Bytes read and written per region, then outside all regions; then misaligned accesses.
    counts: Box<[Cell<u64>]>,
}

/// Accesses that only need counting.
#[derive(Clone, Copy)]
struct Usual {
    /// QEMU's word for size, direction and more.
    information: u32,
    bytes: u32,
    /// Lowest address of the region.
    base: u32,
    /// Highest offset in the region at which such an access fits.
    room: u32,
    /// Number of the counter.
    cell: usize,
}

/// The memory map and what went wrong in it.
pub(crate) struct Memory {
    pub(crate) regions: Vec<Region>,
    pub(crate) strict_alignment: bool,
    protected: Option<Range>,
    /// Whether a step executes.
    pub(crate) in_step: Cell<bool>,
    pub(crate) counts: [Cell<u64>; Fault::ALL.len()],
    pub(crate) recorded: RefCell<Vec<Violation>>,
}

/// What is wrong with an access.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// The address is not a multiple of the size, where that faults.
    Misaligned,
    /// No region holds all of it.
    Unmapped,
    /// A store to a region that cannot be written, or by a step to what is protected.
    ReadOnly,
}

impl Fault {
    pub(crate) const ALL: [Fault; 3] = [Fault::Misaligned, Fault::Unmapped, Fault::ReadOnly];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Fault::Misaligned => "misaligned",
            Fault::Unmapped => "unmapped",
            Fault::ReadOnly => "readonly",
        }
    }
}

/// A wrong access.
pub(crate) struct Violation {
    pub(crate) fault: Fault,
    /// Address of the instruction.
    pub(crate) site: u32,
    /// Address of the access.
    pub(crate) address: u32,
    pub(crate) bytes: u32,
    pub(crate) store: bool,
}

impl Memory {
    pub(crate) fn new(
        regions: Vec<Region>,
        strict_alignment: bool,
        protected: Option<Range>,
    ) -> Memory {
        Memory {
            regions,
            strict_alignment,
            protected,
            in_step: Cell::new(false),
            counts: Default::default(),
            recorded: RefCell::default(),
        }
    }

    /// Whether a store of `bytes` at `address` touches what steps may not change.
    fn protects(&self, address: u32, bytes: u32) -> bool {
        self.in_step.get()
            && self.protected.is_some_and(|range| {
                address.wrapping_sub(range.base) < range.bytes
                    || range.base.wrapping_sub(address) < bytes
            })
    }

    fn report(&self, violation: Violation) {
        let count = &self.counts[violation.fault as usize];
        count.set(count.get() + 1);
        let mut recorded = self.recorded.borrow_mut();
        if recorded.len() < MOST_RECORDED {
            recorded.push(violation);
        }
    }
}

impl Site {
    pub(crate) fn new(address: u32, memory: &'static Memory) -> Site {
        Site {
            address,
            memory,
            usual: Cell::new(None),
            counts: vec![Cell::new(0); 2 * memory.regions.len() + 3].into(),
        }
    }

    /// The counters: bytes read and written per region, then outside; last misaligned accesses.
    pub(crate) fn cells(&self) -> impl Iterator<Item = *const u64> {
        self.counts.iter().map(|cell| cell.as_ptr().cast_const())
    }

    /// Has every load and store of `instruction` counted.
    ///
    /// # Safety
    /// `instruction` must belong to the block that is being translated.
    pub(crate) unsafe fn instrument(&'static self, instruction: *mut ffi::Instruction) {
        // Both directions in one callback: QEMU 7.2 confuses them when they are told apart.
        // SAFETY: the caller's; the site lives as long as the process.
        unsafe {
            ffi::qemu_plugin_register_vcpu_mem_cb(
                instruction,
                accessed,
                ffi::NO_REGISTERS,
                ffi::LOADS_AND_STORES,
                crate::counter::user_data(self),
            );
        }
    }

    /// Counts an access if it is like the one before.
    #[inline]
    fn counted(&self, information: u32, address: u32) -> bool {
        let Some(usual) = self.usual.get() else { return false };
        let counted = usual.information == information
            && address.wrapping_sub(usual.base) <= usual.room
            && is_aligned(address, usual.bytes);
        if counted {
            add(&self.counts[usual.cell], usual.bytes);
        }
        counted
    }

    /// Counts any access.
    #[cold]
    fn count(&self, information: u32, address: u32) {
        // SAFETY: the information of the access that is being reported.
        let (bytes, store) = unsafe {
            let bytes = 1 << ffi::qemu_plugin_mem_size_shift(information);
            (bytes, ffi::qemu_plugin_mem_is_store(information))
        };
        let regions = &self.memory.regions;
        let room = |region: &Region| {
            let room = region.bytes.checked_sub(bytes)?;
            (address.wrapping_sub(region.base) <= room).then_some(room)
        };
        let found = regions
            .iter()
            .enumerate()
            .find_map(|(index, region)| room(region).map(|room| (index, region, room)));
        let cell = 2 * found.map_or(regions.len(), |found| found.0) + usize::from(store);
        add(&self.counts[cell], bytes);
        let report = |fault| {
            self.memory.report(Violation { fault, site: self.address, address, bytes, store });
        };
        match found {
            None => report(Fault::Unmapped),
            Some((_, region, _)) if store && !region.writable => report(Fault::ReadOnly),
            Some(_) if store && self.memory.protects(address, bytes) => report(Fault::ReadOnly),
            // Where something is protected, every store is looked at.
            Some(_) if store && self.memory.protected.is_some() => {}
            Some((_, region, room)) => {
                self.usual.set(Some(Usual { information, bytes, base: region.base, room, cell }));
            }
        }
        if !is_aligned(address, bytes) {
            add(&self.counts[2 * regions.len() + 2], 1);
            if self.memory.strict_alignment {
                report(Fault::Misaligned);
            }
        }
    }
}

/// 64-bit accesses are pairs of words on a 32-bit core.
fn is_aligned(address: u32, bytes: u32) -> bool {
    address & (bytes.min(4) - 1) == 0
}

fn add(count: &Cell<u64>, increment: u32) {
    count.set(count.get() + u64::from(increment));
}

unsafe extern "C" fn accessed(
    _processor: c_uint,
    information: u32,
    address: u64,
    data: *mut c_void,
) {
    // SAFETY: registered with a leaked `Site`.
    let site = unsafe { &*data.cast::<Site>() };
    if !site.counted(information, address as u32) {
        site.count(information, address as u32);
    }
}
