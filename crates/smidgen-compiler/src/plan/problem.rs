//! The planning problem, its solution, and the bound that every solution obeys.

use std::ops::Range;

use thiserror::Error;

/// Something that needs memory for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buffer {
    /// Name for messages and memory maps.
    pub name: String,
    /// Size in bytes; may be zero.
    pub bytes: usize,
    /// The offset is a multiple of this power of two.
    pub align: usize,
    /// Steps during which the content must survive, half-open and not empty.
    pub live: Range<u32>,
}

/// Buffers to place, checked so that no sum of sizes can overflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    buffers: Vec<Buffer>,
    capacity: Option<usize>,
    unit: usize,
}

/// Why buffers do not form a [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProblemError {
    /// The alignment is not a power of two.
    #[error("buffer `{name}` has alignment {align}; use a power of two")]
    Alignment {
        /// The buffer.
        name: String,
        /// Its alignment in bytes.
        align: usize,
    },
    /// The lifetime has no steps.
    #[error(
        "buffer `{name}` lives from step {start} to {end}, which is empty; let it live for one step at least"
    )]
    Lifetime {
        /// The buffer.
        name: String,
        /// First step.
        start: u32,
        /// Step after the last.
        end: u32,
    },
    /// The sizes add up to more than an address can hold.
    #[error(
        "the buffers up to `{name}` ({bytes} bytes) exceed the address space together; check the shapes"
    )]
    TooLarge {
        /// The buffer at which the sum left the range.
        name: String,
        /// Its size in bytes.
        bytes: usize,
    },
}

impl Problem {
    /// Checks the buffers. `capacity` is the size of the memory in bytes, where one is known.
    pub fn new(buffers: Vec<Buffer>, capacity: Option<usize>) -> Result<Self, ProblemError> {
        let mut total: usize = 0;
        for buffer in &buffers {
            let Buffer { name, bytes, align, live } = buffer;
            if !align.is_power_of_two() {
                return Err(ProblemError::Alignment { name: name.clone(), align: *align });
            }
            if live.is_empty() {
                return Err(ProblemError::Lifetime {
                    name: name.clone(),
                    start: live.start,
                    end: live.end,
                });
            }
            // Stacking everything, each with its full alignment padding, is the worst placement.
            total = bytes
                .checked_next_multiple_of(*align)
                .and_then(|padded| padded.checked_add(*align))
                .and_then(|padded| total.checked_add(padded))
                .filter(|total| isize::try_from(*total).is_ok())
                .ok_or_else(|| ProblemError::TooLarge { name: name.clone(), bytes: *bytes })?;
        }
        let unit = buffers.iter().map(|buffer| buffer.align).min().unwrap_or(1);
        Ok(Self { buffers, capacity, unit })
    }

    /// The buffers; offsets in a [`Solution`] have the same order.
    pub fn buffers(&self) -> &[Buffer] {
        &self.buffers
    }

    /// Size of the memory in bytes, where one is known.
    pub fn capacity(&self) -> Option<usize> {
        self.capacity
    }

    /// The smallest alignment, in which arenas are measured: every offset is a multiple of it, so
    /// a buffer occupies its size rounded up to it.
    pub fn unit(&self) -> usize {
        self.unit
    }

    /// Bytes that a buffer occupies: its size rounded up to the [unit](Self::unit).
    pub(super) fn occupied(&self, buffer: &Buffer) -> usize {
        buffer.bytes.next_multiple_of(self.unit)
    }

    /// Bytes occupied at each step at which a buffer starts to live, as (step, bytes).
    ///
    /// The maximum over all steps is reached at one of these, since between them buffers only end.
    pub(super) fn pressure(&self) -> Vec<(u32, usize)> {
        let mut events: Vec<(u32, bool, usize)> = Vec::with_capacity(self.buffers.len() * 2);
        for buffer in &self.buffers {
            let bytes = self.occupied(buffer);
            events.push((buffer.live.start, true, bytes));
            events.push((buffer.live.end, false, bytes));
        }
        // `false` sorts first: buffers that end make room for those that start.
        events.sort_unstable();
        let mut pressure: Vec<(u32, usize)> = Vec::new();
        let mut now = 0;
        for (step, starts, bytes) in events {
            if !starts {
                now -= bytes;
                continue;
            }
            now += bytes;
            match pressure.last_mut() {
                Some(last) if last.0 == step => last.1 = now,
                _ => pressure.push((step, now)),
            }
        }
        pressure
    }

    /// Bytes that no placement can undercut: the most that is alive at one step.
    pub fn lower_bound_bytes(&self) -> usize {
        self.pressure().into_iter().map(|(_, bytes)| bytes).max().unwrap_or(0)
    }
}

/// Where each buffer lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// Byte offset of each buffer, in the problem's order.
    pub offsets: Vec<usize>,
    /// Size of the arena in bytes: the highest end of a buffer, each occupying its size rounded
    /// up to the problem's [unit](Problem::unit).
    pub peak_bytes: usize,
    /// Bytes below which no arena is possible, as far as the planner proved.
    pub lower_bound_bytes: usize,
}

/// What is known of a solution's quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// No smaller arena exists.
    Optimal,
    /// A smaller arena may exist, but none that is more than `bytes` smaller.
    Gap {
        /// Peak minus lower bound; not zero.
        bytes: usize,
    },
}

impl Solution {
    /// A solution from its offsets, with the peak that follows from them.
    pub(super) fn new(problem: &Problem, offsets: Vec<usize>, lower_bound_bytes: usize) -> Self {
        let ends = problem
            .buffers
            .iter()
            .zip(&offsets)
            .map(|(buffer, offset)| offset + problem.occupied(buffer));
        let peak_bytes = ends.max().unwrap_or(0);
        Self { offsets, peak_bytes, lower_bound_bytes }
    }

    /// How good the solution is known to be.
    pub fn proof(&self) -> Proof {
        match self.peak_bytes.saturating_sub(self.lower_bound_bytes) {
            0 => Proof::Optimal,
            bytes => Proof::Gap { bytes },
        }
    }

    /// Whether no smaller arena exists.
    pub fn is_optimal(&self) -> bool {
        self.proof() == Proof::Optimal
    }
}
