//! An in-order pipeline, one instruction after the other.

use crate::decode::{Flow, Register, Registers};
use crate::flow::Placed;
use smidgen_target::pipeline::{MOST_PIPES, Operand, Pairs, Slot, Timing};
use smidgen_target::{Class, Pipeline};

/// What one instruction cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Issued {
    /// Cycles of its own.
    pub(super) issue: f64,
    /// Cycles that it waited for a result.
    pub(super) dependency: f64,
}

/// A pipeline and what is under way in it.
#[derive(Clone)]
pub(super) struct Machine<'a> {
    pipeline: &'a Pipeline,
    /// The cycle in which the next instruction issues at the soonest.
    now: i64,
    /// Where each register's value comes from, by [`Register::index`].
    made: [Made; Register::COUNT],
    /// When each pipe is free again. The pipes of a unit are next to each other.
    free: [i64; MOST_PIPES],
    /// The instruction before, unless it is out of the way.
    before: Option<Before>,
    late_flags: bool,
}

/// A value of a register.
#[derive(Debug, Clone, Copy)]
struct Made {
    /// The cycle that latencies count from.
    cycle: i64,
    by: Class,
}

/// The instruction before.
#[derive(Debug, Clone, Copy)]
struct Before {
    class: Class,
    writes: Registers,
    /// Whether another may issue in its last cycle.
    open: bool,
}

/// A value that was always there.
const OLD: Made = Made { cycle: i64::MIN / 2, by: Class::Nop };

impl<'a> Machine<'a> {
    pub(super) fn new(pipeline: &'a Pipeline) -> Self {
        Self {
            pipeline,
            now: 0,
            made: [OLD; Register::COUNT],
            free: [OLD.cycle; MOST_PIPES],
            before: None,
            late_flags: false,
        }
    }

    /// Lets cycles pass in which nothing issues.
    pub(super) fn wait(&mut self, cycles: u8) {
        self.now += i64::from(cycles);
        self.before = None;
    }

    /// Whether the last instruction decided on flags that are too young.
    pub(super) fn late_flags(&self) -> bool {
        self.late_flags
    }

    /// Issues the next instruction.
    pub(super) fn issue(&mut self, placed: &Placed) -> Issued {
        let operation = &placed.operation;
        let timing = self.pipeline.timing(operation.class);
        let operands = self.operands_at(placed, timing);
        let (whole, half) = occupied(placed, timing);
        self.late_flags = false;
        let joins = self.joins(placed, timing) && {
            let cycle = self.now - 1;
            operands <= cycle && self.units_at(timing, cycle) <= cycle
        };
        let overlap = i64::from(!joins && whole >= 2 && self.overlaps(placed));
        let soonest = self.now - if joins { 1 } else { overlap };
        let ready = soonest.max(operands);
        let start = self.units_at(timing, ready).max(ready);
        let end = start + whole;
        let stall = ready - soonest;
        let spent = end.max(self.now) - self.now - stall;
        self.late_flags = self.has_late_flags(placed, start);
        self.take_units(timing, start, whole);
        self.write(placed, timing, start, end, if joins { start } else { operands });
        if whole > 0 {
            let narrow = placed.bytes == 2 || self.pipeline.pairs == Pairs::Any;
            let open = !joins && narrow && timing.slot != Slot::Alone;
            self.before = Some(Before { class: operation.class, writes: operation.writes, open });
        }
        self.now = end.max(self.now);
        Issued { issue: spent as f64 + half, dependency: stall as f64 }
    }

    /// The cycle by which all operands are there. Branches do not wait for flags.
    fn operands_at(&self, placed: &Placed, timing: &Timing) -> i64 {
        let operation = &placed.operation;
        let at = |register: Register| {
            let operand = operand(placed, timing, register);
            if operand == Operand::Flags { OLD.cycle } else { self.there(register, operand) }
        };
        operation.reads.iter().map(at).max().unwrap_or(OLD.cycle)
    }

    /// The cycle in which `operand` can be the value of `register`.
    fn there(&self, register: Register, operand: Operand) -> i64 {
        let made = self.made[register.index()];
        let latency = self.pipeline.latency(self.pipeline.timing(made.by), operand);
        made.cycle + i64::from(latency)
    }

    fn has_late_flags(&self, placed: &Placed, start: i64) -> bool {
        placed.operation.flow != Flow::Next
            && placed.operation.reads.contains(Register::FLAGS)
            && self.there(Register::FLAGS, Operand::Flags) > start
    }

    /// Whether the instruction may issue together with the one before, operands and units aside.
    fn joins(&self, placed: &Placed, timing: &Timing) -> bool {
        let size = match self.pipeline.pairs {
            Pairs::Never => false,
            Pairs::Narrow => placed.bytes == 2,
            Pairs::Any => true,
        };
        let single = occupied(placed, timing).0 == 1;
        size && single && timing.slot == Slot::Any && self.before.is_some_and(|before| before.open)
    }

