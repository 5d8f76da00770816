//! 16-bit instructions: C, and Zcb.

use super::super::row::{Field, Jump, Row, Words, bits, row, signed};
use super::{STACK, f, f8, x, x8};
use crate::decode::Registers;
use Class::{
    Alu, Branch, BranchIndirect, Call, CompareBranch, Extend, FloatLoad, FloatStore, Load,
    LoadNarrow, Multiply, Nop, Shift, Store, System, Unknown,
};
use smidgen_target::Class;

const ONE: Words = Words::Fixed(1);
const TWO: Words = Words::Fixed(2);
const LINK: Field = Field::Always(Registers::integer(1));
const IF: Jump = Jump::Direct { offset: offset_8, conditional: true, call: false };

fn offset_8(opcode: u32) -> i32 {
    let upper = bits(opcode, 12, 12, 8) | bits(opcode, 6, 5, 6) | bits(opcode, 2, 2, 5);
    signed(upper | bits(opcode, 11, 10, 3) | bits(opcode, 4, 3, 1), 9)
}

fn offset_11(opcode: u32) -> i32 {
    let upper = bits(opcode, 12, 12, 11) | bits(opcode, 8, 8, 10) | bits(opcode, 10, 9, 8);
    let middle = bits(opcode, 6, 6, 7) | bits(opcode, 7, 7, 6) | bits(opcode, 2, 2, 5);
    signed(upper | middle | bits(opcode, 11, 11, 4) | bits(opcode, 5, 3, 1), 12)
}

const fn jump(call: bool) -> Jump {
    Jump::Direct { offset: offset_11, conditional: false, call }
}

pub(super) const ROWS: &[Row] = &[
    // Reserved encodings among those below.
    row("000 00000000 ... 00", Unknown),
    row("011 0 ..... 00000 01", Unknown),
    row("010 . 00000 ..... 10", Unknown),
    row("100 0 00000 00000 10", Unknown),
    // Quadrant 0.
    row("000 ........ ... 00", Alu).reads(&[STACK]).writes(&[x8(2)]), // C.ADDI4SPN
    row("001 ... ... .. ... 00", FloatLoad).writes(&[f8(2)]).access(&[x8(7)], TWO),
    row("010 ... ... .. ... 00", Load).writes(&[x8(2)]).access(&[x8(7)], ONE),
    row("011 ... ... .. ... 00", FloatLoad).writes(&[f8(2)]).access(&[x8(7)], ONE),
    row("100 00. ... .. ... 00", LoadNarrow).writes(&[x8(2)]).access(&[x8(7)], ONE),
    row("100 010 ... .. ... 00", Store).reads(&[x8(2)]).access(&[x8(7)], ONE),
    row("100 011 ... 0. ... 00", Store).reads(&[x8(2)]).access(&[x8(7)], ONE),
    row("101 ... ... .. ... 00", FloatStore).reads(&[f8(2)]).access(&[x8(7)], TWO),
    row("110 ... ... .. ... 00", Store).reads(&[x8(2)]).access(&[x8(7)], ONE),
    row("111 ... ... .. ... 00", FloatStore).reads(&[f8(2)]).access(&[x8(7)], ONE),
    // Quadrant 1.
    row("000 . 00000 ..... 01", Nop),
    row("000 . ..... ..... 01", Alu).reads(&[x(7)]).writes(&[x(7)]),
    row("001 ........... 01", Call).writes(&[LINK]).jumps(jump(true)),
    row("010 . ..... ..... 01", Alu).writes(&[x(7)]),
    row("011 . 00010 ..... 01", Alu).reads(&[STACK]).writes(&[STACK]),
    row("011 . ..... ..... 01", Alu).writes(&[x(7)]),
    row("100 0 0. ... ..... 01", Shift).reads(&[x8(7)]).writes(&[x8(7)]),
    row("100 . 10 ... ..... 01", Alu).reads(&[x8(7)]).writes(&[x8(7)]),
    row("100 0 11 ... .. ... 01", Alu).reads(&[x8(7), x8(2)]).writes(&[x8(7)]),
    row("100 1 11 ... 10 ... 01", Multiply).reads(&[x8(7), x8(2)]).writes(&[x8(7)]),
    row("100 1 11 ... 11 0.. 01", Extend).reads(&[x8(7)]).writes(&[x8(7)]),
    row("100 1 11 ... 11 101 01", Alu).reads(&[x8(7)]).writes(&[x8(7)]), // C.NOT
    row("101 ........... 01", Branch).jumps(jump(false)),
    row("11. ... ... ..... 01", CompareBranch).reads(&[x8(7)]).jumps(IF),
    // Quadrant 2.
    row("000 0 ..... ..... 10", Shift).reads(&[x(7)]).writes(&[x(7)]),
    row("001 . ..... ..... 10", FloatLoad).writes(&[f(7)]).access(&[STACK], TWO),
    row("010 . ..... ..... 10", Load).writes(&[x(7)]).access(&[STACK], ONE),
    row("011 . ..... ..... 10", FloatLoad).writes(&[f(7)]).access(&[STACK], ONE),
    row("100 0 ..... 00000 10", BranchIndirect)
        .reads(&[x(7)])
        .jumps(Jump::Indirect { call: false }),
    row("100 0 ..... ..... 10", Alu).reads(&[x(2)]).writes(&[x(7)]),
    row("100 1 00000 00000 10", System), // C.EBREAK
    row("100 1 ..... 00000 10", BranchIndirect)
        .reads(&[x(7)])
        .writes(&[LINK])
        .jumps(Jump::Indirect { call: true }),
    row("100 1 ..... ..... 10", Alu).reads(&[x(7), x(2)]).writes(&[x(7)]),
    row("101 ...... ..... 10", FloatStore).reads(&[f(2)]).access(&[STACK], TWO),
    row("110 ...... ..... 10", Store).reads(&[x(2)]).access(&[STACK], ONE),
    row("111 ...... ..... 10", FloatStore).reads(&[f(2)]).access(&[STACK], ONE),
];
