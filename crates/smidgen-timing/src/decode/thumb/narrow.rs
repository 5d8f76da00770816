//! 16-bit instructions.

use super::super::row::{Field, Jump, Row, Words, bits, row, signed};
use super::{FLAGS, LINK, LR, STACK, core, low};
use crate::decode::Registers;
use Class::{
    Alu, BitField, Branch, BranchConditional, BranchIndirect, BranchLoad, CompareBranch, Extend,
    IfThen, Load, LoadMultiple, LoadNarrow, Multiply, Nop, Shift, Store, StoreMultiple, System,
};
use smidgen_target::Class;

const ONE: Words = Words::Fixed(1);
const RETURN_OR_JUMP: Jump = Jump::Indirect { call: false };
const CALL: Jump = Jump::Indirect { call: true };
/// Register lists of `PUSH`, where bit 8 is the link register.
const PUSHED: &[Field] = &[Field::List(0xff), Field::If(0x100, 0x100, Registers::integer(LR))];

const fn branch(offset: fn(u32) -> i32, conditional: bool) -> Jump {
    Jump::Direct { offset, conditional, call: false }
}

fn offset_8(opcode: u32) -> i32 {
    4 + signed(bits(opcode, 7, 0, 1), 9)
}

fn offset_11(opcode: u32) -> i32 {
    4 + signed(bits(opcode, 10, 0, 1), 12)
}

fn offset_zero_branch(opcode: u32) -> i32 {
    4 + (bits(opcode, 9, 9, 6) | bits(opcode, 7, 3, 1)) as i32
}

