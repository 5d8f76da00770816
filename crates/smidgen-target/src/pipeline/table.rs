//! The fields of `pipelines/NAME.toml` and what must hold between them.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Branches, Cycles, LatencyTo, MOST_PIPES, Operands, Pairs, Pipeline, Slot, Timing};
use crate::Class;

/// The version of the tables' format.
const VERSION: u32 = 1;

/// The fields of [`Branches`] that are costs.
const BRANCH_COSTS: [&str; 9] = [
    "taken",
    "mispredicted",
    "jump",
    "call",
    "indirect",
    "load",
    "loop_end",
    "straddling_target",
    "late_flags",
];

/// A source that is none.
const ASSUMED: &str = "assumed: ";

/// What the instructions of a core cost: `pipelines/NAME.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// Version of the format: 1.
    version: u32,
    /// One line for people.
    description: String,
    /// Where the numbers are from, by keys that the other tables use.
    sources: BTreeMap<String, String>,
    /// Units, each with its number of equal pipes.
    #[serde(default)]
    units: BTreeMap<String, u8>,
    /// Cycles that operands of a kind are needed earlier (positive) or later (negative) than plain
    /// ones.
    #[serde(default)]
    operands: Operands,
    /// Which instructions issue in pairs; none if left out.
    pairs: Option<PairRules>,
    /// What branches cost beyond the timing of their class.
    branches: Branches,
    /// The timing of the classes that no group has.
    default: Option<Group>,
    /// Groups of classes that cost the same; no class may be in two.
    #[serde(default)]
    timing: Vec<Group>,
}

/// Which instructions issue in pairs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PairRules {
    /// Whether only 16-bit instructions pair.
    #[serde(default)]
    narrow: bool,
    /// If given, only these classes stand second.
    second: Option<Vec<Class>>,
    /// Classes that never stand second.
    #[serde(default)]
    first: Vec<Class>,
    /// Classes that are in no pair.
    #[serde(default)]
    alone: Vec<Class>,
    /// Key of `sources`, or `assumed: …`.
    source: String,
}

/// Classes that cost the same.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Group {
    /// Classes of instructions that it is for; none in `default`.
    #[serde(default)]
    classes: Vec<Class>,
    /// Cycles from an instruction's issue to that of the next: a number, or least and most.
    cycles: Cycles,
    /// Words that instructions which move several transfer per cycle, on top of `cycles`; 0, if left
    /// out, where the number of words does not matter.
    #[serde(default)]
    words_per_cycle: u8,
    /// Further cycles where two registers form the address.
    #[serde(default)]
    indexed: u8,
    /// Cycles from the last one of `cycles` until the next instruction may use the result; 1, if left
    /// out, is the very next cycle.
    #[serde(default = "one")]
    latency: u8,
    /// `latency` to operands of a kind, where `operands` does not hold.
    #[serde(default)]
    latency_to: LatencyTo,
    /// Whether plain operands are needed as early as `operands.early` says.
    #[serde(default)]
    early: bool,
    /// Cycles that the result is there sooner if the operands are there as much sooner.
    #[serde(default)]
    ahead: u8,
    /// Units of which one pipe each is taken.
    #[serde(default)]
    units: Vec<String>,
    /// Cycles that the units are taken; as long as the instruction issues, if left out.
    unit_cycles: Option<u8>,
    /// Classes of instructions behind this one whose first cycle overlaps with the last one of this
    /// one, unless they take a single cycle or form an address from its result.
    #[serde(default)]
    overlaps: Vec<Class>,
    /// Key of `sources`, or `assumed: …`.
    source: String,
}

fn one() -> u8 {
    1
}

/// A field and what is wrong with it.
pub(crate) type Wrong = (String, String);

fn wrong<T>(field: impl Into<String>, message: impl Into<String>) -> Result<T, Wrong> {
    Err((field.into(), message.into()))
}

