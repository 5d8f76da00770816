//! From a bare clone to a result: what a new user runs first.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::shell;

/// What the demonstration evaluates.
const ARGUMENTS: [&str; 4] = ["run", "models/kws_small.tflite", "--board", "qemu-m4"];

const NEXT: &str = "
The firmware ran in an emulator, and every output was compared with the reference.
Next, with a model of your own:
  cargo install --path crates/smidgen         one self-contained program
  smidgen run MODEL.tflite --board qemu-m4    evaluate it
  smidgen inspect MODEL.tflite                layers, memory map, what is not supported
  smidgen compile MODEL.tflite -o DIR         C sources for your firmware
  smidgen boards                              the other cores";

/// Installs the tools, builds the program and evaluates a bundled model.
pub(crate) fn run(root: &Path) -> Result<()> {
    shell::tools()?;
    let smidgen = shell::release(root)?;
    let command = format!("smidgen {}", ARGUMENTS.join(" "));
    shell::show(&command, Command::new(smidgen).args(ARGUMENTS).current_dir(root))?;
    shell::say(NEXT);
    Ok(())
}
