//! 32-bit branches, low-overhead loops, system instructions.

use super::super::row::{Jump, Row, bits, row, signed};
use super::{FLAGS, LINK, PREDICATE, RD, RN};
use Class::{Barrier, Branch, BranchConditional, Call, LoopEnd, LoopStart, Nop, System, VectorAlu};
use smidgen_target::Class;

const IF: Jump = Jump::Direct { offset: offset_20, conditional: true, call: false };

const fn jump(offset: fn(u32) -> i32, conditional: bool, call: bool) -> Jump {
    Jump::Direct { offset, conditional, call }
}

fn offset_20(opcode: u32) -> i32 {
    let sign = bits(opcode, 26, 26, 20);
    let upper = bits(opcode, 11, 11, 19) | bits(opcode, 13, 13, 18);
    4 + signed(sign | upper | bits(opcode, 21, 16, 12) | bits(opcode, 10, 0, 1), 21)
}

fn offset_24(opcode: u32) -> i32 {
    let sign = bits(opcode, 26, 26, 0);
    let upper = |bit: u32, to: u32| (bits(opcode, bit, bit, 0) ^ sign ^ 1) << to;
    let lower = bits(opcode, 25, 16, 12) | bits(opcode, 10, 0, 1);
    4 + signed(sign << 24 | upper(13, 23) | upper(11, 22) | lower, 25)
}

/// Distance of a loop's other end.
fn loop_bytes(opcode: u32) -> i32 {
    (bits(opcode, 10, 1, 2) | bits(opcode, 11, 11, 1)) as i32
}

fn loop_back(opcode: u32) -> i32 {
    4 - loop_bytes(opcode)
}

fn loop_past(opcode: u32) -> i32 {
    4 + loop_bytes(opcode)
}

pub(super) const ROWS: &[Row] = &[
    row("11110 . .......... 11.1 . ...........", Call)
        .writes(&[LINK])
        .jumps(jump(offset_24, false, true)),
    row("11110 . .......... 10.1 . ...........", Branch).jumps(jump(offset_24, false, false)),
    row("11110 . 0... ...... 10.0 . ...........", BranchConditional).reads(&[FLAGS]).jumps(IF),
    row("11110 . 10.. ...... 10.0 . ...........", BranchConditional).reads(&[FLAGS]).jumps(IF),
    row("11110 . 110. ...... 10.0 . ...........", BranchConditional).reads(&[FLAGS]).jumps(IF),
    // Loops: LE, LE without a count, LETP, LCTP, then starts.
    row("11110000 000. 1111 1100 ........... 1", LoopEnd)
        .reads(&[LINK])
        .writes(&[LINK])
        .jumps(jump(loop_back, true, false)),
    row("11110000 0010 1111 1100 ........... 1", LoopEnd).jumps(jump(loop_back, false, false)),
    row("11110000 0000 1111 1110 00000000000 1", System),
    row("11110000 0100 .... 1100 ........... 1", LoopStart)
        .reads(&[RN])
        .writes(&[LINK])
        .jumps(jump(loop_past, true, false)),
    row("11110000 00.. .... 1100 ........... 1", LoopStart)
        .reads(&[RN])
        .writes(&[LINK])
        .jumps(jump(loop_past, true, false)),
    row("11110000 0100 .... 1110 00000000000 1", LoopStart).reads(&[RN]).writes(&[LINK]),
    row("11110000 00.. .... 1110 00000000000 1", LoopStart).reads(&[RN]).writes(&[LINK]),
    row("11110000 00.. .... 1110 10000000000 1", VectorAlu).reads(&[RN]).writes(&[PREDICATE]),
    // MSR, MRS, hints, barriers, UDF, SG.
    row("11110 0 11100 . .... 10.0 .... ........", System).reads(&[RN]).writes(&[FLAGS]),
    row("11110 0 11111 . 1111 10.0 .... ........", System).reads(&[FLAGS]).writes(&[RD]),
    row("11110 0 111010 1111 10.0 .000 0000 0000", Nop),
    row("11110 0 111010 1111 10.0 .000 0000 0100", System), // SEV
    row("11110 0 111010 1111 10.0 .000 0000 00..", System), // YIELD, WFE, WFI
    row("11110 0 111010 1111 10.0 .000 .... ....", Nop),
    row("11110 0 111011 1111 10.0 .... 0010 ....", System), // CLREX
    row("11110 0 111011 1111 10.0 .... 010. ....", Barrier),
    row("11110 0 111011 1111 10.0 .... 0110 ....", Barrier),
    row("11110 1 111111 .... 1010 ............", System),
    row("11101001 01111111 11101001 01111111", System),
];
