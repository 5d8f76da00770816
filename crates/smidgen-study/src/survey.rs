//! One model on many boards: one emulation per kind of core, then a price for every board.

use crate::cost::{CostReport, FitReport, Terms};
use crate::inputs::Sample;
use crate::report::{FlashBytes, ModelReport, RamBytes, Verdict};
use crate::workbench::{Evaluation, Workbench, with_states};
use crate::{Error, Model, Recipe, pareto};
use rayon::prelude::*;
use serde::Serialize;
use smidgen_target::Board;
use std::collections::BTreeSet;

/// Version of the JSON that [`Survey`] serialises to.
pub const SURVEY_SCHEMA: &str = "smidgen.survey/1";

/// One model on many boards.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Survey {
    /// [`SURVEY_SCHEMA`].
    pub schema: String,
    /// The model.
    pub model: ModelReport,
    /// How it was compiled.
    pub recipe: Recipe,
    /// Number of inferences that were run and compared, per variant.
    pub samples: usize,
    /// What was built and emulated.
    pub variants: Vec<VariantReport>,
    /// Boards, sorted by name.
    pub boards: Vec<SurveyRow>,
    /// Boards about which nothing can be said, sorted by name.
    pub left_out: Vec<LeftOut>,
}

/// One build of the model, for all boards that execute the same code.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VariantReport {
    /// Name of the emulated board.
    pub emulated_on: String,
    /// Instruction set.
    pub isa: String,
    /// Names of the cores that execute this code, sorted.
    pub cores: Vec<String>,
    /// Version of the C compiler.
    pub toolchain: String,
    /// What executed the firmware, with its version.
    pub runner: String,
    /// How the outputs compare with the reference.
    pub verdict: Verdict,
    /// Largest difference of an output element, as in a run's report.
    pub max_difference: f64,
    /// Instructions of one inference, exactly counted.
    pub instructions: Option<u64>,
    /// Memory that is written, in bytes.
    pub ram_bytes: RamBytes,
    /// Memory that is only read, in bytes.
    pub flash_bytes: Option<FlashBytes>,
}

/// One board.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurveyRow {
    /// Name.
    pub board: String,
    /// Name of its chip.
    pub chip: String,
    /// Name of its core.
    pub core: String,
    /// Index of what was emulated for it.
    pub variant: usize,
    /// Whether the model fits, and what it needs.
    pub fit: FitReport,
    /// What one inference costs, whether or not the model fits.
    #[serde(flatten)]
    pub cost: CostReport,
    /// Price of the board in US dollars, where it is known.
    pub price_usd: Option<f64>,
    /// Whether the price was read in a source; otherwise it is remembered.
    pub price_verified: bool,
    /// Whether no other board that fits is at least as good in latency, energy and price, and
    /// better in one; see [`pareto::optimal`].
    pub optimal: bool,
}

impl SurveyRow {
    /// Milliseconds of one inference.
    pub fn latency_ms(&self) -> Option<f64> {
        self.cost.latency_ms.as_ref().map(|estimate| estimate.value)
    }

    /// Whether published measurements stand behind its estimate, if there is one.
    pub fn is_calibrated(&self) -> bool {
        self.cost.band.as_ref().is_none_or(|band| band.calibrated)
    }

    /// Microjoules of one inference.
    pub fn microjoules(&self) -> Option<f64> {
        self.cost.energy.as_ref().map(|energy| energy.microjoules.value)
    }

    /// Microjoules of one inference, if the source of the power was read: only these are ranked.
    pub fn sourced_microjoules(&self) -> Option<f64> {
        let energy = self.cost.energy.as_ref().filter(|energy| energy.verified);
        energy.map(|energy| energy.microjoules.value)
    }
}

/// A board about which nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Name.
    pub board: String,
    /// Name of its core.
    pub core: String,
    /// Why.
    pub reason: String,
}

impl LeftOut {
    fn new(board: &Board, reason: impl Into<String>) -> Self {
        Self { board: board.name.clone(), core: board.core.name.clone(), reason: reason.into() }
    }
}

/// Boards that execute the same code.
#[derive(Debug)]
pub struct Variant<'a> {
    /// What to build for and run on.
    pub stand_in: Board,
    /// The boards, sorted by name.
    pub boards: Vec<&'a Board>,
}

