//! Thumb instructions of the M profile, after the Armv6-M, Armv7-M and Armv8-M Architecture
//! Reference Manuals. Bits that the manuals only recommend are not checked.

mod branch;
mod data;
mod float;
mod memory;
mod multiply;
mod narrow;
mod vector;
mod vector_float;
mod vector_memory;
mod vector_reduce;

use super::row::{Field, Precision};
use super::{Operation, Registers, first};

/// The number of the link register.
const LR: u32 = 14;

const FLAGS: Field = Field::Always(Registers::FLAGS);
const LINK: Field = Field::Always(Registers::integer(LR));
const STACK: Field = Field::Always(Registers::integer(13));

/// The flags, if bit 20 (S) is set.
const FLAGS_IF_S: Field = Field::If(1 << 20, 1 << 20, Registers::FLAGS);

/// A register in four bits.
const fn core(at: u8) -> Field {
    Field::Integer { at, width: 4, base: 0 }
}

/// A register below eight in three bits.
const fn low(at: u8) -> Field {
    Field::Integer { at, width: 3, base: 0 }
}

const RM: Field = core(0);
const RD: Field = core(8);
const RT: Field = core(12);
const RN: Field = core(16);

/// Quad registers.
const fn quad(at: u8) -> Field {
    Field::Quads { at, count: 1 }
}

const QM: Field = quad(1);
const QD: Field = quad(13);
const QN: Field = quad(17);
const PREDICATE: Field = Field::Always(Registers::PREDICATE);
/// The carry of vector additions, and the result of comparisons.
const STATUS: Field = Field::Always(Registers::FLOAT_FLAGS);

/// The operands of floating-point instructions.
const fn fp_d(precision: Precision) -> Field {
    Field::Fp { at: 12, extra: 22, precision }
}

const fn fp_n(precision: Precision) -> Field {
    Field::Fp { at: 16, extra: 7, precision }
}

const fn fp_m(precision: Precision) -> Field {
    Field::Fp { at: 0, extra: 5, precision }
}

/// What a 16-bit instruction does.
pub(super) fn narrow(opcode: u32, at: u32) -> Option<Operation> {
    first(&[narrow::ROWS], opcode, at).map(without_counter)
}

/// What a 32-bit instruction does; its first halfword is the upper half.
pub(super) fn wide(opcode: u32, at: u32) -> Option<Operation> {
    let is_float = opcode & 0x0300_0000 != 0x0300_0000 && matches!(opcode >> 8 & 15, 9..=11);
    let found = if opcode & 0xec00_0000 != 0xec00_0000 {
        first(&[branch::ROWS, data::ROWS, memory::ROWS, multiply::ROWS], opcode, at)
    } else if is_float {
        float::decode(opcode, at)
    } else {
        let tables = [vector::ROWS, vector_float::ROWS, vector_reduce::ROWS, vector_memory::ROWS];
        first(&tables, opcode, at)
    };
    found.map(without_counter)
}

/// Register 15 is the program counter, or marks an operand that is not there.
fn without_counter(mut operation: Operation) -> Operation {
    let counter = Registers::integer(15);
    operation.reads = operation.reads - counter;
    operation.writes = operation.writes - counter;
    operation.address = operation.address - counter;
    operation
}
