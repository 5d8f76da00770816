//! Published figures of other systems beside ours.

use std::path::Path;

use anyhow::Result;
use serde::Deserialize;

use super::{Row, table};

/// Where the figures are, relative to the workspace; each says where it comes from.
const FILE: &str = "benches/anchors.csv";

/// A figure of another system.
#[derive(Debug, Deserialize)]
struct Anchor {
    model: String,
    board: String,
    system: String,
    instructions: Option<u64>,
    ram: Option<u64>,
    flash: Option<u64>,
}

/// A table of anchors with the same model and board as a row.
pub(crate) fn compare(root: &Path, rows: &[Row]) -> Result<String> {
    let mut lines = Vec::new();
    for anchor in csv::Reader::from_path(root.join(FILE))?.deserialize() {
        let anchor: Anchor = anchor?;
        let ours = |row: &&Row| row.model == anchor.model && row.board == anchor.board;
        let Some(row) = rows.iter().find(ours) else { continue };
        let beside = |ours: u64, theirs: Option<u64>| {
            theirs.map_or_else(String::new, |theirs| {
                format!("{ours} / {theirs} ({:.2})", ours as f64 / theirs as f64)
            })
        };
        lines.push(vec![
            anchor.model,
            anchor.board,
            anchor.system,
            beside(row.instructions, anchor.instructions),
            beside(row.ram, anchor.ram),
            beside(row.flash, anchor.flash),
        ]);
    }
    let columns = ["model", "board", "ours / theirs:", "instructions", "RAM", "flash"];
    Ok(table::aligned(&columns, 3, lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_anchor_can_be_read() {
        let mut reader = csv::Reader::from_path(crate::root().join(FILE)).unwrap();
        let anchors: Vec<Anchor> = reader.deserialize().collect::<Result<_, _>>().unwrap();
        assert!(anchors.iter().all(|anchor| anchor.instructions.or(anchor.ram).is_some()));
        assert!(!anchors.is_empty());
    }
}