pub(super) const ROWS: &[Row] = &[
    // Shift, add, subtract, move, compare.
    row("00000 00000 ... ...", Alu).reads(&[low(3)]).writes(&[low(0), FLAGS]), // MOV
    row("000 00 ..... ... ...", Shift).reads(&[low(3)]).writes(&[low(0), FLAGS]),
    row("000 01 ..... ... ...", Shift).reads(&[low(3)]).writes(&[low(0), FLAGS]),
    row("000 10 ..... ... ...", Shift).reads(&[low(3)]).writes(&[low(0), FLAGS]),
    row("000 110 . ... ... ...", Alu).reads(&[low(3), low(6)]).writes(&[low(0), FLAGS]),
    row("000 111 . ... ... ...", Alu).reads(&[low(3)]).writes(&[low(0), FLAGS]),
    row("001 00 ... ........", Alu).writes(&[low(8), FLAGS]), // MOV
    row("001 01 ... ........", Alu).reads(&[low(8)]).writes(&[FLAGS]), // CMP
    row("001 1. ... ........", Alu).reads(&[low(8)]).writes(&[low(8), FLAGS]),
    // Data processing.
    row("010000 000. ... ...", Alu).reads(&[low(0), low(3)]).writes(&[low(0), FLAGS]),
    row("010000 001. ... ...", Shift).reads(&[low(0), low(3)]).writes(&[low(0), FLAGS]),
    row("010000 0100 ... ...", Shift).reads(&[low(0), low(3)]).writes(&[low(0), FLAGS]),
    row("010000 0101 ... ...", Alu).reads(&[low(0), low(3), FLAGS]).writes(&[low(0), FLAGS]),
    row("010000 0110 ... ...", Alu).reads(&[low(0), low(3), FLAGS]).writes(&[low(0), FLAGS]),
    row("010000 0111 ... ...", Shift).reads(&[low(0), low(3)]).writes(&[low(0), FLAGS]),
    row("010000 1001 ... ...", Alu).reads(&[low(3)]).writes(&[low(0), FLAGS]), // RSB
    row("010000 10.. ... ...", Alu).reads(&[low(0), low(3)]).writes(&[FLAGS]), // TST, CMP, CMN
    row("010000 1101 ... ...", Multiply).reads(&[low(0), low(3)]).writes(&[low(0), FLAGS]),
    row("010000 1111 ... ...", Alu).reads(&[low(3)]).writes(&[low(0), FLAGS]), // MVN
    row("010000 11.0 ... ...", Alu).reads(&[low(0), low(3)]).writes(&[low(0), FLAGS]),
    // High registers.
    row("010001 00 1 .... 111", BranchIndirect).reads(&[core(3)]).jumps(RETURN_OR_JUMP),
    row("010001 00 . .... ...", Alu).reads(&[Field::High, core(3)]).writes(&[Field::High]),
    row("010001 01 . .... ...", Alu).reads(&[Field::High, core(3)]).writes(&[FLAGS]),
    row("010001 10 1 .... 111", BranchIndirect).reads(&[core(3)]).jumps(RETURN_OR_JUMP),
    row("010001 10 . .... ...", Alu).reads(&[core(3)]).writes(&[Field::High]),
    row("010001 11 0 .... .00", BranchIndirect).reads(&[core(3)]).jumps(RETURN_OR_JUMP),
    row("010001 11 1 .... .00", BranchIndirect).reads(&[core(3)]).writes(&[LINK]).jumps(CALL),
    // Loads and stores.
    row("01001 ... ........", Load).writes(&[low(8)]).access(&[], ONE),
    row("0101 000 ... ... ...", Store).reads(&[low(0)]).access(&[low(3), low(6)], ONE),
    row("0101 001 ... ... ...", Store).reads(&[low(0)]).access(&[low(3), low(6)], ONE),
    row("0101 010 ... ... ...", Store).reads(&[low(0)]).access(&[low(3), low(6)], ONE),
    row("0101 100 ... ... ...", Load).writes(&[low(0)]).access(&[low(3), low(6)], ONE),
    row("0101 ... ... ... ...", LoadNarrow).writes(&[low(0)]).access(&[low(3), low(6)], ONE),
    row("011.0 ..... ... ...", Store).reads(&[low(0)]).access(&[low(3)], ONE),
    row("01101 ..... ... ...", Load).writes(&[low(0)]).access(&[low(3)], ONE),
    row("01111 ..... ... ...", LoadNarrow).writes(&[low(0)]).access(&[low(3)], ONE),
    row("10000 ..... ... ...", Store).reads(&[low(0)]).access(&[low(3)], ONE),
    row("10001 ..... ... ...", LoadNarrow).writes(&[low(0)]).access(&[low(3)], ONE),
    row("10010 ... ........", Store).reads(&[low(8)]).access(&[STACK], ONE),
    row("10011 ... ........", Load).writes(&[low(8)]).access(&[STACK], ONE),
    row("11000 ... ........", StoreMultiple)
        .reads(&[Field::List(0xff)])
        .writes(&[low(8)])
        .access(&[low(8)], Words::Bits(0xff)),
    row("11001 ... ........", LoadMultiple)
        .writes(&[Field::List(0xff), low(8)])
        .access(&[low(8)], Words::Bits(0xff)),
    row("1011 010 . ........", StoreMultiple)
        .reads(PUSHED)
        .writes(&[STACK])
        .access(&[STACK], Words::Bits(0x1ff)),
    row("1011 1100 ........", LoadMultiple)
        .writes(&[Field::List(0xff), STACK])
        .access(&[STACK], Words::Bits(0xff)),
    row("1011 1101 ........", BranchLoad)
        .writes(&[Field::List(0xff), STACK])
        .access(&[STACK], Words::Bits(0x1ff))
        .jumps(RETURN_OR_JUMP),
    // Addresses.
    row("10100 ... ........", Alu).writes(&[low(8)]),
    row("10101 ... ........", Alu).reads(&[STACK]).writes(&[low(8)]),
    row("1011 0000 ........", Alu).reads(&[STACK]).writes(&[STACK]),
    // Miscellaneous.
    row("1011 .0.1 ..... ...", CompareBranch)
        .reads(&[low(0)])
        .jumps(branch(offset_zero_branch, true)),
    row("1011 0010 .. ... ...", Extend).reads(&[low(3)]).writes(&[low(0)]),
    row("1011 0110 011 . 0 ...", System), // CPS
    row("1011 1010 10 ......", System),   // HLT
    row("1011 1010 .. ... ...", BitField).reads(&[low(3)]).writes(&[low(0)]),
    row("1011 1110 ........", System), // BKPT
    row("1011 1111 0000 0000", Nop),
    row("1011 1111 0100 0000", System), // SEV
    row("1011 1111 00.. 0000", System), // YIELD, WFE, WFI
    row("1011 1111 .... 0000", Nop),    // further hints
    row("1011 1111 .... ....", IfThen),
    row("1101 111. ........", System), // UDF, SVC
    row("1101 .... ........", BranchConditional).reads(&[FLAGS]).jumps(branch(offset_8, true)),
    row("11100 ...........", Branch).jumps(branch(offset_11, false)),
];
