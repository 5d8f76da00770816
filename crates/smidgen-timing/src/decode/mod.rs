//! What one instruction does, as far as its price depends on it: class, registers, control flow.
//!
//! An opcode is decoded alone, so an operation does not know of the instructions in front of it:
//! inside an `IT` block, 16-bit arithmetic keeps the flags that it is said to write here, and every
//! instruction reads them; inside a `VPT` block every vector instruction reads the predicate.

mod registers;
mod riscv;
mod row;
#[cfg(test)]
mod tests;
mod thumb;

pub use registers::{Register, Registers};

use crate::profile::{Encoding, Instruction};
use row::Row;
use smidgen_target::Class;

/// What one instruction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// What it is.
    pub class: Class,
    /// Registers read, those of [`Operation::address`] included.
    pub reads: Registers,
    /// Registers written.
    pub writes: Registers,
    /// Registers read to form the address of an access.
    pub address: Registers,
    /// Words moved between memory and registers: the length of a list, 2 for pairs and double
    /// precision, 4 for vectors, 1 for all other accesses, 0 without access.
    pub words: u8,
    /// Where control may go next.
    pub flow: Flow,
}

/// Where control may go next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// Elsewhere.
    Branch {
        /// Where to, if the instruction holds it. Bit 0 is clear.
        target: Option<u32>,
        /// Whether it may fall through.
        conditional: bool,
        /// Whether it keeps a return address in a register.
        call: bool,
    },
}

impl Operation {
    /// An operation of `class` that touches nothing.
    pub const fn new(class: Class) -> Self {
        Self {
            class,
            reads: Registers::NONE,
            writes: Registers::NONE,
            address: Registers::NONE,
            words: 0,
            flow: Flow::Next,
        }
    }
}

/// Decodes one instruction. What is not in the manuals is [`Class::Unknown`], touches no register
/// and goes on to the next instruction.
pub fn decode(encoding: Encoding, instruction: Instruction) -> Operation {
    let Instruction { address, opcode, bytes } = instruction;
    let operation = match (encoding, bytes) {
        (Encoding::Thumb, 2) => thumb::narrow(opcode, address),
        (Encoding::Thumb, _) => thumb::wide(opcode, address),
        (Encoding::RiscV, 2) => riscv::narrow(opcode, address),
        (Encoding::RiscV, _) => riscv::wide(opcode, address),
    };
    operation.unwrap_or(Operation::new(Class::Unknown))
}

/// What the first row that matches says.
fn first(tables: &[&[Row]], opcode: u32, at: u32) -> Option<Operation> {
    let mut rows = tables.iter().copied().flatten();
    Some(rows.find(|row| row.matches(opcode))?.operation(opcode, at))
}
