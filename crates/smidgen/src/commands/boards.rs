//! `smidgen boards`: what there is to run on.

use super::Outcome;
use crate::cli::Cli;
use crate::output;
use crate::table::{Align, number, table};
use smidgen_study::Error;
use smidgen_target::{Board, Platform};

pub(super) fn run(cli: &Cli) -> Result<Outcome, Error> {
    let workbench = super::workbench(cli)?;
    let boards: Vec<&Board> = workbench.registry.boards().collect();
    if cli.json {
        output::json(&serde_json::json!({ "schema": "smidgen.boards/1", "boards": boards }));
        return Ok(Outcome::Fine);
    }
    let columns = [
        ("board", Align::Left),
        ("core", Align::Left),
        ("flash KiB", Align::Right),
        ("RAM KiB", Align::Right),
        ("description", Align::Left),
    ];
    let row = |board: &&Board| {
        let kib = |memory: &smidgen_target::Memory| number(u64::from(memory.size) / 1024);
        let (flash, ram) = match &board.platform {
            Platform::Host => ("-".to_string(), "-".to_string()),
            Platform::Device(device) => (kib(&device.code), kib(&device.data)),
        };
        vec![board.name.clone(), board.core.name.clone(), flash, ram, board.description.clone()]
    };
    output::text(&table(&columns, boards.iter().map(row)));
    Ok(Outcome::Fine)
}
