//! Counters and the steps their increments belong to.

use std::collections::BTreeMap;

/// A list of running counters with their increments split by step.
///
/// Counters only grow. What a counter grew by since the last call of [`Ledger::settle`] is charged
/// to one step, so the counting itself needs no knowledge of steps.
pub(crate) struct Ledger {
    cells: Vec<*const u64>,
    settled: Vec<u64>,
    /// By account (0: outside all steps; `n + 1`: step `n`), counts by counter number.
    accounts: Vec<BTreeMap<usize, u64>>,
}

impl Ledger {
    pub(crate) fn new(accounts: usize) -> Ledger {
        Ledger { cells: Vec::new(), settled: Vec::new(), accounts: vec![BTreeMap::new(); accounts] }
    }

    /// Adds a counter that stands at zero and gives its number.
    ///
    /// # Safety
    /// `cell` must stay readable for the rest of the process.
    pub(crate) unsafe fn add(&mut self, cell: *const u64) -> usize {
        self.cells.push(cell);
        self.settled.push(0);
        self.cells.len() - 1
    }

    /// Charges everything counted since the last call to `account`.
    pub(crate) fn settle(&mut self, account: usize) {
        let counts = &mut self.accounts[account];
        for (number, (&cell, settled)) in self.cells.iter().zip(&mut self.settled).enumerate() {
            // SAFETY: `add` requires a live cell; one processor runs and it runs this code now, so
            // nothing writes the cell at the same time.
            let now = unsafe { cell.read() };
            if now != *settled {
                *counts.entry(number).or_default() += now - *settled;
                *settled = now;
            }
        }
    }

    /// Non-zero counts of an account by counter number.
    pub(crate) fn account(&self, account: usize) -> &BTreeMap<usize, u64> {
        &self.accounts[account]
    }
}
