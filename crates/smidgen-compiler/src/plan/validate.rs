//! Checks a solution against the definition of the problem, pair by pair.
//!
//! Shares no code with the planners and takes no shortcut on purpose: a mistake there must not
//! hide here.

use thiserror::Error;

use super::{Problem, Solution};

/// The rule that a solution breaks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Violation {
    /// Not one offset per buffer.
    #[error("the plan has {offsets} offsets for {buffers} buffers")]
    Count {
        /// Offsets in the solution.
        offsets: usize,
        /// Buffers in the problem.
        buffers: usize,
    },
    /// An offset breaks the buffer's alignment.
    #[error("buffer `{name}` lies at {offset}, which is not a multiple of {align}")]
    Misaligned {
        /// The buffer.
        name: String,
        /// Its offset in bytes.
        offset: usize,
        /// Its alignment in bytes.
        align: usize,
    },
    /// A buffer ends beyond the arena.
    #[error(
        "buffer `{name}` lies at {offset} and has {bytes} bytes, beyond the arena of {peak_bytes}"
    )]
    Outside {
        /// The buffer.
        name: String,
        /// Its offset in bytes.
        offset: usize,
        /// Its size in bytes.
        bytes: usize,
        /// The arena's size in bytes.
        peak_bytes: usize,
    },
    /// Two buffers that are alive at the same step share a byte.
    #[error(
        "buffers `{first}` and `{second}` are both alive at step {step} and share byte {offset}"
    )]
    Overlap {
        /// One buffer.
        first: String,
        /// The other buffer.
        second: String,
        /// A step at which both live.
        step: u32,
        /// A byte that both use.
        offset: usize,
    },
    /// The claimed bound is above the arena that was found.
    #[error("the plan claims that {lower_bound_bytes} bytes are needed and uses {peak_bytes}")]
    Bound {
        /// The claimed lower bound in bytes.
        lower_bound_bytes: usize,
        /// The arena's size in bytes.
        peak_bytes: usize,
    },
}

/// Returns the first rule that `solution` breaks. Time grows with the square of the buffers.
pub fn validate(problem: &Problem, solution: &Solution) -> Result<(), Violation> {
    let buffers = problem.buffers();
    if solution.offsets.len() != buffers.len() {
        return Err(Violation::Count { offsets: solution.offsets.len(), buffers: buffers.len() });
    }
    let peak_bytes = solution.peak_bytes;
    for (buffer, &offset) in buffers.iter().zip(&solution.offsets) {
        let name = || buffer.name.clone();
        if offset % buffer.align != 0 {
            return Err(Violation::Misaligned { name: name(), offset, align: buffer.align });
        }
        if offset.checked_add(buffer.bytes).is_none_or(|end| end > peak_bytes) {
            return Err(Violation::Outside {
                name: name(),
                offset,
                bytes: buffer.bytes,
                peak_bytes,
            });
        }
    }
    for (index, (first, &first_offset)) in buffers.iter().zip(&solution.offsets).enumerate() {
        for (second, &second_offset) in buffers.iter().zip(&solution.offsets).skip(index + 1) {
            let step = first.live.start.max(second.live.start);
            let offset = first_offset.max(second_offset);
            let both_live = first.live.contains(&step) && second.live.contains(&step);
            let both_use =
                offset < first_offset + first.bytes && offset < second_offset + second.bytes;
            if both_live && both_use {
                let (first, second) = (first.name.clone(), second.name.clone());
                return Err(Violation::Overlap { first, second, step, offset });
            }
        }
    }
    if solution.lower_bound_bytes > peak_bytes {
        return Err(Violation::Bound { lower_bound_bytes: solution.lower_bound_bytes, peak_bytes });
    }
    Ok(())
}
