//! `smidgen compile`: a model as C sources.

use super::Outcome;
use crate::cli::{Cli, CompileArgs};
use crate::output;
use crate::table::number;
use smidgen_study::{Error, write_package};

pub(super) fn run(args: &CompileArgs, cli: &Cli) -> Result<Outcome, Error> {
    let recipe = super::recipe(&args.recipe)?;
    let workbench = super::workbench(cli)?;
    let board = workbench.board(args.board.as_deref().unwrap_or("host"))?;
    let model = super::calibrated(&args.model, &recipe, &args.calibration, cli.quiet)?;
    let compiled = workbench.compile(&model, board, &recipe)?;
    let files = write_package(&compiled.bundle, &args.output, args.force)?;
    let manifest = &compiled.bundle.manifest;
    let constants: usize = manifest.constants.iter().map(|constant| constant.bytes).sum();
    if cli.json {
        output::json(&serde_json::json!({
            "schema": "smidgen.compile/1",
            "name": compiled.bundle.name,
            "folder": args.output,
            "files": files,
            "arena_bytes": manifest.arena_bytes,
            "state_bytes": manifest.state_bytes,
            "constant_bytes": constants,
            "inputs": manifest.inputs,
            "outputs": manifest.outputs,
            "states": manifest.states,
        }));
        return Ok(Outcome::Fine);
    }
    let name = &compiled.bundle.name;
    let state = match manifest.state_bytes {
        0 => String::new(),
        bytes => {
            let bytes = number(bytes as u64);
            format!(
                "  state      {bytes} bytes, kept between runs; {name}_reset begins a sequence\n"
            )
        }
    };
    output::text(&format!(
        "wrote {} files to {}\n  arena      {} bytes, which the caller provides\n{state}  constants  {} \
         bytes\n  interface  model.h: {name}_run, {name}_input0 and {name}_output0\n  try it     \
         cmake -S {} -B build && cmake --build build && build/{name}_example\n",
        files.len(),
        args.output.display(),
        number(manifest.arena_bytes as u64),
        number(constants as u64),
        args.output.display()
    ));
    Ok(Outcome::Fine)
}
