//! RISC-V instructions, after the Unprivileged and Privileged Specifications.

mod compressed;
mod float;
mod integer;

use super::row::Field;
use super::{Operation, Registers, first};
use smidgen_target::Class;

/// A register in five bits.
const fn x(at: u8) -> Field {
    Field::Integer { at, width: 5, base: 0 }
}

const fn f(at: u8) -> Field {
    Field::Float { at, width: 5, base: 0 }
}

/// One of the registers 8 to 15 in three bits.
const fn x8(at: u8) -> Field {
    Field::Integer { at, width: 3, base: 8 }
}

const fn f8(at: u8) -> Field {
    Field::Float { at, width: 3, base: 8 }
}

const RD: Field = x(7);
const RS1: Field = x(15);
const RS2: Field = x(20);
const STACK: Field = Field::Always(Registers::integer(2));

/// What a 16-bit instruction does.
pub(super) fn narrow(opcode: u32, at: u32) -> Option<Operation> {
    first(&[compressed::ROWS], opcode, at).map(without_zero)
}

/// What a 32-bit instruction does.
pub(super) fn wide(opcode: u32, at: u32) -> Option<Operation> {
    let mut operation = first(&[integer::ROWS, float::ROWS], opcode, at)?;
    if opcode & 0xfc00_707f == 0x2000_0053 && opcode >> 15 & 31 == opcode >> 20 & 31 {
        operation.class = Class::FloatMove; // FSGNJ of a register and itself
    }
    Some(without_zero(operation))
}

/// Nothing depends on register 0.
fn without_zero(mut operation: Operation) -> Operation {
    let zero = Registers::integer(0);
    operation.reads = operation.reads - zero;
    operation.writes = operation.writes - zero;
    operation.address = operation.address - zero;
    operation
}
