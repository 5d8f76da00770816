//! What an execution costs on a board: cycles by cause, for the whole, each step and each
//! instruction.

mod paths;
mod stalls;
mod traffic;

pub use paths::Conditions;
pub use stalls::WorkingSet;

use smidgen_target::{Board, Class, Device, Memory, Pipeline, Role};

use crate::cycles::Cycles;
use crate::flow::{self, Program, ProgramFlow, StepFlow};
use crate::pipeline::Prices;
use crate::profile::{Profile, Step};
use stalls::{Memories, Stall};
use traffic::{Traffic, region_of};

#[cfg(test)]
mod tests;

/// What a model's memory traffic depends on besides its code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// All RAM of the model, in bytes; 0 where it is not known.
    pub ram_bytes: u64,
    /// What each step reads. Where there is no entry, each byte is taken to be read once.
    pub working_sets: Vec<WorkingSet>,
}

/// A profile that is decoded and ready to be priced on any chip with its instruction set.
#[derive(Debug, Clone)]
pub struct Execution {
    flow: ProgramFlow,
    steps: Vec<StepTraffic>,
    /// Bytes of executed code that a recipe has placed in RAM.
    placed_code: u64,
}

/// What a step has beside its flow.
#[derive(Debug, Clone)]
struct StepTraffic {
    name: String,
    traffic: Traffic,
}

/// What one inference costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// Core clock in hertz.
    pub clock_hz: u64,
    /// All steps together.
    pub total: Cycles,
    /// Each step, in execution order.
    pub steps: Vec<StepPrice>,
    /// What the price leaves out, in words.
    pub caveats: Vec<String>,
    /// Executed instructions that were not decoded; they are priced as the pipeline's table says.
    pub unknown_instructions: u64,
}

/// What one step costs.
#[derive(Debug, Clone, PartialEq)]
pub struct StepPrice {
    /// Symbol of the step's function.
    pub name: String,
    /// All of it.
    pub cycles: Cycles,
    /// Each instruction that executed in it, by address.
    pub instructions: Vec<InstructionPrice>,
}

/// What one instruction of a step costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InstructionPrice {
    /// Address.
    pub address: u32,
    /// What it is.
    pub class: Class,
    /// How often it executed in the step.
    pub executions: u64,
    /// All executions together.
    pub cycles: Cycles,
}

/// Why an execution has no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The profile's code contradicts itself.
    #[error(transparent)]
    Flow(#[from] flow::Error),
    /// The host is not priced.
    #[error("board `{board}` is no microcontroller: nothing is known of its memories")]
    Host {
        /// Its name.
        board: String,
    },
    /// The clock is outside of what the chip can do.
    #[error("board `{board}` runs at 1 to {most} Hz, not at {asked}")]
    Clock {
        /// Name of the board.
        board: String,
        /// Highest clock in hertz.
        most: u64,
        /// The clock that was asked for.
        asked: u64,
    },
}

impl Execution {
    /// Decodes a profile.
    pub fn new(profile: &Profile) -> Result<Self, Error> {
        let flow = ProgramFlow::new(profile)?;
        let jumps: Vec<_> = flow.program.known_jumps().collect();
        let step = |(step, counts): (&Step, &StepFlow)| {
            let (accesses, regions) = (&step.counts.accesses, &profile.regions);
            let traffic = Traffic::new(&flow.program, &jumps, counts, accesses, regions);
            StepTraffic { name: step.name.clone(), traffic }
        };
        let steps = profile.steps.iter().zip(&flow.steps).map(step).collect();
        let placed = flow.program.instructions.iter().filter(|placed| {
            region_of(placed.address, &profile.regions).is_some_and(|region| region.writable)
        });
        let placed_code = placed.map(|placed| u64::from(placed.bytes)).sum();
        Ok(Self { flow, steps, placed_code })
    }
}

/// What each executed instruction of each step costs a core whose memories answer at once.
#[derive(Debug, Clone)]
pub struct CoreCycles {
    steps: Vec<Vec<Cycles>>,
}

impl Execution {
    /// Prices the instructions with a pipeline's table. The result serves every board that has it.
    pub fn core_cycles(&self, pipeline: &Pipeline) -> CoreCycles {
        let prices = Prices::new(&self.flow.program, pipeline);
        let step = |(data, flow): (&StepTraffic, &StepFlow)| {
            let all = prices.step(flow);
            data.traffic.executed.iter().map(|&index| all[index]).collect()
        };
        CoreCycles { steps: self.steps.iter().zip(&self.flow.steps).map(step).collect() }
    }
}

