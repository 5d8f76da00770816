//! A part of the problem that is still open, and what follows from it without branching.

use super::sections::Item;

/// Items to place between floors and a ceiling, over neighbouring sections.
///
/// The question of a part: can every item be placed at or above the floors of its sections, below
/// the ceiling, without overlap? Floors are hard obstacles, whether memory below is used or not.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// First section.
    pub(super) first: usize,
    /// Bytes from which on memory is free, per section.
    pub(super) floors: Vec<usize>,
    /// Bytes at which memory ends.
    pub(super) ceiling: usize,
    /// Items still to place, in order of preference.
    pub(super) items: Vec<u32>,
}

/// Proof that a part has no solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Conflict {
    /// Bytes by which the ceiling would have to rise before this proof fails.
    pub(super) shortfall: usize,
    /// The section where room is short.
    pub(super) section: usize,
}

/// What [`Part::settle`] knows of a part without conflict. Sections count from the part's first.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Lowest offset of each item that the floors allow, in the order of the part's items.
    pub(super) lowest: Vec<usize>,
    /// Bytes of all open items, per section.
    pub(super) load: Vec<usize>,
    /// Section visits spent: the work so far, on which budgets are based.
    pub(super) effort: u64,
}

impl Part {
    /// The range of an item's sections within the part.
    pub(super) fn range(&self, item: &Item) -> std::ops::Range<usize> {
        item.start - self.first..item.end - self.first
    }

    /// Moves items that span the whole part to its ceiling, and lowers the ceiling below them.
    ///
    /// Loses no solution: such an item meets all others, so whatever lies above it can slide down
    /// by its size. Needs equal alignments, since sliding by a size must keep offsets aligned.
    pub(super) fn lift_spanning(
        &mut self,
        items: &[Item],
        offsets: &mut [usize],
    ) -> Result<(), Conflict> {
        let mut conflict = Ok(());
        let (first, last) = (self.first, self.first + self.floors.len());
        self.items.retain(|&index| {
            let item = &items[index as usize];
            if item.start != first || item.end != last {
                return true;
            }
            if item.size > self.ceiling {
                let shortfall = item.size - self.ceiling;
                conflict = Err(Conflict { shortfall, section: first });
                return true;
            }
            self.ceiling -= item.size;
            offsets[index as usize] = self.ceiling;
            false
        });
        conflict
    }

    /// Raises floors to where the next item can begin, until nothing changes.
    ///
    /// An item cannot begin below any floor of its sections, and memory of a section below the
    /// lowest beginning of its items stays unused. A conflict is a section whose floor and open
    /// items exceed the ceiling together.
    pub(super) fn settle(&mut self, items: &[Item], facts: &mut Facts) -> Result<(), Conflict> {
        let width = self.floors.len();
        let mut begins = vec![usize::MAX; width];
        loop {
            begins.fill(usize::MAX);
            facts.load.clear();
            facts.load.resize(width, 0);
            facts.lowest.clear();
            for item in self.items.iter().map(|&index| &items[index as usize]) {
                let range = self.range(item);
                facts.effort += range.len() as u64;
                let floor = self.floors[range.clone()].iter().copied().max().unwrap_or(0);
                let lowest = floor.next_multiple_of(item.align);
                self.check(lowest + item.size, range.start)?;
                facts.lowest.push(lowest);
                for section in range {
                    begins[section] = begins[section].min(lowest);
                    facts.load[section] += item.size;
                }
            }
            let mut changed = false;
            for (section, &begin) in begins.iter().enumerate() {
                if begin != usize::MAX && begin > self.floors[section] {
                    self.floors[section] = begin;
                    changed = true;
                }
                self.check(self.floors[section] + facts.load[section], section)?;
            }
            if !changed {
                return Ok(());
            }
        }
    }

    /// A conflict where a section needs more than the ceiling.
    pub(super) fn check(&self, needed: usize, section: usize) -> Result<(), Conflict> {
        match needed.saturating_sub(self.ceiling) {
            0 => Ok(()),
            shortfall => Err(Conflict { shortfall, section: self.first + section }),
        }
    }

    /// Splits the part between sections that no open item crosses, smallest part first. Sections
    /// without open items are dropped. `None` where the part is in one piece.
    pub(super) fn split(&self, items: &[Item], facts: &Facts) -> Option<Vec<Part>> {
        let width = self.floors.len();
        let mut crossed = vec![false; width + 1];
        for &index in &self.items {
            let range = self.range(&items[index as usize]);
            crossed[range.start + 1..range.end].fill(true);
        }
        let cuts: Vec<usize> = (0..=width).filter(|&section| !crossed[section]).collect();
        if cuts.len() == 2 && !self.items.is_empty() {
            return None;
        }
        let mut parts: Vec<Part> = cuts
            .windows(2)
            .filter(|cut| facts.load[cut[0]] > 0)
            .map(|cut| {
                let sections = self.first + cut[0]..self.first + cut[1];
                let inside = |index: &u32| sections.contains(&items[*index as usize].start);
                Part {
                    first: sections.start,
                    floors: self.floors[cut[0]..cut[1]].to_vec(),
                    ceiling: self.ceiling,
                    items: self.items.iter().copied().filter(inside).collect(),
                }
            })
            .collect();
        parts.sort_by_key(|part| part.items.len());
        Some(parts)
    }

    /// A 128-bit fingerprint of the question that this part asks.
    ///
    /// Parts with equal fingerprints are taken for equal. Among the fewer than 2^20 that a search
    /// remembers and 2^28 that it looks up, chance makes two collide once in 2^80 searches.
    pub(super) fn fingerprint(&self) -> u128 {
        let mut low = mix(self.first as u64);
        let mut high = mix(!low);
        // A sum over the items, since their order does not matter.
        let set = |salt: u64| {
            self.items
                .iter()
                .fold(0, |sum: u64, &item| sum.wrapping_add(mix(u64::from(item) ^ salt)))
        };
        let ends = [self.ceiling as u64, set(1 << 40), set(1 << 50)];
        for word in ends.into_iter().chain(self.floors.iter().map(|&floor| floor as u64)) {
            low = mix(low ^ word);
            high = mix(high.rotate_left(29).wrapping_add(word));
        }
        u128::from(high) << 64 | u128::from(low)
    }
}

/// The finaliser of the `SplitMix64` generator with its increment: a bijection that spreads every bit.
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
