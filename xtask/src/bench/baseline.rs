//! The committed figures, and what counts as worse.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Row;

/// Where the figures are, relative to the workspace.
pub(crate) const FILE: &str = "benches/baseline.csv";

/// How much larger a figure may be before it counts as worse, in thousandths. Counts are exact; the
/// allowance is for changes that are worth a few instructions.
const TOLERANCE: u64 = 10;

/// A difference between the baseline and what was measured.
pub(crate) struct Change {
    place: String,
    kind: Kind,
}

enum Kind {
    /// Larger than the baseline allows, or not right any more.
    Worse(String),
    /// Smaller by more than the tolerance.
    Better(String),
    /// A pair that only one side has.
    Unmatched(&'static str),
    /// Built by another compiler, so that figures mean nothing.
    Incomparable(String),
}

/// Reads the baseline.
pub(crate) fn read(path: &Path) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| {
        format!("cannot read `{}`; `cargo xtask bench --bless` writes it", path.display())
    })?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

/// Writes the baseline.
pub(crate) fn write(path: &Path, rows: &[Row]) -> Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    for row in rows {
        writer.serialize(row)?;
    }
    Ok(writer.flush()?)
}

/// What differs by more than the tolerance.
pub(crate) fn compare(base: &[Row], rows: &[Row]) -> Vec<Change> {
    let same = |a: &Row, b: &Row| (&a.model, &a.board) == (&b.model, &b.board);
    let mut changes = Vec::new();
    for row in rows {
        match base.iter().find(|old| same(old, row)) {
            Some(old) => changes.extend(change(old, row)),
            None => changes.push(Change::new(row, Kind::Unmatched("is not in the baseline"))),
        }
    }
    for old in base.iter().filter(|old| !rows.iter().any(|row| same(old, row))) {
        changes.push(Change::new(old, Kind::Unmatched("was not measured")));
    }
    changes
}

/// Fails if anything became worse.
pub(crate) fn judge(changes: &[Change]) -> Result<()> {
    let bad = |change: &&Change| matches!(change.kind, Kind::Worse(_) | Kind::Unmatched(_));
    match changes.iter().filter(bad).count() {
        0 => Ok(()),
        n => bail!(
            "{n} figures are worse than `{FILE}`; if that is meant, `cargo xtask bench --bless`"
        ),
    }
}

fn change(old: &Row, new: &Row) -> Option<Change> {
    let kind = if old.verdict != new.verdict && new.verdict != "exact" {
        Kind::Worse(format!("verdict was {}, is {}", old.verdict, new.verdict))
    } else if old.toolchain != new.toolchain {
        let text = format!("the baseline is of `{}`, this is `{}`", old.toolchain, new.toolchain);
        Kind::Incomparable(text)
    } else {
        let figures = [
            ("instructions", old.instructions, new.instructions),
            ("RAM", old.ram, new.ram),
            ("flash", old.flash, new.flash),
        ];
        let exceeds = |a: u64, b: u64| b * 1000 > a * (1000 + TOLERANCE);
        let list = |chosen: &dyn Fn(u64, u64) -> bool| {
            let chosen = figures.iter().filter(|(_, old, new)| chosen(*old, *new));
            let texts: Vec<_> =
                chosen.map(|(name, old, new)| format!("{name} {old} -> {new}")).collect();
            texts.join(", ")
        };
        let worse = list(&exceeds);
        let better = list(&|old, new| exceeds(new, old));
        match (worse.is_empty(), better.is_empty()) {
            (false, _) => Kind::Worse(worse),
            (true, false) => Kind::Better(better),
            (true, true) => return None,
        }
    };
    Some(Change::new(new, kind))
}

impl Change {
    fn new(row: &Row, kind: Kind) -> Self {
        Self { place: format!("{} on {}", row.model, row.board), kind }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.place;
        match &self.kind {
            Kind::Worse(text) => write!(f, "worse: {place}: {text}"),
            Kind::Better(text) => write!(f, "better: {place}: {text}"),
            Kind::Unmatched(text) => write!(f, "unmatched: {place} {text}"),
            Kind::Incomparable(text) => write!(f, "not compared: {place}: {text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(instructions: u64, verdict: &str, toolchain: &str) -> Row {
        Row {
            model: "m".into(),
            board: "b".into(),
            toolchain: toolchain.into(),
            verdict: verdict.into(),
            instructions,
            ram: 100,
            flash: 100,
        }
    }

    #[track_caller]
    fn check(new: &Row, expected: Option<(bool, &str)>) {
        let changes = compare(&[row(1000, "exact", "gcc 12")], std::slice::from_ref(new));
        match expected {
            None => assert!(changes.is_empty(), "{}", changes[0]),
            Some((passes, start)) => {
                assert!(changes[0].to_string().starts_with(start), "{}", changes[0]);
                assert_eq!(judge(&changes).is_ok(), passes);
            }
        }
    }

    #[test]
    fn a_little_more_is_allowed() {
        check(&row(1010, "exact", "gcc 12"), None);
    }

    #[test]
    fn more_is_worse() {
        check(&row(1011, "exact", "gcc 12"), Some((false, "worse")));
    }

    #[test]
    fn less_is_better() {
        check(&row(900, "exact", "gcc 12"), Some((true, "better")));
    }

    #[test]
    fn a_wrong_result_is_worse_with_any_compiler() {
        check(&row(900, "WRONG", "gcc 13"), Some((false, "worse")));
    }

    #[test]
    fn another_compiler_is_not_compared() {
        check(&row(2000, "exact", "gcc 13"), Some((true, "not compared")));
    }

    #[test]
    fn a_missing_pair_is_noticed() {
        assert!(judge(&compare(&[row(1, "exact", "")], &[])).is_err());
        assert!(judge(&compare(&[], &[row(1, "exact", "")])).is_err());
    }
}
