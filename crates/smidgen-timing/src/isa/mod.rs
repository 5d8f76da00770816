//! Whether an image used only instructions of the core it was built for.
//!
//! Some emulated processors can do more than the core they stand for: v6-M code runs on a Cortex-M3
//! model, and models of RISC-V cores gain extensions with the emulator's version. An instruction
//! that passes there would fault on the device. The tables list what each instruction set has; the
//! manuals are the Armv6-M and Armv7-M Architecture Reference Manuals and the RISC-V Unprivileged
//! and Privileged Specifications.
//!
//! Armv8-M cores have emulated processors of their own, which reject what they lack: nothing is
//! looked up for them. For Armv7-M and Armv7E-M the tables reject the later extensions (DSP,
//! floating point where the core has none, Armv8-M) and leave the rest to the emulator.

mod arm;
mod riscv;
#[cfg(test)]
mod tests;

use crate::profile::{Instruction, Profile};
use smidgen_target::{Features, Isa};
use std::collections::BTreeSet;

/// An executed instruction that the core does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Foreign {
    /// Address of the instruction.
    pub address: u32,
    /// Opcode, as in [`Instruction::opcode`].
    pub opcode: u32,
    /// Size in bytes: 2 or 4.
    pub bytes: u32,
}

/// The executed instructions that a core of `isa` with `features` does not have, by address.
pub fn check(profile: &Profile, isa: Isa, features: &Features) -> Vec<Foreign> {
    let mut foreign = BTreeSet::new();
    for run in profile.executed_runs() {
        for instruction in profile.encoding.instructions(run.address, &run.code) {
            if !has(isa, features, instruction) {
                let Instruction { address, opcode, bytes } = instruction;
                foreign.insert(Foreign { address, opcode, bytes });
            }
        }
    }
    foreign.into_iter().collect()
}

/// Whether a core of `isa` with `features` has the instruction, as far as the tables tell.
pub fn has(isa: Isa, features: &Features, instruction: Instruction) -> bool {
    let Instruction { opcode, bytes, .. } = instruction;
    match isa {
        Isa::ArmV6M => arm::v6m(opcode, bytes),
        Isa::ArmV7M => arm::v7m(opcode, bytes, &Features::default()),
        Isa::ArmV7EM => arm::v7m(opcode, bytes, features),
        Isa::ArmV8MMain | Isa::ArmV81MMain | Isa::Xtensa | Isa::Host => true,
        Isa::Rv32ec => riscv::has(opcode, bytes, riscv::EC),
        Isa::Rv32imc => riscv::has(opcode, bytes, riscv::IMC),
        Isa::Rv32imac => riscv::has(opcode, bytes, riscv::IMAC),
        Isa::Rv32imafc => riscv::has(opcode, bytes, riscv::IMAFC),
    }
}

/// Instructions whose bits under the mask have the value.
#[derive(Clone, Copy)]
struct Pattern {
    mask: u32,
    value: u32,
}

const fn pattern(mask: u32, value: u32) -> Pattern {
    Pattern { mask, value }
}

fn any(patterns: &[Pattern], opcode: u32) -> bool {
    patterns.iter().any(|pattern| opcode & pattern.mask == pattern.value)
}
