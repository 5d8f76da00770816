//! Chooses the section to decide next: what begins at its floor?

use super::part::{Conflict, Facts, Part};
use super::sections::Item;

/// How strongly past conflicts draw the search to a section. Between 0.5 and 1 the public hard
/// instances take about equally long on average; this value leaves none unsolved.
const WEIGHT_EXPONENT: f64 = 0.75;

/// All ways to continue a part at one section.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Branch {
    /// The section, counted from the part's first.
    pub(super) section: usize,
    /// Positions in the part's items of those that can begin at the section's floor.
    pub(super) candidates: Vec<usize>,
    /// The next floor of the section if none of them does, or why one of them has to.
    pub(super) unused: Result<usize, Conflict>,
}

impl Branch {
    /// Chooses among the sections with the lowest floor.
    ///
    /// Fewest ways first, the fewer the more conflicts the section has had.
    pub(super) fn choose(part: &Part, items: &[Item], facts: &Facts, weights: &[u32]) -> Self {
        let ways = Ways::count(part, items, facts);
        let level = part.floors.iter().copied().min().unwrap_or(0);
        let mut best_score = f64::INFINITY;
        let mut best = (0, Ok(usize::MAX));
        for section in (0..part.floors.len()).filter(|&section| part.floors[section] == level) {
            let next_floor = ways.next_floor(section);
            let unused = part.check(next_floor.saturating_add(facts.load[section]), section);
            let count = ways.candidates[section] + u32::from(unused.is_ok());
            let weight = f64::from(weights[part.first + section]).powf(WEIGHT_EXPONENT);
            let score = if count <= 1 { 0.0 } else { f64::from(count) / weight };
            if score < best_score {
                best_score = score;
                best = (section, unused.map(|()| next_floor));
            }
            if count <= 1 {
                break;
            }
        }
        let (section, unused) = best;
        Self { section, candidates: candidates(part, items, facts, section), unused }
    }
}

/// Open items that can begin at the section's floor, one of each kind.
fn candidates(part: &Part, items: &[Item], facts: &Facts, section: usize) -> Vec<usize> {
    let item = |position: usize| &items[part.items[position] as usize];
    let mut found: Vec<usize> = Vec::new();
    for position in 0..part.items.len() {
        let fits = facts.lowest[position] == part.floors[section]
            && part.range(item(position)).contains(&section);
        if fits && !found.iter().any(|&other| item(other).is_twin(item(position))) {
            found.push(position);
        }
    }
    found
}

/// What can happen at the floor of each section.
struct Ways {
    /// Number of items that can begin at the section's floor.
    candidates: Vec<u32>,
    /// First section of any such item.
    reach_start: Vec<usize>,
    /// Section after the last of any such item.
    reach_end: Vec<usize>,
    /// Lowest offset of the section's other items.
    others: Vec<usize>,
    /// Lowest end of the items whose first section is this one.
    top_of_starting: Vec<usize>,
    /// Lowest end of the items whose last section is before this one.
    top_of_ending: Vec<usize>,
}

impl Ways {
    fn count(part: &Part, items: &[Item], facts: &Facts) -> Self {
        let width = part.floors.len();
        let mut ways = Self {
            candidates: vec![0; width],
            reach_start: (0..width).collect(),
            reach_end: (1..=width).collect(),
            others: vec![usize::MAX; width],
            top_of_starting: vec![usize::MAX; width + 1],
            top_of_ending: vec![usize::MAX; width + 1],
        };
        for (&index, &lowest) in part.items.iter().zip(&facts.lowest) {
            let item = &items[index as usize];
            let range = part.range(item);
            let top = lowest + item.size;
            ways.top_of_starting[range.start] = ways.top_of_starting[range.start].min(top);
            ways.top_of_ending[range.end] = ways.top_of_ending[range.end].min(top);
            for section in range.clone() {
                if part.floors[section] == lowest {
                    ways.candidates[section] += 1;
                    ways.reach_start[section] = ways.reach_start[section].min(range.start);
                    ways.reach_end[section] = ways.reach_end[section].max(range.end);
                } else {
                    ways.others[section] = ways.others[section].min(lowest);
                }
            }
        }
        ways
    }

    /// The lowest offset above the floor at which an item of the section can begin.
    ///
    /// Every solution can be pushed down until each item rests on a floor or on another item. An
    /// item that could begin at the section's floor but does not must rest on another, which ends
    /// before the section or starts after it, but within the item's reach.
    fn next_floor(&self, section: usize) -> usize {
        let before = &self.top_of_ending[self.reach_start[section] + 1..=section];
        let after = &self.top_of_starting[section + 1..self.reach_end[section]];
        before.iter().chain(after).copied().fold(self.others[section], usize::min)
    }
}
