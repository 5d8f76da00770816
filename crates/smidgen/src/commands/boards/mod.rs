//! `smidgen boards`: what there is to run on, and what is known of it.

mod fields;
mod list;
mod show;

pub(super) use list::filtered;

use super::Outcome;
use crate::cli::{BoardsArgs, Cli};
use crate::output;
use serde_json::json;
use smidgen_study::{Error, Workbench};
use smidgen_target::Board;

pub(super) fn run(args: &BoardsArgs, cli: &Cli) -> Result<Outcome, Error> {
    if let Some(name) = &args.explain_field {
        return fields::run(name, cli);
    }
    let workbench = super::workbench(cli)?;
    if let Some(name) = &args.board {
        let board = workbench.board(name)?;
        if cli.json {
            let pipeline = board.core.pipeline.as_ref().map(|pipeline| {
                let (name, description) = (&pipeline.name, &pipeline.description);
                json!({ "name": name, "description": description, "sources": pipeline.sources })
            });
            output::json(&json!({
                "schema": "smidgen.board/1",
                "board": board,
                "pipeline": pipeline,
                "emulated_by": emulation(&workbench, board),
            }));
        } else {
            output::text(&show::text(&workbench, board));
        }
        return Ok(Outcome::Fine);
    }
    let boards = list::boards(&workbench, args)?;
    if cli.json {
        output::json(&json!({ "schema": "smidgen.boards/1", "boards": boards }));
    } else {
        output::text(&list::text(&workbench, &boards));
    }
    Ok(Outcome::Fine)
}

/// Name of the emulated board that runs code for `board`, which may be the board itself; the host
/// runs its code without one.
fn emulation(workbench: &Workbench, board: &Board) -> Option<String> {
    board.device()?;
    workbench.registry.stand_in(board).map(|emulated| emulated.name)
}

/// A clock in megahertz.
fn megahertz(hertz: u64) -> String {
    format!("{}", hertz as f64 / 1e6)
}

/// A number of bytes in kibibytes.
fn kibibytes(bytes: u32) -> String {
    format!("{}", f64::from(bytes) / 1024.0)
}