/// Groups boards by the code that they execute; boards that nothing emulates are returned apart.
pub fn variants<'a>(
    workbench: &Workbench,
    boards: impl IntoIterator<Item = &'a Board>,
) -> (Vec<Variant<'a>>, Vec<LeftOut>) {
    let (mut variants, mut left_out) = (Vec::<Variant<'a>>::new(), Vec::new());
    for board in boards {
        let core = &board.core;
        let stand_in = match workbench.registry.stand_in(board) {
            None => {
                left_out.push(LeftOut::new(board, "nothing emulates its core"));
                continue;
            }
            Some(_) if core.toolchain.is_none() => {
                left_out.push(LeftOut::new(board, "there is no compiler for its core"));
                continue;
            }
            Some(stand_in) if stand_in.device().is_none() => {
                left_out.push(LeftOut::new(board, "nothing is estimated for this computer"));
                continue;
            }
            Some(stand_in) => stand_in,
        };
        let same = |variant: &&mut Variant| {
            let other = &variant.stand_in.core;
            variant.stand_in.name == stand_in.name
                && (other.isa, other.toolchain) == (core.isa, core.toolchain)
                && (&other.features, &other.flags) == (&core.features, &core.flags)
        };
        match variants.iter_mut().find(same) {
            Some(variant) => variant.boards.push(board),
            None => variants.push(Variant { stand_in, boards: vec![board] }),
        }
    }
    let place =
        |variant: &Variant| (variant.stand_in.name.clone(), variant.stand_in.core.name.clone());
    variants.sort_by_key(place);
    (variants, left_out)
}

/// What the boards of one variant gave.
struct Surveyed {
    report: VariantReport,
    rows: Vec<SurveyRow>,
    left_out: Vec<LeftOut>,
}

impl Workbench {
    /// Evaluates a model on every one of `variants`, at the same time where processors allow, and
    /// prices it for their boards. `progress` is told of each variant that is done.
    ///
    /// Boards of a variant that the model is too large for are left out, with the reason; any other
    /// failure ends the survey.
    pub fn survey(
        &self,
        model: &Model,
        variants: &[Variant<'_>],
        recipe: &Recipe,
        samples: &[Sample],
        terms: &Terms,
        progress: &(dyn Fn(&Variant<'_>) + Sync),
    ) -> Result<Survey, Error> {
        let fed = with_states(self, model, samples)?;
        let reference = || self.reference(model, samples);
        let run = |variant: &Variant| {
            let executed = self.execute(model, &variant.stand_in, recipe, &fed, &|_| ());
            progress(variant);
            executed
        };
        let (reference, executed) =
            rayon::join(reference, || variants.par_iter().map(run).collect::<Vec<_>>());
        let reference = reference?;
        let mut survey = Survey {
            schema: SURVEY_SCHEMA.to_string(),
            model: model.report(),
            recipe: recipe.clone(),
            samples: samples.len(),
            variants: Vec::new(),
            boards: Vec::new(),
            left_out: Vec::new(),
        };
        for (variant, executed) in variants.iter().zip(executed) {
            let executed = match executed {
                Ok(executed) => executed,
                Err(error) if error.blames_model() => {
                    let reason = error.to_string();
                    let left_out = |board: &&Board| LeftOut::new(board, reason.clone());
                    survey.left_out.extend(variant.boards.iter().map(left_out));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let evaluation = self.conclude(model, recipe, executed, &reference)?;
            let index = survey.variants.len();
            let Surveyed { report, rows, left_out } =
                price_boards(&evaluation, variant, index, terms)?;
            survey.variants.push(report);
            survey.boards.extend(rows);
            survey.left_out.extend(left_out);
        }
        survey.boards.sort_by(|a, b| a.board.cmp(&b.board));
        survey.left_out.sort_by(|a, b| a.board.cmp(&b.board));
        mark_optimal(&mut survey);
        Ok(survey)
    }
}

/// Prices what one variant's emulation counted for all of its boards.
fn price_boards(
    evaluation: &Evaluation,
    variant: &Variant<'_>,
    index: usize,
    terms: &Terms,
) -> Result<Surveyed, Error> {
    let run = &evaluation.report;
    let cores: BTreeSet<&String> = variant.boards.iter().map(|board| &board.core.name).collect();
    let report = VariantReport {
        cores: cores.into_iter().cloned().collect(),
        emulated_on: variant.stand_in.name.clone(),
        isa: variant.stand_in.core.isa.to_string(),
        toolchain: run.toolchain.clone(),
        runner: run.runner.clone(),
        verdict: run.verdict,
        max_difference: run.max_difference,
        instructions: run.instructions,
        ram_bytes: run.ram_bytes,
        flash_bytes: run.flash_bytes,
    };
    let rows = variant.boards.par_iter().map(|board| row(evaluation, board, index, terms));
    let mut surveyed = Surveyed { report, rows: Vec::new(), left_out: Vec::new() };
    for row in rows.collect::<Result<Vec<_>, _>>()? {
        match row {
            Ok(row) => surveyed.rows.push(row),
            Err(left_out) => surveyed.left_out.push(left_out),
        }
    }
    Ok(surveyed)
}

/// What can be said of one board, or why nothing can.
fn row(
    evaluation: &Evaluation,
    board: &Board,
    variant: usize,
    terms: &Terms,
) -> Result<Result<SurveyRow, LeftOut>, Error> {
    let device = board.device().expect("variants have devices only");
    if let Some(reason) = terms.too_fast(board) {
        return Ok(Err(LeftOut::new(board, reason)));
    }
    let cost = evaluation.cost(board, terms)?;
    Ok(Ok(SurveyRow {
        board: board.name.clone(),
        chip: device.chip.name.clone(),
        core: board.core.name.clone(),
        variant,
        fit: evaluation.report.fit_on(device).expect("emulated runs have a footprint"),
        cost: cost.map_or_else(|| CostReport::unknown(board), |cost| cost.report),
        price_usd: board.price.as_ref().map(|price| price.usd),
        price_verified: board.price.is_some() && !board.provenance.doubts("price"),
        optimal: false,
    }))
}

/// Marks boards that no other beats, among those that fit, give right results and have a latency.
fn mark_optimal(survey: &mut Survey) {
    let eligible = |row: &SurveyRow| {
        row.fit.fits
            && row.latency_ms().is_some()
            && survey.variants[row.variant].verdict != Verdict::Wrong
    };
    let indices: Vec<usize> =
        (0..survey.boards.len()).filter(|&index| eligible(&survey.boards[index])).collect();
    let figures = |&index: &usize| {
        let row = &survey.boards[index];
        [row.latency_ms(), row.sourced_microjoules(), row.price_usd]
    };
    let candidates: Vec<_> = indices.iter().map(figures).collect();
    for (index, optimal) in indices.into_iter().zip(pareto::optimal(&candidates)) {
        survey.boards[index].optimal = optimal;
    }
}