impl Table {
    /// The pipeline that the table describes.
    pub(crate) fn join(self, name: &str) -> Result<Pipeline, Wrong> {
        if self.version != VERSION {
            return wrong("version", format!("must be {VERSION}, the only known one"));
        }
        if self.default.as_ref().is_some_and(|group| !group.classes.is_empty()) {
            return wrong("default.classes", "the default is for the classes of no group");
        }
        let pipes: usize = self.units.values().map(|&count| usize::from(count)).sum();
        if pipes > MOST_PIPES || self.units.values().any(|&count| count == 0) {
            return wrong("units", format!("each must be at least 1, all together {MOST_PIPES}"));
        }
        self.check_source("branches", &self.branches.source)?;
        self.check_use()?;
        if let Some(field) = self.branches.assumed.keys().find(|f| !BRANCH_COSTS.contains(&&***f)) {
            return wrong("branches.assumed", format!("`{field}` is no cost of branches"));
        }
        let timings = self.timings()?;
        Ok(Pipeline {
            name: name.to_owned(),
            description: self.description,
            pairs: match &self.pairs {
                None => Pairs::Never,
                Some(rules) if rules.narrow => Pairs::Narrow,
                Some(_) => Pairs::Any,
            },
            operands: self.operands,
            branches: self.branches,
            units: self.units.into_iter().collect(),
            sources: self.sources,
            timings,
        })
    }

    /// One timing per class, from the group that has it or else from the default.
    fn timings(&self) -> Result<Vec<Timing>, Wrong> {
        let mut by_class = BTreeMap::new();
        for group in &self.timing {
            for &class in &group.classes {
                let timing = self.timing(&format!("timing.{class}"), class, group)?;
                if by_class.insert(class, timing).is_some() {
                    return wrong(format!("timing.{class}"), "two groups have this class");
                }
            }
        }
        if let Some(rules) = &self.pairs {
            self.check_source("pairs", &rules.source)?;
        }
        let each = Class::ALL.iter().map(|&class| match (by_class.remove(&class), &self.default) {
            (Some(timing), _) => Ok(timing),
            (None, Some(group)) => self.timing("default", class, group),
            (None, None) => wrong(format!("timing.{class}"), "missing, and there is no default"),
        });
        each.collect()
    }

    fn timing(&self, field: &str, class: Class, group: &Group) -> Result<Timing, Wrong> {
        let (least, most) = group.cycles.range();
        if least > most {
            return wrong(format!("{field}.cycles"), "the least comes first");
        }
        if group.unit_cycles.is_some() && group.units.is_empty() {
            return wrong(format!("{field}.unit_cycles"), "there are no `units` to take");
        }
        self.check_source(field, &group.source)?;
        for (unit, &pipes) in &self.units {
            let taken = group.units.iter().filter(|name| *name == unit).count();
            if taken > usize::from(pipes) {
                let message = format!("{taken} pipes of unit `{unit}`, which has {pipes}");
                return wrong(format!("{field}.units"), message);
            }
        }
        let units =
            group.units.iter().map(|unit| match self.units.keys().position(|u| u == unit) {
                Some(index) => Ok(index as u8),
                None => wrong(format!("{field}.units"), format!("there is no unit `{unit}`")),
            });
        Ok(Timing {
            cycles: group.cycles,
            words_per_cycle: group.words_per_cycle,
            indexed: group.indexed,
            latency: group.latency,
            latency_to: group.latency_to,
            early: group.early,
            ahead: group.ahead,
            units: units.collect::<Result<_, _>>()?,
            unit_cycles: group.unit_cycles,
            slot: self.slot(class),
            overlaps: group.overlaps.clone(),
            source: group.source.clone(),
        })
    }

    fn slot(&self, class: Class) -> Slot {
        let Some(rules) = &self.pairs else { return Slot::Alone };
        let second = rules.second.as_ref().is_none_or(|classes| classes.contains(&class));
        if rules.alone.contains(&class) {
            Slot::Alone
        } else if second && !rules.first.contains(&class) {
            Slot::Any
        } else {
            Slot::First
        }
    }

    /// Whether something refers to each source.
    fn check_use(&self) -> Result<(), Wrong> {
        let groups = self.timing.iter().chain(&self.default).map(|group| &group.source);
        let rules = self.pairs.iter().map(|rules| &rules.source);
        let used: BTreeSet<_> = groups.chain(rules).chain([&self.branches.source]).collect();
        match self.sources.keys().find(|key| !used.contains(key)) {
            Some(key) => wrong(format!("sources.{key}"), "nothing refers to it; remove it"),
            None => Ok(()),
        }
    }

    /// Whether `source` is a key of the sources, or says what was assumed.
    fn check_source(&self, field: &str, source: &str) -> Result<(), Wrong> {
        if source.starts_with(ASSUMED) || self.sources.contains_key(source) {
            return Ok(());
        }
        wrong(
            format!("{field}.source"),
            format!("`{source}` is neither a key of `sources` nor begins with `{ASSUMED}`"),
        )
    }
}
