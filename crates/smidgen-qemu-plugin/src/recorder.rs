//! Splits translated blocks into runs, has them counted, and keeps the counts of each step.

use crate::access::{Memory, Site};
use crate::counter::Counters;
use crate::decode::Encoding;
use crate::ffi;
use crate::flow::{Flow, Span};
use crate::ledger::Ledger;
use crate::map::Map;
use std::collections::BTreeMap;
use std::ffi::{c_uint, c_void};

/// Everything the plug-in knows about the run so far.
pub(crate) struct Recorder {
    pub(crate) map: Map,
    pub(crate) memory: &'static Memory,
    pub(crate) runs: Vec<Run>,
    pub(crate) run_counts: Ledger,
    pub(crate) sites: Vec<&'static Site>,
    pub(crate) access_counts: Ledger,
    pub(crate) continued: Vec<u32>,
    pub(crate) continued_counts: Ledger,
    /// By account (0: outside all steps; `n + 1`: step `n`), how often it was switched to.
    pub(crate) entries: Vec<u64>,
    account: usize,
    encoding: Encoding,
    counters: Counters,
    /// Made with the first block: QEMU has no processor to count for before.
    flow: Option<Flow>,
    known_runs: BTreeMap<(u32, Box<[u8]>), crate::counter::Counter>,
    known_sites: BTreeMap<u32, &'static Site>,
}

/// Instructions that execute one after the other, the first at `address`. Only the last may access
/// memory: QEMU abandons a block in front of an access to a device and translates the rest again,
/// and what was counted before it must have been executed.
pub(crate) struct Run {
    pub(crate) address: u32,
    pub(crate) instructions: usize,
    pub(crate) code: Box<[u8]>,
}

/// An instruction of the block that is being translated.
struct Translated {
    handle: *mut ffi::Instruction,
    address: u32,
    code: [u8; 4],
    bytes: usize,
}

impl Translated {
    fn code(&self) -> &[u8] {
        &self.code[..self.bytes]
    }
}

impl Recorder {
    pub(crate) fn new(mut map: Map, encoding: Encoding) -> Recorder {
        let regions = std::mem::take(&mut map.regions);
        let memory = Memory::new(regions, map.strict_alignment, map.protected);
        let accounts = map.steps.len() + 1;
        Recorder {
            memory: Box::leak(Box::new(memory)),
            runs: Vec::new(),
            run_counts: Ledger::new(accounts),
            sites: Vec::new(),
            access_counts: Ledger::new(accounts),
            continued: Vec::new(),
            continued_counts: Ledger::new(accounts),
            entries: vec![0; accounts],
            account: 0,
            encoding,
            flow: None,
            counters: Counters::default(),
            known_runs: BTreeMap::new(),
            known_sites: BTreeMap::new(),
            map,
        }
    }

    /// Charges everything counted so far and switches to another account.
    pub(crate) fn switch_to(&mut self, account: usize) {
        self.settle();
        self.account = account;
        self.memory.in_step.set(account != 0);
        self.entries[account] += 1;
    }

    /// Charges everything counted so far.
    pub(crate) fn settle(&mut self) {
        self.run_counts.settle(self.account);
        self.access_counts.settle(self.account);
        self.continued_counts.settle(self.account);
    }

    /// Instruments a block.
    ///
    /// # Safety
    /// `block` must be the block that is being translated.
    pub(crate) unsafe fn instrument(&mut self, block: *mut ffi::Block) {
        // SAFETY: the caller's.
        let instructions = unsafe { translated(block, self.encoding) };
        let (Some(first), Some(last)) = (instructions.first(), instructions.last()) else {
            return;
        };
        let span = Span {
            start: first.address,
            end: last.address.wrapping_add(last.bytes as u32),
            instructions: instructions.len() as u64,
        };
        let flow = self.flow.get_or_insert_with(|| Flow::new(self.map.limit, &mut self.counters));
        // SAFETY: the caller's.
        if let Some(cell) = unsafe { flow.instrument(block, span) } {
            self.continued.push(span.start);
            // SAFETY: a leaked cell.
            unsafe { self.continued_counts.add(cell.as_ptr()) };
        }
        let mut rest = &instructions[..];
        while !rest.is_empty() {
            let length = self.run_length(rest);
            let (run, after) = rest.split_at(length);
            // SAFETY: instructions of the block that is being translated.
            unsafe { self.instrument_run(run) }
            rest = after;
        }
    }

