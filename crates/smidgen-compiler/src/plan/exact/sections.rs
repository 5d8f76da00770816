//! Lifetimes as ranges of sections: the few moments that decide which buffers meet.

use crate::plan::Problem;

/// A buffer in the search's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// First section of its life.
    pub(super) start: usize,
    /// Section after the last.
    pub(super) end: usize,
    /// Bytes occupied; not zero.
    pub(super) size: usize,
    /// Alignment of its offset in bytes.
    pub(super) align: usize,
    /// Position in the problem.
    pub(super) index: usize,
}

/// Buffers that take room, with lifetimes over sections `0..count`.
///
/// A section is a moment whose set of live buffers is maximal. Two buffers meet exactly when they
/// share a section, and there are at most as many sections as buffers.
#[derive(Debug, Clone)]
pub(super) struct Sections {
    pub(super) items: Vec<Item>,
    pub(super) count: usize,
}

impl Sections {
    pub(super) fn new(problem: &Problem) -> Self {
        let taking_room =
            || problem.buffers().iter().enumerate().filter(|(_, buffer)| buffer.bytes > 0);
        let mut events: Vec<(u32, bool)> = taking_room()
            .flat_map(|(_, buffer)| [(buffer.live.start, true), (buffer.live.end, false)])
            .collect();
        // `false` sorts first: at one step, ends come before starts.
        events.sort_unstable();
        // A live set is maximal where a start is followed by an end.
        let moments: Vec<u32> = events
            .windows(2)
            .filter(|pair| pair[0].1 && !pair[1].1)
            .map(|pair| pair[0].0)
            .collect();
        let items = taking_room()
            .map(|(index, buffer)| Item {
                start: moments.partition_point(|&moment| moment < buffer.live.start),
                end: moments.partition_point(|&moment| moment < buffer.live.end),
                size: problem.occupied(buffer),
                align: buffer.align,
                index,
            })
            .collect();
        Self { items, count: moments.len() }
    }
}
