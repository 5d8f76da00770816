//! The project's benchmark: models on every emulated board, against the committed baseline and
//! against published figures of other systems.

mod anchors;
mod baseline;
mod table;
mod times;

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use smidgen_study::report::RunReport;
use smidgen_study::{Inputs, Model, Recipe, Workbench};
use smidgen_target::{Board, Platform};

use crate::shell;

/// Names a folder with further models.
const TEST_DATA: &str = "SMIDGEN_TEST_DATA";

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Rewrite the baseline of the bundled models.
    #[arg(long)]
    bless: bool,
    /// Leave out models that are not bundled, and times.
    #[arg(long)]
    bundled: bool,
}

/// What one model needs on one board; sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    model: String,
    board: String,
    /// The C compiler, on which all figures depend.
    toolchain: String,
    verdict: String,
    /// Instructions of one inference.
    instructions: u64,
    /// Arena, static data and stack.
    ram: u64,
    /// Weights, constants and code.
    flash: u64,
}

/// Why a model has no row for a board.
struct Failure {
    model: String,
    board: String,
    reason: String,
}

/// Measures, prints, compares; writes the baseline if that is asked for.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    shell::tools()?;
    let bundled = models(&root.join("models"))?;
    let (rows, failures) = measure(&bundled)?;
    let path = root.join(baseline::FILE);
    if options.bless {
        baseline::write(&path, &rows)?;
    }
    let base = baseline::read(&path)?;
    shell::say(&table::of(&rows, &failures, &base));
    let changes = baseline::compare(&base, &rows);
    if !options.bundled {
        further(root)?;
        times::run(root, &bundled)?;
    }
    for change in &changes {
        shell::say(&change.to_string());
    }
    baseline::judge(&changes)
}

/// Measures the models of the test data folder, where there is one.
fn further(root: &Path) -> Result<()> {
    let folder = test_data(root).join("models");
    if !folder.is_dir() {
        shell::say(&format!("no further models: `{TEST_DATA}` names no folder with `models`"));
        return Ok(());
    }
    let (rows, failures) = measure(&models(&folder)?)?;
    shell::say(&table::of(&rows, &failures, &[]));
    shell::say(&anchors::compare(root, &rows)?);
    Ok(())
}

/// Where further models are: what the environment names, else `shared` beside the project.
pub(crate) fn test_data(root: &Path) -> PathBuf {
    env::var_os(TEST_DATA).map_or_else(|| root.join("../shared"), PathBuf::from)
}

/// Model files below `folder`, sorted.
pub(crate) fn models(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(models(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "tflite") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Evaluates every model on every emulated board, with one seeded random input.
fn measure(models: &[PathBuf]) -> Result<(Vec<Row>, Vec<Failure>)> {
    let bench = Workbench::new()?;
    let boards: Vec<&Board> = bench.registry.boards().filter(|board| is_emulated(board)).collect();
    let pairs: Vec<_> =
        models.iter().flat_map(|model| boards.iter().map(move |board| (model, *board))).collect();
    let results: Vec<_> = pairs
        .par_iter()
        .map(|(path, board)| {
            evaluate(&bench, path, board).map_err(|error| Failure {
                model: name(path),
                board: board.name.clone(),
                reason: error.to_string(),
            })
        })
        .collect();
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(row) => rows.push(row),
            Err(failure) => failures.push(failure),
        }
    }
    Ok((rows, failures))
}

fn is_emulated(board: &Board) -> bool {
    matches!(&board.platform, Platform::Device(device) if device.emulator.is_some())
}

fn evaluate(bench: &Workbench, path: &Path, board: &Board) -> Result<Row, smidgen_study::Error> {
    let recipe = Recipe::default();
    let model = Model::load(path, &recipe)?;
    let samples = Inputs::Random { seed: 1, samples: 1 }.samples(&model.source)?;
    let report = bench.evaluate(&model, board, &recipe, &samples, &|_| ())?.report;
    Ok(Row::from(report))
}

impl From<RunReport> for Row {
    fn from(report: RunReport) -> Self {
        Self {
            model: report.model.name,
            board: report.board,
            toolchain: report.toolchain,
            verdict: report.verdict.word().to_owned(),
            instructions: report.instructions.unwrap_or_default(),
            ram: report.ram_bytes.total.unwrap_or_default(),
            flash: report.flash_bytes.unwrap_or_default().total,
        }
    }
}

pub(crate) fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bundled_model_has_become_worse() {
        let root = crate::root();
        let (rows, failures) = measure(&models(&root.join("models")).unwrap()).unwrap();
        let failed: Vec<_> = failures.iter().map(|failure| &failure.reason).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        let base = baseline::read(&root.join(baseline::FILE)).unwrap();
        let changes = baseline::compare(&base, &rows);
        let lines: Vec<_> = changes.iter().map(ToString::to_string).collect();
        assert!(baseline::judge(&changes).is_ok(), "{}", lines.join("\n"));
    }
}