    /// Whether its first cycle is the last one of the instruction before.
    fn overlaps(&self, placed: &Placed) -> bool {
        self.before.is_some_and(|before| {
            let classes = &self.pipeline.timing(before.class).overlaps;
            classes.contains(&placed.operation.class)
                && !placed.operation.address.intersects(before.writes)
        })
    }

    /// The pipes of a unit.
    fn pipes(&self, unit: u8) -> std::ops::Range<usize> {
        let units = &self.pipeline.units;
        let first: usize = units.iter().take(unit.into()).map(|unit| usize::from(unit.1)).sum();
        first..first + units.get(usize::from(unit)).map_or(0, |unit| usize::from(unit.1))
    }

    /// The cycle, `from` at the soonest, in which all units have a free pipe.
    fn units_at(&self, timing: &Timing, from: i64) -> i64 {
        let mut free = self.free;
        timing.units.iter().fold(from, |at, &unit| {
            // A unit that is named again needs another of its pipes.
            self.pipes(unit)
                .min_by_key(|&pipe| free[pipe])
                .map_or(at, |pipe| at.max(std::mem::replace(&mut free[pipe], i64::MAX)))
        })
    }

    /// Takes the pipes that are free first.
    fn take_units(&mut self, timing: &Timing, start: i64, cycles: i64) {
        let until = start + timing.unit_cycles.map_or(cycles, i64::from);
        for &unit in &timing.units {
            if let Some(pipe) = self.pipes(unit).min_by_key(|&pipe| self.free[pipe]) {
                self.free[pipe] = until;
            }
        }
    }

    /// Notes what the instruction writes. `operands` is when its operands were there.
    fn write(&mut self, placed: &Placed, timing: &Timing, start: i64, end: i64, operands: i64) {
        let operation = &placed.operation;
        let cycle = end.max(start + 1) - 1;
        let early = (start - operands).clamp(0, i64::from(timing.ahead));
        let moved = moved_address(placed);
        for register in operation.writes.iter() {
            self.made[register.index()] = if moved.contains(register) {
                let ahead = self.pipeline.timing(Class::Alu).ahead;
                Made { cycle: start - i64::from(ahead), by: Class::Alu }
            } else if register == Register::FLAGS {
                Made { cycle, by: operation.class }
            } else {
                Made { cycle: cycle - early, by: operation.class }
            };
        }
    }
}

/// Cycles until the next instruction may issue, and what the mean has beyond whole ones.
fn occupied(placed: &Placed, timing: &Timing) -> (i64, f64) {
    let (least, most) = timing.cycles.range();
    let twice = i64::from(least) + i64::from(most);
    let mut whole = twice / 2;
    if timing.words_per_cycle > 0 {
        whole += i64::from(placed.operation.words.div_ceil(timing.words_per_cycle));
    }
    if placed.operation.address.len() > 1 {
        whole += i64::from(timing.indexed);
    }
    (whole, (twice % 2) as f64 / 2.0)
}

/// What kind of operand `register` is to the instruction.
fn operand(placed: &Placed, timing: &Timing, register: Register) -> Operand {
    let operation = &placed.operation;
    if operation.address.contains(register) {
        return Operand::Address;
    }
    if register == Register::FLAGS && operation.flow != Flow::Next {
        return Operand::Flags;
    }
    let sums = operation.writes.contains(register);
    match operation.class {
        Class::Store
        | Class::StorePair
        | Class::StoreMultiple
        | Class::FloatStore
        | Class::FloatStoreMultiple
        | Class::VectorStore => Operand::Data,
        Class::MultiplyAccumulate
        | Class::MultiplyAccumulateLong
        | Class::SimdMultiply
        | Class::SimdMultiplyLong
        | Class::FloatMultiplyAccumulate
        | Class::DoubleMultiplyAccumulate
        | Class::VectorMultiply
        | Class::VectorReduce
            if sums =>
        {
            Operand::Accumulator
        }
        Class::Multiply
        | Class::MultiplyAccumulate
        | Class::MultiplyLong
        | Class::MultiplyAccumulateLong
        | Class::SimdMultiply
        | Class::SimdMultiplyLong => Operand::Factor,
        _ if timing.early => Operand::Early,
        _ => Operand::Plain,
    }
}

/// The address registers that an access moves on. Loads that overwrite their own address do not.
fn moved_address(placed: &Placed) -> Registers {
    let operation = &placed.operation;
    let both = operation.address & operation.writes;
    let loaded = if is_load(operation.class) { u32::from(operation.words) } else { 0 };
    if operation.writes.len() > loaded { both } else { Registers::NONE }
}

fn is_load(class: Class) -> bool {
    matches!(
        class,
        Class::Load
            | Class::LoadNarrow
            | Class::LoadPair
            | Class::LoadMultiple
            | Class::FloatLoad
            | Class::FloatLoadMultiple
            | Class::VectorLoad
            | Class::VectorGather
            | Class::BranchLoad
    )
}
