//! Loads and stores: bytes per region, and accesses that a real core would not accept.

use crate::ffi;
use crate::map::Region;
use std::cell::{Cell, RefCell};
use std::ffi::{c_uint, c_void};

/// Most violations kept one by one.
const MOST_RECORDED: usize = 64;

/// A load or store instruction.
pub(crate) struct Site {
    pub(crate) address: u32,
    memory: &'static Memory,
    /// The latest access's information and what it means: constant for nearly every site.
    latest: Cell<(u32, Kind)>,
    /// Region of the latest access.
    region: Cell<usize>,
    /// Bytes read and written per region, then outside all regions; then misaligned accesses.
    counts: Box<[Cell<u64>]>,
}

/// Size and direction of an access.
#[derive(Clone, Copy)]
struct Kind {
    /// 0 before the first access.
    bytes: u32,
    store: bool,
}

/// The memory map and what went wrong in it.
pub(crate) struct Memory {
    pub(crate) regions: Vec<Region>,
    pub(crate) strict_alignment: bool,
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
    /// A store to a region that cannot be written.
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
    pub(crate) fn new(regions: Vec<Region>, strict_alignment: bool) -> Memory {
        Memory {
            regions,
            strict_alignment,
            counts: Default::default(),
            recorded: RefCell::default(),
        }
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
            latest: Cell::new((0, Kind { bytes: 0, store: false })),
            region: Cell::new(0),
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

    #[inline]
    fn access(&self, Kind { bytes, store }: Kind, address: u32) {
        let regions = &self.memory.regions;
        let holds = |region: &Region| {
            let offset = address.wrapping_sub(region.base);
            offset < region.bytes && region.bytes - offset >= bytes
        };
        let mut index = self.region.get();
        if !regions.get(index).is_some_and(holds) {
            index = regions.iter().position(holds).unwrap_or(regions.len());
            self.region.set(index);
        }
        let count = &self.counts[2 * index + usize::from(store)];
        count.set(count.get() + u64::from(bytes));
        let fault = |fault| Violation { fault, site: self.address, address, bytes, store };
        match regions.get(index) {
            None => self.memory.report(fault(Fault::Unmapped)),
            Some(region) if store && !region.writable => {
                self.memory.report(fault(Fault::ReadOnly));
            }
            Some(_) => {}
        }
        // 64-bit accesses are pairs of words on a 32-bit core.
        if address & (bytes.min(4) - 1) != 0 {
            let count = &self.counts[2 * regions.len() + 2];
            count.set(count.get() + 1);
            if self.memory.strict_alignment {
                self.memory.report(fault(Fault::Misaligned));
            }
        }
    }
}

unsafe extern "C" fn accessed(
    _processor: c_uint,
    information: u32,
    address: u64,
    data: *mut c_void,
) {
    // SAFETY: registered with a leaked `Site`.
    let site = unsafe { &*data.cast::<Site>() };
    let (latest, mut kind) = site.latest.get();
    if kind.bytes == 0 || latest != information {
        // SAFETY: the information of the access that is being reported.
        unsafe {
            kind.bytes = 1 << ffi::qemu_plugin_mem_size_shift(information);
            kind.store = ffi::qemu_plugin_mem_is_store(information);
        }
        site.latest.set((information, kind));
    }
    site.access(kind, address as u32);
}