    /// A run ends behind a memory access, in front of a switch, or with the block.
    fn run_length(&self, instructions: &[Translated]) -> usize {
        let ends = |pair: &[Translated]| {
            self.encoding.may_access_memory(pair[0].code())
                || self.map.switch_at(pair[1].address).is_some()
        };
        instructions.windows(2).position(ends).map_or(instructions.len(), |before| before + 1)
    }

    /// # Safety
    /// `run` must be instructions of the block that is being translated, at least one.
    unsafe fn instrument_run(&mut self, run: &[Translated]) {
        let (first, last) = (&run[0], &run[run.len() - 1]);
        if let Some(account) = self.map.switch_at(first.address) {
            // Before the count, so that the run belongs to the account it switches to.
            // SAFETY: the caller's; the user data are a number.
            unsafe {
                ffi::qemu_plugin_register_vcpu_insn_exec_cb(
                    first.handle,
                    switched,
                    ffi::NO_REGISTERS,
                    std::ptr::without_provenance_mut(account),
                );
            }
        }
        let code: Box<[u8]> = run.iter().flat_map(Translated::code).copied().collect();
        let key = (first.address, code);
        let counter = if let Some(&counter) = self.known_runs.get(&key) {
            counter
        } else {
            let counter = self.counters.allocate();
            let (address, code) = (first.address, key.1.clone());
            self.runs.push(Run { address, instructions: run.len(), code });
            // SAFETY: counters live as long as the process.
            unsafe { self.run_counts.add(counter.cell()) };
            self.known_runs.insert(key, counter);
            counter
        };
        // SAFETY: the caller's.
        unsafe { counter.count(first.handle) };
        if self.encoding.may_access_memory(last.code()) {
            let site = self.site(last.address);
            // SAFETY: the caller's.
            unsafe { site.instrument(last.handle) }
        }
    }

    fn site(&mut self, address: u32) -> &'static Site {
        if let Some(site) = self.known_sites.get(&address) {
            return site;
        }
        let site: &'static Site = Box::leak(Box::new(Site::new(address, self.memory)));
        for cell in site.cells() {
            // SAFETY: cells of a leaked site.
            unsafe { self.access_counts.add(cell) };
        }
        self.sites.push(site);
        self.known_sites.insert(address, site);
        site
    }
}

/// The instructions of a block.
///
/// # Safety
/// `block` must be the block that is being translated.
unsafe fn translated(block: *mut ffi::Block, encoding: Encoding) -> Vec<Translated> {
    let read = |index| {
        let mut code = [0; 4];
        // SAFETY: `index` is below the number of instructions.
        let (handle, bytes, address) = unsafe {
            let handle = ffi::qemu_plugin_tb_get_insn(block, index);
            let bytes = ffi::qemu_plugin_insn_size(handle).min(code.len());
            (handle, bytes, ffi::qemu_plugin_insn_vaddr(handle) as u32)
        };
        // SAFETY: the instruction has at least `bytes` bytes, and so has `code`.
        #[cfg(qemu_plugin_v1)]
        unsafe {
            let data = ffi::qemu_plugin_insn_data(handle).cast::<u8>();
            std::ptr::copy_nonoverlapping(data, code.as_mut_ptr(), bytes);
        }
        // SAFETY: `code` has at least `bytes` bytes.
        #[cfg(not(qemu_plugin_v1))]
        unsafe {
            ffi::qemu_plugin_insn_data(handle, code.as_mut_ptr().cast(), bytes);
        }
        // In front of a page's end QEMU 7.2 has looked at the next instruction as well, and counts
        // what it saw as part of this one.
        Translated { handle, address, code, bytes: encoding.length(code) }
    };
    // SAFETY: the caller's.
    let count = unsafe { ffi::qemu_plugin_tb_n_insns(block) };
    (0..count).map(read).collect()
}

unsafe extern "C" fn switched(_processor: c_uint, data: *mut c_void) {
    crate::with_recorder(|recorder| recorder.switch_to(data.addr()));
}
