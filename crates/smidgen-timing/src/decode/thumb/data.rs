//! 32-bit arithmetic without multiplication.

use super::super::row::{Field, Row, row};
use super::{FLAGS, FLAGS_IF_S, RD, RM, RN, RT};
use crate::decode::Registers;
use Class::{Alu, AluShift, BitField, Extend, Saturate, Shift, Simd};
use smidgen_target::Class;

/// The flags if the operand is rotated through the carry.
const CARRY: Field = Field::If(0x70f0, 0x0030, Registers::FLAGS);
const LANES: Field = Field::Always(Registers::LANE_FLAGS);
/// Parallel addition that neither saturates nor halves sets the flags of its lanes.
const LANES_IF_PLAIN: Field = Field::If(0x30, 0, Registers::LANE_FLAGS);

const NM: &[Field] = &[RN, RM];
const NM_CARRY: &[Field] = &[RN, RM, CARRY];
const NM_FLAGS: &[Field] = &[RN, RM, FLAGS];
const D_FLAGS: &[Field] = &[RD, FLAGS_IF_S];
/// Both halves of a long shift.
const LONG: &[Field] = &[LONG_LOW, RD];
const LONG_LOW: Field = Field::Even(17);

pub(super) const ROWS: &[Row] = &[
    // Long shifts and conditional selection of Armv8.1-M, in the place of ORRS.
    row("11101010 0101 .... .... 1111 .0.0 1101", Shift).reads(&[RN, RT]).writes(&[RN]),
    row("11101010 0101 .... .... ...1 .0.0 1101", Shift).reads(&[LONG_LOW, RD, RT]).writes(LONG),
    row("11101010 0101 .... 10.. .... .... ....", Alu).reads(NM_FLAGS).writes(&[RD]),
    row("11101010 0101 .... 0... 1111 .... 1111", Shift).reads(&[RN]).writes(&[RN]),
    row("11101010 0101 .... 0... ...1 .... 1111", Shift).reads(LONG).writes(LONG),
    // Shifted register: MOV and shifts by a constant.
    row("1110101 0010 . 1111 0 000 .... 00 00 ....", Alu).reads(&[RM]).writes(D_FLAGS),
    row("1110101 0010 . 1111 0 ... .... .. .. ....", Shift).reads(&[RM, CARRY]).writes(D_FLAGS),
    // AND, BIC, ORR, ORN; EOR, ADD, SUB, RSB; ADC, SBC; each without and with a shift.
    row("1110101 00.. . .... 0 000 .... 00 00 ....", Alu).reads(NM).writes(D_FLAGS),
    row("1110101 00.. . .... 0 ... .... .. .. ....", AluShift).reads(NM_CARRY).writes(D_FLAGS),
    row("1110101 0100 . .... 0 000 .... 00 00 ....", Alu).reads(NM).writes(D_FLAGS),
    row("1110101 0100 . .... 0 ... .... .. .. ....", AluShift).reads(NM_CARRY).writes(D_FLAGS),
    row("1110101 1000 . .... 0 000 .... 00 00 ....", Alu).reads(NM).writes(D_FLAGS),
    row("1110101 1000 . .... 0 ... .... .. .. ....", AluShift).reads(NM_CARRY).writes(D_FLAGS),
    row("1110101 1101 . .... 0 000 .... 00 00 ....", Alu).reads(NM).writes(D_FLAGS),
    row("1110101 1101 . .... 0 ... .... .. .. ....", AluShift).reads(NM_CARRY).writes(D_FLAGS),
    row("1110101 1110 . .... 0 000 .... 00 00 ....", Alu).reads(NM).writes(D_FLAGS),
    row("1110101 1110 . .... 0 ... .... .. .. ....", AluShift).reads(NM_CARRY).writes(D_FLAGS),
    row("1110101 101. . .... 0 000 .... 00 00 ....", Alu).reads(NM_FLAGS).writes(D_FLAGS),
    row("1110101 101. . .... 0 ... .... .. .. ....", AluShift).reads(NM_FLAGS).writes(D_FLAGS),
    row("1110101 0110 0 .... 0 ... .... .. .0 ....", Simd).reads(NM).writes(&[RD]), // PKH
    // Modified immediate.
    row("11110 . 0 00.. . .... 0 ... .... ........", Alu).reads(&[RN]).writes(D_FLAGS),
    row("11110 . 0 0100 . .... 0 ... .... ........", Alu).reads(&[RN]).writes(D_FLAGS),
    row("11110 . 0 1000 . .... 0 ... .... ........", Alu).reads(&[RN]).writes(D_FLAGS),
    row("11110 . 0 101. . .... 0 ... .... ........", Alu).reads(&[RN, FLAGS]).writes(D_FLAGS),
    row("11110 . 0 1101 . .... 0 ... .... ........", Alu).reads(&[RN]).writes(D_FLAGS),
    row("11110 . 0 1110 . .... 0 ... .... ........", Alu).reads(&[RN]).writes(D_FLAGS),
    // Plain immediate: ADDW, SUBW, MOVW, MOVT; saturation; bit fields.
    row("11110 . 1 0000 0 .... 0 ... .... ........", Alu).reads(&[RN]).writes(&[RD]),
    row("11110 . 1 0101 0 .... 0 ... .... ........", Alu).reads(&[RN]).writes(&[RD]),
    row("11110 . 1 0010 0 .... 0 ... .... ........", Alu).writes(&[RD]),
    row("11110 . 1 0110 0 .... 0 ... .... ........", Alu).reads(&[RD]).writes(&[RD]),
    row("11110 0 1 1.0. 0 .... 0 ... .... .. 0 .....", Saturate).reads(&[RN]).writes(&[RD]),
    row("11110 0 1 1.10 0 .... 0 ... .... .. 0 .....", BitField).reads(&[RN]).writes(&[RD]),
    row("11110 0 1 1011 0 .... 0 ... .... .. 0 .....", BitField).reads(&[RN, RD]).writes(&[RD]),
    // Registers: shifts, extensions, parallel addition and subtraction.
    row("11111010 0 .. . .... 1111 .... 0000 ....", Shift).reads(NM).writes(D_FLAGS),
    row("11111010 0 0.. .... 1111 .... 1 0 .. ....", Extend).reads(NM).writes(&[RD]),
    row("11111010 0 10. .... 1111 .... 1 0 .. ....", Extend).reads(NM).writes(&[RD]),
    row("11111010 1 .0. .... 1111 .... 0 . 0. ....", Simd).reads(NM).writes(&[RD, LANES_IF_PLAIN]),
    row("11111010 1 .0. .... 1111 .... 0 . 10 ....", Simd).reads(NM).writes(&[RD, LANES_IF_PLAIN]),
    row("11111010 1 .10 .... 1111 .... 0 . 0. ....", Simd).reads(NM).writes(&[RD, LANES_IF_PLAIN]),
    row("11111010 1 .10 .... 1111 .... 0 . 10 ....", Simd).reads(NM).writes(&[RD, LANES_IF_PLAIN]),
    row("11111010 1 000 .... 1111 .... 10 .. ....", Saturate).reads(NM).writes(&[RD]),
    row("11111010 1 001 .... 1111 .... 10 .. ....", BitField).reads(&[RM]).writes(&[RD]),
    row("11111010 1 010 .... 1111 .... 10 00 ....", Simd).reads(&[RN, RM, LANES]).writes(&[RD]),
    row("11111010 1 011 .... 1111 .... 10 00 ....", BitField).reads(&[RM]).writes(&[RD]),
];
