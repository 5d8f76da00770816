//! How long `smidgen run` takes from end to end, with empty and with filled caches, on one board
//! and on all; and how long it takes to price all boards.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use smidgen_study::{Inputs, Model, Recipe, Terms, Workbench, variants};

use super::{name, table};
use crate::shell;

/// Runs whose fastest counts as warm.
const WARM_RUNS: usize = 3;

/// Prints the times of `models` on an emulated Cortex-M4 and on all boards.
pub(crate) fn run(root: &Path, models: &[PathBuf]) -> Result<()> {
    let smidgen = shell::release(root)?;
    let mut rows = Vec::new();
    for model in models {
        // Beside the user's cache, so that the first run finds nothing.
        let cache = tempfile::tempdir()?;
        let mut row = vec![name(model)];
        for board in ["qemu-m4", "all"] {
            let cold = time(&smidgen, model, board, cache.path())?;
            let mut warm = cold;
            for _ in 0..WARM_RUNS {
                warm = warm.min(time(&smidgen, model, board, cache.path())?);
            }
            row.extend([shell::seconds(cold), shell::seconds(warm)]);
        }
        row.push(format!("{:.1} ms", pricing(model)?.as_secs_f64() * 1e3));
        rows.push(row);
    }
    let columns = ["smidgen run", "cold", "warm", "all, cold", "all, warm", "pricing all"];
    shell::say(&table::aligned(&columns, 1, rows));
    Ok(())
}

/// How long pricing one model on all real boards takes, without building and emulating it, on one
/// processor and with the optimisation that this program was built with.
fn pricing(model: &Path) -> Result<Duration> {
    let (bench, recipe, terms) = (Workbench::new()?, Recipe::default(), Terms::default());
    let model = Model::load(model, &recipe)?;
    let samples = Inputs::Random { seed: 1, samples: 1 }.samples(&model.source)?;
    let real = bench.registry.boards().filter(|board| !board.is_runnable());
    let (variants, _) = variants(&bench, real);
    let evaluations: Vec<_> = variants
        .iter()
        .map(|variant| bench.evaluate(&model, &variant.stand_in, &recipe, &samples, &|_| ()))
        .collect::<Result<_, _>>()?;
    let start = Instant::now();
    for (variant, evaluation) in variants.iter().zip(&evaluations) {
        for board in &variant.boards {
            evaluation.cost(board, &terms)?;
        }
    }
    Ok(start.elapsed())
}

fn time(smidgen: &Path, model: &Path, board: &str, cache: &Path) -> Result<Duration> {
    let mut command = Command::new(smidgen);
    command.arg("run").arg(model).args(["--board", board, "--quiet"]);
    command.env("XDG_CACHE_HOME", cache).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status()?;
    // A model may fit no board.
    ensure!(matches!(status.code(), Some(0 | 1)), "`{command:?}` failed");
    Ok(start.elapsed())
}
