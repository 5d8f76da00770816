//! Where the cycles of an inference go: operators, functions, loops, lines of generated C.

mod flame;
mod loops;
mod trace;

pub use flame::flame_graph;
pub use loops::{LoopProfile, Mix};
pub use trace::trace;

use crate::Error;
use crate::cost::{Cost, CostReport, Cycles};
use crate::recording::Recording;
use crate::report::ModelReport;
use serde::Serialize;
use smidgen_run::{Frame, Lines};
use smidgen_target::{Board, Class};
use smidgen_timing::price::InstructionPrice;
use std::collections::BTreeMap;

/// Version of the JSON that [`ProfileReport`] serialises to.
pub const PROFILE_SCHEMA: &str = "smidgen.profile/1";

/// Where the cycles of one inference go.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileReport {
    /// [`PROFILE_SCHEMA`].
    pub schema: String,
    /// The model.
    pub model: ModelReport,
    /// Name of the board.
    pub board: String,
    /// Name of its core.
    pub core: String,
    /// Name of the emulated board that executed the code.
    pub emulated_on: String,
    /// Instructions of one inference, exactly counted.
    pub instructions: u64,
    /// Those among them that are not known, and priced as the pipeline's table says of such.
    pub unknown_instructions: u64,
    /// What the inference costs.
    #[serde(flatten)]
    pub cost: CostReport,
    /// Operators in execution order.
    pub operators: Vec<OperatorProfile>,
    /// Functions of the program, most cycles first.
    pub functions: Vec<FunctionProfile>,
    /// Classes of instructions, most cycles first.
    pub classes: Vec<ClassProfile>,
    /// Innermost loops, most cycles first.
    pub loops: Vec<LoopProfile>,
    /// Lines of generated C, most cycles first.
    pub lines: Vec<LineProfile>,
}

/// What a part of the code took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spent {
    /// Instructions executed.
    pub instructions: u64,
    /// Cycles.
    pub cycles: f64,
    /// Part of all cycles, from 0 to 1.
    pub share: f64,
    /// The cycles by cause.
    pub cycle_causes: Cycles,
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OperatorProfile {
    /// Name of the source layer.
    pub name: String,
    /// Operator name, such as `CONV_2D`.
    pub kind: String,
    /// Multiply-accumulate operations.
    pub macs: u64,
    /// Multiply-accumulate operations per cycle; none without any.
    pub macs_per_cycle: Option<f64>,
    /// What it took.
    #[serde(flatten)]
    pub spent: Spent,
}

/// A function of the program.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FunctionProfile {
    /// Name in the source, or `?` for code that belongs to no function.
    pub name: String,
    /// Multiply-accumulate operations of the operators that spend most of their cycles here.
    pub macs: u64,
    /// The same per cycle of this function; none without any.
    pub macs_per_cycle: Option<f64>,
    /// What it took, without functions that it calls.
    #[serde(flatten)]
    pub spent: Spent,
}

/// A class of instructions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassProfile {
    /// Name of the class.
    pub class: String,
    /// What it took.
    #[serde(flatten)]
    pub spent: Spent,
}

/// A line of generated C.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineProfile {
    /// Path in the package, such as `model.c`.
    pub file: String,
    /// Number, from 1.
    pub line: u32,
    /// The line itself, where the source is at hand.
    pub text: Option<String>,
    /// What its instructions took.
    #[serde(flatten)]
    pub spent: Spent,
}

/// Instructions, cycles and their causes, to be added up.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    instructions: u64,
    cycles: Cycles,
}

impl Tally {
    fn add(&mut self, priced: &InstructionPrice) {
        self.instructions = self.instructions.saturating_add(priced.executions);
        self.cycles += priced.cycles;
    }

    fn spent(&self, all: f64) -> Spent {
        let cycles = self.cycles.total();
        let share = if all > 0.0 { cycles / all } else { 0.0 };
        let (instructions, cycle_causes) = (self.instructions, self.cycles);
        Spent { instructions, cycles, share, cycle_causes }
    }
}

/// Multiply-accumulate operations per cycle, where there are any.
fn per_cycle(macs: u64, cycles: f64) -> Option<f64> {
    (macs > 0 && cycles > 0.0).then(|| macs as f64 / cycles)
}

