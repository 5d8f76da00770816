//! Compares the timing model with published measurements and derives the bands of its estimates.

mod page;
mod transfer;
mod truths;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result};
use serde::Deserialize;
use smidgen_run::Placement;
use smidgen_study::{Inputs, Kernels, Model, Recipe, Terms, Workbench, Workload};
use smidgen_target::Board;

use crate::bench;
use crate::shell;
use transfer::Observation;

/// Published measurements, relative to the workspace; each says where it comes from.
const PUBLISHED: &str = "benches/published.csv";

/// What the estimates' bands are read from.
const CALIBRATION: &str = "crates/smidgen-timing/src/calibration.toml";

const HEAD: &str = "# Written by `cargo xtask validate --bless`; docs/validation.md explains it.\n";

/// Options of `cargo xtask validate`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Rewrite the page and the bands.
    #[arg(long)]
    bless: bool,
}

/// A measurement that somebody published.
#[derive(Debug, Clone, Deserialize)]
struct Published {
    system: String,
    model: String,
    board: String,
    clock_mhz: f64,
    /// Whether caches were on, where they were not as the board says.
    caches: Option<Caches>,
    /// Set where the system's code uses no instructions for signal processing.
    kernels: Option<Kernels>,
    /// Set where weights were not read from flash.
    weights: Option<Weights>,
    ms: f64,
    source: String,
}

#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Caches {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Weights {
    Ram,
}

/// Compares, prints the page, and writes it if that is asked for.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    shell::tools()?;
    let Some(lab) = Lab::of_measured(root)? else {
        shell::say("nothing to do: the models of the published measurements are not here");
        return Ok(());
    };
    let Findings { page, bands } = findings(root, &lab)?;
    shell::say(&page);
    if options.bless {
        fs::write(root.join(page::FILE), page)?;
        fs::write(root.join(CALIBRATION), bands)?;
    }
    Ok(())
}

/// The two files that are written.
struct Findings {
    page: String,
    bands: String,
}

fn findings(root: &Path, lab: &Lab) -> Result<Findings> {
    let published = published(root)?;
    let predictions = transfer::predict(&observations(lab, &published)?);
    let calibrations = transfer::calibrate(&predictions);
    let truths = truths::all(lab, &truths::MEASURED)?;
    let page = page::text(&published, &predictions, &calibrations, &truths);
    Ok(Findings { page, bands: format!("{HEAD}{}", toml::to_string(&calibrations)?) })
}

fn published(root: &Path) -> Result<Vec<Published>> {
    let mut reader = csv::Reader::from_path(root.join(PUBLISHED))?;
    reader.deserialize().map(|row| Ok(row?)).collect()
}

/// Estimated and published cycles of every measurement.
fn observations(lab: &Lab, published: &[Published]) -> Result<Vec<Observation>> {
    let observation = |row: &Published| {
        let clock_hz = (row.clock_mhz * 1e6).round() as u64;
        let caches = row.caches.map(|caches| caches == Caches::On);
        let terms = Terms { clock_hz: Some(clock_hz), caches, ..Terms::default() };
        let board = lab.board(&row.board)?;
        let recipe = Recipe {
            kernels: row.kernels.unwrap_or(Kernels::Best),
            weights: row.weights.map_or(Placement::Flash, |Weights::Ram| Placement::Ram),
            ..Recipe::default()
        };
        let cycles = lab.cycles(&row.model, board, &recipe, terms)?;
        let pipeline = board.core.pipeline.as_ref().context("every priced core has a pipeline")?;
        Ok(Observation {
            system: row.system.clone(),
            model: row.model.clone(),
            board: row.board.clone(),
            pipeline: pipeline.name.clone(),
            published: row.ms * 1e-3 * clock_hz as f64,
            estimated: cycles,
        })
    };
    published.iter().map(observation).collect()
}

/// Emulates models and prices them.
struct Lab {
    bench: Workbench,
    models: BTreeMap<String, PathBuf>,
    /// What ran so far, by model, core and recipe.
    runs: RefCell<BTreeMap<(String, String, String), Rc<Workload>>>,
}

impl Lab {
    /// Has the models below `folder`.
    fn new(folder: &Path) -> Result<Self> {
        let models =
            bench::models(folder)?.into_iter().map(|path| (bench::name(&path), path)).collect();
        Ok(Self { bench: Workbench::new()?, models, runs: RefCell::default() })
    }

    /// Has the models that were measured, where they are on this computer.
    fn of_measured(root: &Path) -> Result<Option<Self>> {
        let folder = bench::test_data(root).join("models");
        folder.is_dir().then(|| Self::new(&folder)).transpose()
    }

    fn board(&self, name: &str) -> Result<&Board> {
        Ok(self.bench.board(name)?)
    }

    /// Cycles of one inference of `model` on `board`.
    fn cycles(&self, model: &str, board: &Board, recipe: &Recipe, terms: Terms) -> Result<f64> {
        let key = (model.to_owned(), board.core.name.clone(), serde_json::to_string(recipe)?);
        let known = self.runs.borrow().get(&key).cloned();
        let workload = match known {
            Some(workload) => workload,
            None => Rc::new(self.run(model, board, recipe)?),
        };
        self.runs.borrow_mut().insert(key, Rc::clone(&workload));
        let cost = workload.cost(board, &terms)?.context("the core has no pipeline table")?;
        Ok(cost.price.total.total())
    }

    fn run(&self, model: &str, board: &Board, recipe: &Recipe) -> Result<Workload> {
        let path = self.models.get(model).with_context(|| format!("no model `{model}`"))?;
        let model = Model::load(path, recipe)?;
        let samples = Inputs::Random { seed: 1, samples: 1 }.samples(&model.source)?;
        let evaluation = self.bench.evaluate(&model, board, recipe, &samples, &|_| ())?;
        evaluation.into_workload().context("emulated runs can be priced")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_hold_for_the_bundled_models() {
        let lab = Lab::new(&crate::root().join("models")).unwrap();
        let truths = truths::all(&lab, &truths::BUNDLED).unwrap();
        let wrong: Vec<_> = truths.iter().filter(|truth| !truth.holds()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn the_page_and_the_bands_are_fresh() {
        let root = crate::root();
        let Some(lab) = Lab::of_measured(root).unwrap() else {
            shell::say("skipped: the models of the published measurements are not here");
            return;
        };
        let Findings { page, bands } = findings(root, &lab).unwrap();
        let stale = "stale; run `cargo xtask validate --bless`";
        assert!(!page.contains("**fails**"), "{page}");
        assert_eq!(fs::read_to_string(root.join(page::FILE)).unwrap(), page, "{stale}");
        assert_eq!(fs::read_to_string(root.join(CALIBRATION)).unwrap(), bands, "{stale}");
    }
}
