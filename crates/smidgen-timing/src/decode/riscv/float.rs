//! Single and double precision.

use super::super::row::{Field, Row, Words, row};
use super::{RD, RS1, f};
use Class::{
    DoubleAdd, DoubleDivide, DoubleMultiply, DoubleMultiplyAccumulate, DoubleSquareRoot, FloatAdd,
    FloatCompare, FloatConvert, FloatDivide, FloatLoad, FloatMove, FloatMultiply,
    FloatMultiplyAccumulate, FloatSquareRoot, FloatStore,
};
use smidgen_target::Class;

const D: &[Field] = &[f(7)];
const S1: &[Field] = &[f(15)];
const S12: &[Field] = &[f(15), f(20)];
const S123: &[Field] = &[f(15), f(20), f(27)];

pub(super) const ROWS: &[Row] = &[
    row("............ ..... 010 ..... 0000111", FloatLoad)
        .writes(D)
        .access(&[RS1], Words::Fixed(1)),
    row("............ ..... 011 ..... 0000111", FloatLoad)
        .writes(D)
        .access(&[RS1], Words::Fixed(2)),
    row("....... ..... ..... 010 ..... 0100111", FloatStore)
        .reads(&[f(20)])
        .access(&[RS1], Words::Fixed(1)),
    row("....... ..... ..... 011 ..... 0100111", FloatStore)
        .reads(&[f(20)])
        .access(&[RS1], Words::Fixed(2)),
    row("..... 00 ..... ..... ... ..... 100..11", FloatMultiplyAccumulate).reads(S123).writes(D),
    row("..... 01 ..... ..... ... ..... 100..11", DoubleMultiplyAccumulate).reads(S123).writes(D),
    row("0000.00 ..... ..... ... ..... 1010011", FloatAdd).reads(S12).writes(D),
    row("0000.01 ..... ..... ... ..... 1010011", DoubleAdd).reads(S12).writes(D),
    row("0001000 ..... ..... ... ..... 1010011", FloatMultiply).reads(S12).writes(D),
    row("0001001 ..... ..... ... ..... 1010011", DoubleMultiply).reads(S12).writes(D),
    row("0001100 ..... ..... ... ..... 1010011", FloatDivide).reads(S12).writes(D),
    row("0001101 ..... ..... ... ..... 1010011", DoubleDivide).reads(S12).writes(D),
    row("0101100 00000 ..... ... ..... 1010011", FloatSquareRoot).reads(S1).writes(D),
    row("0101101 00000 ..... ... ..... 1010011", DoubleSquareRoot).reads(S1).writes(D),
    // FSGNJ, FSGNJN, FSGNJX; FMIN, FMAX.
    row("0010000 ..... ..... 00. ..... 1010011", FloatAdd).reads(S12).writes(D),
    row("0010000 ..... ..... 010 ..... 1010011", FloatAdd).reads(S12).writes(D),
    row("0010001 ..... ..... 00. ..... 1010011", DoubleAdd).reads(S12).writes(D),
    row("0010001 ..... ..... 010 ..... 1010011", DoubleAdd).reads(S12).writes(D),
    row("0010100 ..... ..... 00. ..... 1010011", FloatAdd).reads(S12).writes(D),
    row("0010101 ..... ..... 00. ..... 1010011", DoubleAdd).reads(S12).writes(D),
    // FLE, FLT, FEQ; FCLASS.
    row("101000. ..... ..... 00. ..... 1010011", FloatCompare).reads(S12).writes(&[RD]),
    row("101000. ..... ..... 010 ..... 1010011", FloatCompare).reads(S12).writes(&[RD]),
    row("111000. 00000 ..... 001 ..... 1010011", FloatCompare).reads(S1).writes(&[RD]),
    // To integers, from integers, between widths.
    row("110000. 0000. ..... ... ..... 1010011", FloatConvert).reads(S1).writes(&[RD]),
    row("110100. 0000. ..... ... ..... 1010011", FloatConvert).reads(&[RS1]).writes(D),
    row("0100000 00001 ..... ... ..... 1010011", FloatConvert).reads(S1).writes(D),
    row("0100001 00000 ..... ... ..... 1010011", FloatConvert).reads(S1).writes(D),
    row("1110000 00000 ..... 000 ..... 1010011", FloatMove).reads(S1).writes(&[RD]),
    row("1111000 00000 ..... 000 ..... 1010011", FloatMove).reads(&[RS1]).writes(D),
];
