//! Figures as plain text.

use comfy_table::{CellAlignment, Table, presets};

use super::{Failure, Row};

/// Rows with their change against the baseline, and failures with their reasons.
pub(crate) fn of(rows: &[Row], failures: &[Failure], base: &[Row]) -> String {
    let mut lines = Vec::new();
    for row in rows {
        let old = base.iter().find(|old| (&old.model, &old.board) == (&row.model, &row.board));
        let cell = |figure: &dyn Fn(&Row) -> u64| {
            let new = figure(row);
            match old.map(figure) {
                Some(old) if old != new && old > 0 => {
                    let change = (new as f64 / old as f64 - 1.0) * 100.0;
                    format!("{new} ({change:+.2} %)")
                }
                _ => new.to_string(),
            }
        };
        lines.push(vec![
            row.model.clone(),
            row.board.clone(),
            row.verdict.clone(),
            cell(&|row| row.instructions),
            cell(&|row| row.ram),
            cell(&|row| row.flash),
        ]);
    }
    let mut text =
        aligned(&["model", "board", "verdict", "instructions", "RAM", "flash"], 3, lines);
    for Failure { model, board, reason } in failures {
        let reason = reason.lines().next().unwrap_or_default();
        text.extend([model, " on ", board, ": ", reason, "\n"]);
    }
    text
}

/// A table whose first `n_texts` columns are aligned left and the others right.
pub(crate) fn aligned(columns: &[&str], n_texts: usize, rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(columns).add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if index >= n_texts {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}