/// What `execution` costs on `board`, which has the instruction set of the board that ran it and the
/// pipeline that `core` was worked out for.
///
/// Regions that cannot be written stand for the board's code memory, all others for its data
/// memory.
pub fn price(
    execution: &Execution,
    core: &CoreCycles,
    needs: &Needs,
    board: &Board,
    conditions: &Conditions,
) -> Result<Price, Error> {
    let name = || board.name.clone();
    let device = board.device().ok_or_else(|| Error::Host { board: name() })?;
    let clock_hz = conditions.clock_hz.unwrap_or(device.clock_hz);
    let most = device.chip.max_clock_hz;
    if clock_hz == 0 || clock_hz > most {
        return Err(Error::Clock { board: name(), most, asked: clock_hz });
    }
    let fast_data = device.fast_data.as_ref().filter(|memory| holds(memory, needs.ram_bytes));
    let fast_code = device.fast_code.as_ref().filter(|memory| holds(memory, execution.placed_code));
    let [data, ram] = [fast_data, fast_code].map(|fast| fast.unwrap_or(&device.data));
    let memories = Memories::new(device, clock_hz, *conditions, [&device.code, data, ram]);
    let program = &execution.flow.program;
    let mut steps = Vec::with_capacity(execution.steps.len());
    let parts = execution.steps.iter().zip(&execution.flow.steps).zip(&core.steps);
    for (index, ((data, flow), core)) in parts.enumerate() {
        let stalls = if memories.are_immediate() {
            vec![Stall::default(); core.len()]
        } else {
            let set = needs.working_sets.get(index).copied().unwrap_or_default();
            memories.stalls(&data.traffic, core, set)
        };
        steps.push(step(data, program, flow, core, &stalls));
    }
    let unknown = |step: &StepPrice| {
        let unknown = step.instructions.iter().filter(|one| one.class == Class::Unknown);
        unknown.map(|one| one.executions).sum::<u64>()
    };
    let unknown_instructions = steps.iter().map(unknown).sum();
    Ok(Price {
        clock_hz,
        total: steps.iter().map(|step| step.cycles).sum(),
        unknown_instructions,
        caveats: caveats(device, conditions, fast_data, unknown_instructions),
        steps,
    })
}

/// Whether `memory` is large enough for `bytes`; 0 are unknown ones.
fn holds(memory: &Memory, bytes: u64) -> bool {
    bytes > 0 && bytes <= u64::from(memory.size)
}

/// What the price does not know, memories that matter and instructions, or takes for granted. RAM
/// on the chip without a stated timing is fast.
fn caveats(
    device: &Device,
    conditions: &Conditions,
    fast_data: Option<&Memory>,
    unknown_instructions: u64,
) -> Vec<String> {
    let mut caveats = Vec::new();
    if conditions.caches.is_some() && device.chip.caches.is_empty() {
        caveats.push("no cache is known that could be on or off".to_owned());
    }
    let data = fast_data.unwrap_or(&device.data);
    let untimed = device.code.timing.is_none().then_some(&device.code);
    let slow = (data.role == Role::External && data.timing.is_none()).then_some(data);
    for Memory { name, .. } in untimed.into_iter().chain(slow) {
        caveats.push(format!("the timing of memory `{name}` is unknown: priced without waiting"));
    }
    if let Some(Memory { name, .. }) = fast_data {
        let usual = &device.data.name;
        caveats
            .push(format!("all RAM is taken to be in `{name}`, which holds it, not in `{usual}`"));
    }
    if unknown_instructions > 0 {
        caveats.push(format!(
            "{unknown_instructions} executed instructions are unknown: priced as the pipeline's \
             table says for class `{}`",
            Class::Unknown
        ));
    }
    caveats
}

/// Puts together what pipeline and memories say of the instructions that a step executed.
fn step(
    data: &StepTraffic,
    program: &Program,
    flow: &StepFlow,
    core: &[Cycles],
    stalls: &[Stall],
) -> StepPrice {
    let instruction = |(&index, (&core, stall)): (&usize, (&Cycles, &Stall))| {
        let placed = &program.instructions[index];
        let Stall { fetch, data } = *stall;
        InstructionPrice {
            address: placed.address,
            class: placed.operation.class,
            executions: flow.executions[index],
            cycles: core + Cycles { fetch, data, ..Cycles::default() },
        }
    };
    let parts = core.iter().zip(stalls);
    let instructions: Vec<_> = data.traffic.executed.iter().zip(parts).map(instruction).collect();
    let cycles = instructions.iter().map(|one| one.cycles).sum();
    StepPrice { name: data.name.clone(), cycles, instructions }
}
