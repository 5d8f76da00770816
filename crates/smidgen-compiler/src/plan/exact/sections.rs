//! Lifetimes as ranges of sections: the few moments that decide which buffers meet.

use std::cmp::Reverse;

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

impl Item {
    /// Whether exchanging the two items changes nothing.
    pub(super) fn is_twin(&self, other: &Self) -> bool {
        let traits = |item: &Self| (item.start, item.end, item.size, item.align);
        traits(self) == traits(other)
    }
}

/// Buffers that take room, with lifetimes over sections `0..count`.
///
/// A section is a moment whose set of live buffers is maximal. Two buffers meet exactly when they
/// share a section, and there are at most as many sections as buffers.
#[derive(Debug, Clone)]
pub(super) struct Sections {
    /// The buffers.
    pub(super) items: Vec<Item>,
    /// Number of sections.
    pub(super) count: usize,
    /// Bytes of which every size is a multiple, and so the peak of every tight placement.
    pub(super) grain: usize,
}

impl Sections {
    /// Reduces the lifetimes of a problem.
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
        let items: Vec<Item> = taking_room()
            .map(|(index, buffer)| Item {
                start: moments.partition_point(|&moment| moment < buffer.live.start),
                end: moments.partition_point(|&moment| moment < buffer.live.end),
                size: problem.occupied(buffer),
                align: buffer.align,
                index,
            })
            .collect();
        let common =
            items.iter().fold(0, |common, item| greatest_common_divisor(common, item.size));
        // Padding for alignment may lie in between, and is a multiple of the unit only.
        let tight = common > 0 && items.iter().all(|item| common % item.align == 0);
        let grain = if tight { common } else { problem.unit() };
        Self { items, count: moments.len(), grain }
    }

    /// Items by falling length of life, and by falling load of their fullest section: what has the
    /// fewest places left is best placed first.
    pub(super) fn preferences(&self) -> Vec<Vec<u32>> {
        let mut load = vec![0; self.count];
        for item in &self.items {
            for bytes in &mut load[item.start..item.end] {
                *bytes += item.size;
            }
        }
        let length = |item: &Item| item.end - item.start;
        let pressure = |item: &Item| load[item.start..item.end].iter().copied().max().unwrap_or(0);
        let by_length = |item: &Item| (length(item), item.size, pressure(item));
        let by_pressure = |item: &Item| (pressure(item), length(item) * item.size, 0);
        vec![self.sorted(by_length), self.sorted(by_pressure)]
    }

    fn sorted(&self, key: impl Fn(&Item) -> (usize, usize, usize)) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.items.len() as u32).collect();
        order.sort_by_cached_key(|&index| Reverse(key(&self.items[index as usize])));
        order
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