impl ProfileReport {
    /// Spreads the cost of a recording on `board` over its code. At most `top` loops and as many
    /// lines are listed.
    pub fn new(
        recording: &Recording,
        board: &Board,
        cost: &Cost,
        top: usize,
    ) -> Result<Self, Error> {
        let run = &recording.report;
        let lines = Lines::read(&recording.program)?;
        let all = cost.price.total.total();
        let instructions = priced(cost).map(|priced| priced.executions).sum();
        Ok(Self {
            schema: PROFILE_SCHEMA.to_string(),
            model: run.model.clone(),
            board: board.name.clone(),
            core: board.core.name.clone(),
            emulated_on: run.emulated_on.as_ref().unwrap_or(&run.board).clone(),
            instructions,
            unknown_instructions: cost.price.unknown_instructions,
            cost: cost.report.clone(),
            operators: operators(recording, cost, all),
            functions: functions(recording, cost, all),
            classes: classes(cost, all),
            loops: loops::hottest(recording, cost, &lines, top)?,
            lines: hottest_lines(recording, cost, &lines, top)?,
        })
    }
}

/// All instructions of all steps.
fn priced(cost: &Cost) -> impl Iterator<Item = &InstructionPrice> {
    cost.price.steps.iter().flat_map(|step| &step.instructions)
}

fn operators(recording: &Recording, cost: &Cost, all: f64) -> Vec<OperatorProfile> {
    let steps = recording.report.operators.iter().zip(&cost.price.steps);
    let operators = steps.map(|(operator, step)| {
        let mut tally = Tally::default();
        step.instructions.iter().for_each(|priced| tally.add(priced));
        let spent = tally.spent(all);
        OperatorProfile {
            name: operator.name.clone(),
            kind: operator.kind.clone(),
            macs: operator.macs,
            macs_per_cycle: per_cycle(operator.macs, spent.cycles),
            spent,
        }
    });
    operators.collect()
}

fn functions(recording: &Recording, cost: &Cost, all: f64) -> Vec<FunctionProfile> {
    let mut functions: BTreeMap<&str, (Tally, u64)> = BTreeMap::new();
    for (operator, step) in recording.report.operators.iter().zip(&cost.price.steps) {
        let mut own: BTreeMap<&str, Tally> = BTreeMap::new();
        for priced in &step.instructions {
            let name = recording.layout.function_at(priced.address.into());
            own.entry(name).or_default().add(priced);
            functions.entry(name).or_default().0.add(priced);
        }
        let cycles = |tally: &Tally| tally.cycles.total();
        let main = own.iter().max_by(|a, b| cycles(a.1).total_cmp(&cycles(b.1)));
        if let Some((name, _)) = main {
            let macs = &mut functions.entry(name).or_default().1;
            *macs = macs.saturating_add(operator.macs);
        }
    }
    let function = |(name, (tally, macs)): (&str, (Tally, u64))| {
        let spent = tally.spent(all);
        let macs_per_cycle = per_cycle(macs, spent.cycles);
        FunctionProfile { name: name.to_string(), macs, macs_per_cycle, spent }
    };
    let mut functions: Vec<_> = functions.into_iter().map(function).collect();
    functions.sort_by(|a, b| b.spent.cycles.total_cmp(&a.spent.cycles));
    functions
}

fn classes(cost: &Cost, all: f64) -> Vec<ClassProfile> {
    let mut classes: BTreeMap<Class, Tally> = BTreeMap::new();
    for priced in priced(cost) {
        classes.entry(priced.class).or_default().add(priced);
    }
    let class = |(class, tally): (Class, Tally)| ClassProfile {
        class: class.name().to_string(),
        spent: tally.spent(all),
    };
    let mut classes: Vec<_> = classes.into_iter().map(class).collect();
    classes.sort_by(|a, b| b.spent.cycles.total_cmp(&a.spent.cycles));
    classes
}

fn hottest_lines(
    recording: &Recording,
    cost: &Cost,
    lines: &Lines<'_>,
    top: usize,
) -> Result<Vec<LineProfile>, Error> {
    let all = cost.price.total.total();
    let mut places: BTreeMap<(String, u32), Tally> = BTreeMap::new();
    for priced in priced(cost) {
        if let Some(Frame { file, line, .. }) = lines.at(priced.address.into())?.into_iter().next()
        {
            places.entry((file, line)).or_default().add(priced);
        }
    }
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by(|a, b| b.1.cycles.total().total_cmp(&a.1.cycles.total()));
    places.truncate(top);
    let wanted = places.iter().map(|((file, line), _)| (file.as_str(), *line));
    let texts = recording.source_lines(wanted);
    let line = |((file, line), tally): &((String, u32), Tally)| LineProfile {
        file: file.clone(),
        line: *line,
        text: texts.get(&(file.as_str(), *line)).cloned(),
        spent: tally.spent(all),
    };
    Ok(places.iter().map(line).collect())
}
