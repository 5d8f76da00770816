//! What a step asks of memories, whichever they are: worked out once per run.

use std::collections::BTreeMap;
use std::ops::Range;

use smidgen_target::Class;

use crate::decode::{Operation, Registers};
use crate::flow::{KnownJump, Program, StepFlow};
use crate::memory::{Fetched, Jump, Reader};
use crate::profile::{Access, Region};

/// Fetches and loads of one step.
#[derive(Debug, Clone)]
pub(super) struct Traffic {
    /// Indices of the executed instructions, ascending.
    pub(super) executed: Vec<usize>,
    /// One per executed instruction, without cycles.
    pub(super) fetched: Vec<Fetched>,
    /// Jumps whose targets are known that the step took.
    pub(super) jumps: Vec<Jump>,
    /// The parts of the code that lie in one kind of memory.
    pub(super) areas: Vec<Area>,
    /// Loads from memory that cannot be written.
    pub(super) from_code: Loads,
    /// Loads from memory that can.
    pub(super) from_data: Loads,
}

/// Executed instructions that follow each other in one kind of memory.
#[derive(Debug, Clone)]
pub(super) struct Area {
    /// Which of [`Traffic::fetched`].
    pub(super) range: Range<usize>,
    /// Whether the memory can be written.
    pub(super) writable: bool,
}

/// Loads from one kind of memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Loads {
    /// Which of [`Traffic::fetched`] load.
    pub(super) places: Vec<usize>,
    /// What each of them loads.
    pub(super) readers: Vec<Reader>,
}

impl Loads {
    /// Bytes of all loads.
    pub(super) fn bytes(&self) -> f64 {
        self.readers.iter().map(|reader| reader.bytes).sum()
    }
}

impl Traffic {
    /// The traffic of a step with the counts of `flow`.
    pub(super) fn new(
        program: &Program,
        jumps: &[KnownJump],
        flow: &StepFlow,
        accesses: &[Access],
        regions: &[Region],
    ) -> Self {
        let (executed, fetched) = fetches(program, flow);
        let operations: Vec<_> =
            executed.iter().map(|&index| program.instructions[index].operation).collect();
        let loads = |writable| loads(&fetched, &operations, accesses, regions, writable);
        Self {
            jumps: jumps.iter().filter_map(|jump| taken(program, flow, *jump)).collect(),
            areas: areas(&fetched, regions),
            from_code: loads(false),
            from_data: loads(true),
            executed,
            fetched,
        }
    }
}

/// The instructions that a step executed, and how control reached them.
fn fetches(program: &Program, flow: &StepFlow) -> (Vec<usize>, Vec<Fetched>) {
    let (mut executed, mut fetched) = (Vec::new(), Vec::new());
    let blocks = program.blocks.iter().zip(&flow.blocks);
    for (block, counts) in blocks.filter(|(_, counts)| counts.executions > 0) {
        for index in block.instructions.clone() {
            let placed = &program.instructions[index];
            let (sequential, jumps) = if index == block.instructions.start {
                (counts.fallthrough_entries, counts.jump_entries)
            } else {
                (counts.executions, 0)
            };
            let (address, bytes) = (placed.address, placed.bytes);
            executed.push(index);
            fetched.push(Fetched { address, bytes, sequential, jumps, cycles: 0.0 });
        }
    }
    (executed, fetched)
}

fn taken(program: &Program, flow: &StepFlow, jump: KnownJump) -> Option<Jump> {
    let taken = flow.blocks[jump.from].taken;
    let from = program.branch(&program.blocks[jump.from]).filter(|_| taken > 0)?.address;
    let to = program.instructions[program.blocks[jump.to].instructions.start].address;
    Some(Jump { from, to, taken })
}

/// The region that holds `address`.
pub(super) fn region_of(address: u32, regions: &[Region]) -> Option<&Region> {
    regions.iter().find(|region| address.wrapping_sub(region.base) < region.bytes)
}

fn areas(code: &[Fetched], regions: &[Region]) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    for (index, fetched) in code.iter().enumerate() {
        let writable = region_of(fetched.address, regions).is_some_and(|region| region.writable);
        match areas.last_mut() {
            Some(area) if area.writable == writable => area.range.end = index + 1,
            _ => areas.push(Area { range: index..index + 1, writable }),
        }
    }
    areas
}

/// The instructions that load from memory of one kind.
fn loads(
    code: &[Fetched],
    operations: &[Operation],
    accesses: &[Access],
    regions: &[Region],
    writable: bool,
) -> Loads {
    let mut bytes: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for access in accesses {
        let (own, all) = bytes.entry(access.instruction).or_default();
        *all += access.read as f64;
        let region = access.region.and_then(|index| regions.get(index));
        if region.is_some_and(|region| region.writable == writable) {
            *own += access.read as f64;
        }
    }
    let mut loads = Loads::default();
    for (place, (fetched, operation)) in code.iter().zip(operations).enumerate() {
        let Some(&(own, all)) = bytes.get(&fetched.address).filter(|(own, _)| *own > 0.0) else {
            continue;
        };
        let executions = fetched.sequential.saturating_add(fetched.jumps);
        let accesses = executions as f64 * f64::from(operation.words.max(1)) * own / all;
        loads.places.push(place);
        loads.readers.push(Reader { accesses, bytes: own, literal: is_literal(operation) });
    }
    loads
}

/// Whether an instruction reads a constant that lies beside the code.
fn is_literal(operation: &Operation) -> bool {
    operation.address == Registers::NONE && operation.class != Class::Unknown
}
