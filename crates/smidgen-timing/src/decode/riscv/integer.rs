//! 32-bit instructions on integers: RV32IMA, Zicsr, Zifencei, Zba, Zbb, Zbs, machine mode.

use super::super::row::{Field, Jump, Row, Words, bits, row, signed};
use super::{RD, RS1, RS2};
use Class::{
    Alu, AluShift, Atomic, Barrier, BitField, Branch, BranchIndirect, Call, CompareBranch, Divide,
    Extend, Load, LoadNarrow, Multiply, MultiplyLong, Nop, Saturate, Shift, Store, System,
};
use smidgen_target::Class;

const D: &[Field] = &[RD];
const S1: &[Field] = &[RS1];
const S12: &[Field] = &[RS1, RS2];
const ONE: Words = Words::Fixed(1);
const IF: Jump = Jump::Direct { offset: offset_12, conditional: true, call: false };

fn offset_12(opcode: u32) -> i32 {
    let upper = bits(opcode, 31, 31, 12) | bits(opcode, 7, 7, 11) | bits(opcode, 30, 25, 5);
    signed(upper | bits(opcode, 11, 8, 1), 13)
}

fn offset_20(opcode: u32) -> i32 {
    let upper = bits(opcode, 31, 31, 20) | bits(opcode, 19, 12, 12) | bits(opcode, 20, 20, 11);
    signed(upper | bits(opcode, 30, 21, 1), 21)
}

const fn jump(call: bool) -> Jump {
    Jump::Direct { offset: offset_20, conditional: false, call }
}

pub(super) const ROWS: &[Row] = &[
    row(".................... ..... 0.10111", Alu).writes(D), // LUI, AUIPC
    row(".................... 00000 1101111", Branch).jumps(jump(false)),
    row(".................... ..... 1101111", Call).writes(D).jumps(jump(true)),
    row("............ ..... 000 00000 1100111", BranchIndirect)
        .reads(S1)
        .jumps(Jump::Indirect { call: false }),
    row("............ ..... 000 ..... 1100111", BranchIndirect)
        .reads(S1)
        .writes(D)
        .jumps(Jump::Indirect { call: true }),
    row("....... ..... ..... 00. ..... 1100011", CompareBranch).reads(S12).jumps(IF),
    row("....... ..... ..... 1.. ..... 1100011", CompareBranch).reads(S12).jumps(IF),
    row("............ ..... 010 ..... 0000011", Load).writes(D).access(S1, ONE),
    row("............ ..... .0. ..... 0000011", LoadNarrow).writes(D).access(S1, ONE),
    row("....... ..... ..... 00. ..... 0100011", Store).reads(&[RS2]).access(S1, ONE),
    row("....... ..... ..... 010 ..... 0100011", Store).reads(&[RS2]).access(S1, ONE),
    // Constant operand.
    row("000000000000 00000 000 00000 0010011", Nop),
    row("............ ..... .00 ..... 0010011", Alu).reads(S1).writes(D), // ADDI, XORI
    row("............ ..... .1. ..... 0010011", Alu).reads(S1).writes(D), // SLTI, ORI, ANDI
    row("0000000 ..... ..... .01 ..... 0010011", Shift).reads(S1).writes(D),
    row("0100000 ..... ..... 101 ..... 0010011", Shift).reads(S1).writes(D),
    row("0110000 ..... ..... 101 ..... 0010011", Shift).reads(S1).writes(D), // RORI
    row("0110000 000.. ..... 001 ..... 0010011", BitField).reads(S1).writes(D), // CLZ, CTZ, CPOP
    row("0110000 0010. ..... 001 ..... 0010011", Extend).reads(S1).writes(D),
    row("0010100 00111 ..... 101 ..... 0010011", BitField).reads(S1).writes(D), // ORC.B
    row("0110100 11000 ..... 101 ..... 0010011", BitField).reads(S1).writes(D), // REV8
    row("0.10100 ..... ..... 001 ..... 0010011", BitField).reads(S1).writes(D), // BSETI, BINVI
    row("0100100 ..... ..... .01 ..... 0010011", BitField).reads(S1).writes(D), // BCLRI, BEXTI
    // Two registers.
    row("0000000 ..... ..... .01 ..... 0110011", Shift).reads(S12).writes(D),
    row("0100000 ..... ..... 101 ..... 0110011", Shift).reads(S12).writes(D),
    row("0110000 ..... ..... .01 ..... 0110011", Shift).reads(S12).writes(D), // ROL, ROR
    row("0000000 ..... ..... ... ..... 0110011", Alu).reads(S12).writes(D),
    row("0100000 ..... ..... .00 ..... 0110011", Alu).reads(S12).writes(D), // SUB, XNOR
    row("0100000 ..... ..... 11. ..... 0110011", Alu).reads(S12).writes(D), // ORN, ANDN
    row("0010000 ..... ..... 010 ..... 0110011", AluShift).reads(S12).writes(D),
    row("0010000 ..... ..... 1.0 ..... 0110011", AluShift).reads(S12).writes(D),
    row("0000101 ..... ..... 1.. ..... 0110011", Saturate).reads(S12).writes(D), // MIN, MAX
    row("0000100 00000 ..... 100 ..... 0110011", Extend).reads(S1).writes(D),    // ZEXT.H
    row("0.10100 ..... ..... 001 ..... 0110011", BitField).reads(S12).writes(D), // BSET, BINV
    row("0100100 ..... ..... .01 ..... 0110011", BitField).reads(S12).writes(D), // BCLR, BEXT
    row("0000001 ..... ..... 000 ..... 0110011", Multiply).reads(S12).writes(D),
    row("0000001 ..... ..... 0.. ..... 0110011", MultiplyLong).reads(S12).writes(D),
    row("0000001 ..... ..... 1.. ..... 0110011", Divide).reads(S12).writes(D),
    // Atomics: LR, SC and AMOSWAP, the others.
    row("00010 .. 00000 ..... 010 ..... 0101111", Atomic).writes(D).access(S1, ONE),
    row("00011 .. ..... ..... 010 ..... 0101111", Atomic).reads(&[RS2]).writes(D).access(S1, ONE),
    row("00001 .. ..... ..... 010 ..... 0101111", Atomic).reads(&[RS2]).writes(D).access(S1, ONE),
    row("...00 .. ..... ..... 010 ..... 0101111", Atomic).reads(&[RS2]).writes(D).access(S1, ONE),
    // FENCE, FENCE.I; calls, returns, waits; status registers by register and by constant.
    row("0000 .... .... 00000 000 00000 0001111", Barrier),
    row("1000 0011 0011 00000 000 00000 0001111", Barrier), // FENCE.TSO
    row("000000000000 00000 001 00000 0001111", Barrier),
    row("00000000000. 00000 000 00000 1110011", System),
    row("0011000 00010 00000 000 00000 1110011", System),
    row("0001000 00101 00000 000 00000 1110011", System),
    row("............ ..... 001 ..... 1110011", System).reads(S1).writes(D),
    row("............ ..... 01. ..... 1110011", System).reads(S1).writes(D),
    row("............ ..... 101 ..... 1110011", System).writes(D),
    row("............ ..... 11. ..... 1110011", System).writes(D),
];
