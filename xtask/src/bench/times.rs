//! How long `smidgen run` takes from end to end, with empty and with filled caches.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::{name, table};
use crate::shell;

/// Runs whose fastest counts as warm.
const WARM_RUNS: usize = 3;

/// Prints the times of `models` on an emulated Cortex-M4.
pub(crate) fn run(root: &Path, models: &[PathBuf]) -> Result<()> {
    let smidgen = shell::release(root)?;
    let mut rows = Vec::new();
    for model in models {
        // Beside the user's cache, so that the first run finds nothing.
        let cache = tempfile::tempdir()?;
        let cold = time(&smidgen, model, cache.path())?;
        let mut warm = cold;
        for _ in 0..WARM_RUNS {
            warm = warm.min(time(&smidgen, model, cache.path())?);
        }
        rows.push(vec![name(model), shell::seconds(cold), shell::seconds(warm)]);
    }
    shell::say(&table::aligned(&["smidgen run", "cold", "warm"], 1, rows));
    Ok(())
}

fn time(smidgen: &Path, model: &Path, cache: &Path) -> Result<Duration> {
    let mut command = Command::new(smidgen);
    command.arg("run").arg(model).args(["--board", "qemu-m4", "--quiet"]);
    command.env("XDG_CACHE_HOME", cache).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status()?;
    ensure!(status.success(), "`{command:?}` failed");
    Ok(start.elapsed())
}
