//! Innermost loops: what executes in them, and what it costs.

use super::{Spent, Tally};
use crate::Error;
use crate::cost::Cost;
use crate::recording::Recording;
use serde::Serialize;
use smidgen_run::Lines;
use smidgen_target::Class;
use smidgen_timing::decode::{Flow, decode};
use smidgen_timing::price::InstructionPrice;
use std::collections::BTreeMap;

/// An innermost loop.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoopProfile {
    /// Function of the program that holds it.
    pub function: String,
    /// File of its hottest line, where lines are known.
    pub file: Option<String>,
    /// The hottest line.
    pub line: Option<u32>,
    /// The line itself, where the source is at hand.
    pub text: Option<String>,
    /// Address of its first instruction.
    pub address: u32,
    /// Number of its instructions.
    pub length: usize,
    /// How often its first instruction executed.
    pub passes: u64,
    /// Instructions executed, by class, most first.
    pub mix: Vec<Mix>,
    /// What it took.
    #[serde(flatten)]
    pub spent: Spent,
}

/// Instructions of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mix {
    /// Name of the class.
    pub class: String,
    /// Instructions executed.
    pub instructions: u64,
    /// Part of the loop's instructions, from 0 to 1.
    pub share: f64,
}

/// The innermost loops that take the most cycles, `top` at most.
pub(super) fn hottest(
    recording: &Recording,
    cost: &Cost,
    lines: &Lines<'_>,
    top: usize,
) -> Result<Vec<LoopProfile>, Error> {
    let all = cost.price.total.total();
    let instructions = by_address(cost);
    let mut loops: Vec<(u32, u32, Tally)> = innermost(&ends(recording, &instructions))
        .into_iter()
        .map(|(first, last)| {
            let mut tally = Tally::default();
            instructions.range(first..=last).for_each(|(_, priced)| tally.add(priced));
            (first, last, tally)
        })
        .collect();
    loops.sort_by(|a, b| b.2.cycles.total().total_cmp(&a.2.cycles.total()));
    loops.truncate(top);
    let profile = |(first, last, tally): (u32, u32, Tally)| {
        let body = || instructions.range(first..=last).map(|(_, priced)| priced);
        let frame = hottest_place(body(), lines)?;
        let place = frame.as_ref().map(|(file, line)| (file.as_str(), *line));
        let text = place.and_then(|place| recording.source_lines([place]).remove(&place));
        Ok(LoopProfile {
            function: recording.layout.function_at(first.into()).to_string(),
            file: place.map(|(file, _)| file.to_string()),
            line: place.map(|(_, line)| line),
            text,
            address: first,
            length: body().count(),
            passes: instructions.get(&first).map_or(0, |priced| priced.executions),
            mix: mix(body()),
            spent: tally.spent(all),
        })
    };
    loops.into_iter().map(profile).collect()
}

/// The line that takes the most cycles of `body`.
fn hottest_place<'a>(
    body: impl Iterator<Item = &'a InstructionPrice>,
    lines: &Lines<'_>,
) -> Result<Option<(String, u32)>, Error> {
    let mut places: BTreeMap<(String, u32), f64> = BTreeMap::new();
    for priced in body {
        if let Some(frame) = lines.at(priced.address.into())?.into_iter().next() {
            *places.entry((frame.file, frame.line)).or_default() += priced.cycles.total();
        }
    }
    let hottest = places.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    Ok(hottest.map(|(place, _)| place))
}

/// Instructions by address, added up over steps.
fn by_address(cost: &Cost) -> BTreeMap<u32, InstructionPrice> {
    let mut all: BTreeMap<u32, InstructionPrice> = BTreeMap::new();
    for priced in super::priced(cost) {
        all.entry(priced.address)
            .and_modify(|sum| {
                sum.executions = sum.executions.saturating_add(priced.executions);
                sum.cycles += priced.cycles;
            })
            .or_insert(*priced);
    }
    all
}

/// The last backward branch to each address, within one function.
fn ends(
    recording: &Recording,
    instructions: &BTreeMap<u32, InstructionPrice>,
) -> BTreeMap<u32, u32> {
    let profile = &recording.profile;
    let function = |address: u32| recording.layout.resolve(address.into()).map(|s| s.address);
    let mut ends = BTreeMap::new();
    for run in profile.executed_runs() {
        for instruction in profile.encoding.instructions(run.address, &run.code) {
            let from = instruction.address;
            let flow = decode(profile.encoding, instruction).flow;
            if let Flow::Branch { target: Some(to), call: false, .. } = flow
                && to <= from
                && instructions.contains_key(&from)
                && instructions.contains_key(&to)
                && function(from) == function(to)
            {
                let end = ends.entry(to).or_insert(from);
                *end = from.max(*end);
            }
        }
    }
    ends
}

/// Those of the loops, given as first to last address, that hold no other.
fn innermost(ends: &BTreeMap<u32, u32>) -> Vec<(u32, u32)> {
    let holds = |&(&first, &last): &(&u32, &u32)| {
        ends.range(first..=last).any(|(&inner, &end)| inner != first && end <= last)
    };
    ends.iter().filter(|found| !holds(found)).map(|(&first, &last)| (first, last)).collect()
}

/// Executed instructions by class, most first.
fn mix<'a>(body: impl Iterator<Item = &'a InstructionPrice>) -> Vec<Mix> {
    let mut counts: BTreeMap<Class, u64> = BTreeMap::new();
    for priced in body {
        let count = counts.entry(priced.class).or_default();
        *count = count.saturating_add(priced.executions);
    }
    let all = counts.values().fold(0, |sum: u64, &count| sum.saturating_add(count)).max(1);
    let entry = |(class, instructions): (Class, u64)| Mix {
        class: class.name().to_string(),
        instructions,
        share: instructions as f64 / all as f64,
    };
    let mut mix: Vec<_> = counts.into_iter().map(entry).collect();
    mix.sort_by_key(|entry| std::cmp::Reverse(entry.instructions));
    mix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ends: &[(u32, u32)], expected: &[(u32, u32)]) {
        assert_eq!(innermost(&ends.iter().copied().collect()), expected);
    }

    #[test]
    fn only_loops_without_loops_count() {
        check(&[(0, 20), (4, 10), (12, 18)], &[(4, 10), (12, 18)]);
        check(&[(0, 20), (30, 30)], &[(0, 20), (30, 30)]);
    }

    #[test]
    fn overlapping_loops_are_both_innermost() {
        check(&[(0, 10), (6, 20)], &[(0, 10), (6, 20)]);
    }
}
