//! Says which buffers make the arena as large as it is.

use std::cmp::Reverse;

use super::{Problem, Solution};

/// Why the arena cannot be much smaller, and what would have to shrink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The first step at which the most bytes are alive.
    pub step: u32,
    /// Bytes alive at that step, in units: the least that any plan of this schedule needs.
    pub alive_bytes: usize,
    /// The buffers alive at that step, largest first.
    pub critical: Vec<CriticalBuffer>,
    /// Bytes by which the arena exceeds the capacity; zero where it fits or none is given.
    pub over_bytes: usize,
    /// Bytes of the arena lost to gaps: the peak minus what is alive at the step.
    pub gap_bytes: usize,
}

/// A buffer alive at the critical step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriticalBuffer {
    /// Position in the problem.
    pub index: usize,
    /// Name from the problem.
    pub name: String,
    /// Size in bytes.
    pub bytes: usize,
    /// Byte offset in the arena.
    pub offset: usize,
}

/// Explains a solution of `problem`; `None` where the problem has no buffers.
pub fn explain(problem: &Problem, solution: &Solution) -> Option<Explanation> {
    let (step, alive_bytes) =
        problem.pressure().into_iter().max_by_key(|&(step, bytes)| (bytes, Reverse(step)))?;
    let mut critical: Vec<CriticalBuffer> = problem
        .buffers()
        .iter()
        .zip(&solution.offsets)
        .enumerate()
        .filter(|(_, (buffer, _))| buffer.live.contains(&step) && buffer.bytes > 0)
        .map(|(index, (buffer, &offset))| CriticalBuffer {
            index,
            name: buffer.name.clone(),
            bytes: buffer.bytes,
            offset,
        })
        .collect();
    critical.sort_by_key(|buffer| Reverse(buffer.bytes));
    let over_bytes =
        problem.capacity().map_or(0, |capacity| solution.peak_bytes.saturating_sub(capacity));
    let gap_bytes = solution.peak_bytes.saturating_sub(alive_bytes);
    Some(Explanation { step, alive_bytes, critical, over_bytes, gap_bytes })
}
