//! Floating-point instructions of half, single and double precision.

use super::super::row::{Field, Precision, Row, Words, is_double, row};
use super::{FLAGS, PREDICATE, QN, RN, RT, STATUS, fp_d, fp_m, fp_n};
use crate::decode::{Operation, first};
use Class::{
    DoubleAdd, DoubleDivide, DoubleMultiply, DoubleMultiplyAccumulate, DoubleSquareRoot, FloatAdd,
    FloatCompare, FloatConvert, FloatDivide, FloatLoad, FloatLoadMultiple, FloatMove,
    FloatMultiply, FloatMultiplyAccumulate, FloatSquareRoot, FloatStore, FloatStoreMultiple,
    System, VectorAlu,
};
use Precision::{ByOpcode, Double, Single};
use smidgen_target::Class;

const D: Field = fp_d(ByOpcode);
const N: Field = fp_n(ByOpcode);
const M: Field = fp_m(ByOpcode);
const LIST: Field = Field::FpList(ByOpcode);
/// Both cores' registers of a 64-bit transfer.
const PAIR: &[Field] = &[RT, RN];

/// What an instruction in the space of coprocessors 9 to 11 does.
pub(super) fn decode(opcode: u32, at: u32) -> Option<Operation> {
    let mut operation = first(&[ARITHMETIC, MOVES, MEMORY], opcode, at)?;
    if is_double(opcode) {
        operation.class = of_doubles(operation.class);
    }
    Some(operation)
}

/// The class of an instruction on doubles, from that of its sibling on singles.
fn of_doubles(class: Class) -> Class {
    match class {
        FloatAdd => DoubleAdd,
        FloatMultiply => DoubleMultiply,
        FloatMultiplyAccumulate => DoubleMultiplyAccumulate,
        FloatDivide => DoubleDivide,
        FloatSquareRoot => DoubleSquareRoot,
        other => other,
    }
}

const ARITHMETIC: &[Row] = &[
    row("11101110 0 . 0. .... .... 10.. . . . 0 ....", FloatMultiplyAccumulate)
        .reads(&[D, N, M])
        .writes(&[D]),
    row("11101110 0 . 10 .... .... 10.. . . . 0 ....", FloatMultiply).reads(&[N, M]).writes(&[D]),
    row("11101110 0 . 11 .... .... 10.. . . . 0 ....", FloatAdd).reads(&[N, M]).writes(&[D]),
    row("11101110 1 . 00 .... .... 10.. . 0 . 0 ....", FloatDivide).reads(&[N, M]).writes(&[D]),
    row("11101110 1 . 01 .... .... 10.. . . . 0 ....", FloatMultiplyAccumulate)
        .reads(&[D, N, M])
        .writes(&[D]),
    row("11101110 1 . 10 .... .... 10.. . . . 0 ....", FloatMultiplyAccumulate)
        .reads(&[D, N, M])
        .writes(&[D]),
    row("11101110 1 . 11 .... .... 10.. 0 0 0 0 ....", FloatMove).writes(&[D]),
    row("11101110 1 . 11 0000 .... 10.. 0 1 . 0 ....", FloatMove).reads(&[M]).writes(&[D]),
    row("11101110 1 . 11 0000 .... 10.. 1 1 . 0 ....", FloatAdd).reads(&[M]).writes(&[D]),
    row("11101110 1 . 11 0001 .... 10.. 0 1 . 0 ....", FloatAdd).reads(&[M]).writes(&[D]),
    row("11101110 1 . 11 0001 .... 10.. 1 1 . 0 ....", FloatSquareRoot).reads(&[M]).writes(&[D]),
    // VCVTB, VCVTT: half to more (the other half of the register stays), more to half.
    row("11101110 1 . 11 0010 .... 101. . 1 . 0 ....", FloatConvert)
        .reads(&[fp_m(Single)])
        .writes(&[D]),
    row("11101110 1 . 11 0011 .... 101. . 1 . 0 ....", FloatConvert)
        .reads(&[fp_d(Single), M])
        .writes(&[fp_d(Single)]),
    row("11101110 1 . 11 0100 .... 10.. . 1 . 0 ....", FloatCompare)
        .reads(&[D, M])
        .writes(&[STATUS]),
    row("11101110 1 . 11 0101 .... 10.. . 1 0 0 0000", FloatCompare).reads(&[D]).writes(&[STATUS]),
    // VRINTR, VRINTZ, VRINTX; then between single and double, and from and to integers.
    row("11101110 1 . 11 0110 .... 10.. . 1 . 0 ....", FloatConvert).reads(&[M]).writes(&[D]),
    row("11101110 1 . 11 0111 .... 10.. 0 1 . 0 ....", FloatConvert).reads(&[M]).writes(&[D]),
    row("11101110 1 . 11 0111 .... 1010 1 1 . 0 ....", FloatConvert)
        .reads(&[fp_m(Single)])
        .writes(&[fp_d(Double)]),
    row("11101110 1 . 11 0111 .... 1011 1 1 . 0 ....", FloatConvert)
        .reads(&[fp_m(Double)])
        .writes(&[fp_d(Single)]),
    row("11101110 1 . 11 1000 .... 10.. . 1 . 0 ....", FloatConvert)
        .reads(&[fp_m(Single)])
        .writes(&[D]),
    row("11101110 1 . 11 1.1. .... 10.. . 1 . 0 ....", FloatConvert).reads(&[D]).writes(&[D]),
    row("11101110 1 . 11 110. .... 10.. . 1 . 0 ....", FloatConvert)
        .reads(&[M])
        .writes(&[fp_d(Single)]),
    // VSEL; VMAXNM and VMINNM; VINS and VMOVX; VRINTA and VCVTA with their siblings.
    row("11111110 0 . .. .... .... 10.. . 0 . 0 ....", FloatCompare)
        .reads(&[N, M, FLAGS])
        .writes(&[D]),
    row("11111110 1 . 00 .... .... 10.. . . . 0 ....", FloatAdd).reads(&[N, M]).writes(&[D]),
    row("11111110 1 . 11 0000 .... 1010 1 1 . 0 ....", FloatMove).reads(&[D, M]).writes(&[D]),
    row("11111110 1 . 11 0000 .... 1010 0 1 . 0 ....", FloatMove).reads(&[M]).writes(&[D]),
    row("11111110 1 . 11 10.. .... 10.. 0 1 . 0 ....", FloatConvert).reads(&[M]).writes(&[D]),
    row("11111110 1 . 11 11.. .... 10.. . 1 . 0 ....", FloatConvert)
        .reads(&[M])
        .writes(&[fp_d(Single)]),
];

/// Between core registers and others.
const MOVES: &[Row] = &[
    row("11101110 0000 .... .... 1001 . 0010000", FloatMove).reads(&[RT]).writes(&[fp_n(Single)]),
    row("11101110 0001 .... .... 1001 . 0010000", FloatMove).reads(&[fp_n(Single)]).writes(&[RT]),
    row("11101110 0000 .... .... 1010 . 0010000", FloatMove).reads(&[RT]).writes(&[fp_n(Single)]),
    row("11101110 0001 .... .... 1010 . 0010000", FloatMove).reads(&[fp_n(Single)]).writes(&[RT]),
    row("11101110 1110 0001 .... 1010 0 0010000", System).reads(&[RT]).writes(&[STATUS]),
    row("11101110 1110 110. .... 1010 0 0010000", System).reads(&[RT]).writes(&[PREDICATE]),
    row("11101110 1110 .... .... 1010 0 0010000", System).reads(&[RT]),
    row("11101110 1111 0001 1111 1010 0 0010000", FloatCompare).reads(&[STATUS]).writes(&[FLAGS]),
    row("11101110 1111 0001 .... 1010 0 0010000", System).reads(&[STATUS]).writes(&[RT]),
    row("11101110 1111 110. .... 1010 0 0010000", System).reads(&[PREDICATE]).writes(&[RT]),
    row("11101110 1111 .... .... 1010 0 0010000", System).writes(&[RT]),
    // Lanes of vectors, and all lanes at once.
    row("11101110 1..0 ...0 .... 1011 0 0.10000", VectorAlu).reads(&[RT]).writes(&[QN]), // VDUP
    row("11101110 00.0 .... .... 1011 . 0010000", FloatMove).reads(&[RT]).writes(&[Field::Lane]),
    row("11101110 0..0 .... .... 1011 . ..10000", FloatMove)
        .reads(&[RT, Field::Lane])
        .writes(&[Field::Lane]),
    row("11101110 ...1 .... .... 1011 . ..10000", FloatMove).reads(&[Field::Lane]).writes(&[RT]),
    row("11101100 0100 .... .... 1010 00.1 ....", FloatMove).reads(PAIR).writes(&[Field::FpPair]),
    row("11101100 0101 .... .... 1010 00.1 ....", FloatMove).reads(&[Field::FpPair]).writes(PAIR),
    row("11101100 0100 .... .... 1011 00.1 ....", FloatMove).reads(PAIR).writes(&[fp_m(Double)]),
    row("11101100 0101 .... .... 1011 00.1 ....", FloatMove).reads(&[fp_m(Double)]).writes(PAIR),
];

const MEMORY: &[Row] = &[
    // VLSTM, VLLDM, VSCCLRM of Armv8-M's security extension.
    row("11101100 001. .... 0000 1010 . 0000000", System).reads(&[RN]),
    row("11101100 1.01 1111 .... 101. ........", System).writes(&[LIST]),
    // VSTR, VLDR.
    row("11101101 ..00 .... .... 10.. ........", FloatStore)
        .reads(&[D])
        .access(&[RN], Words::ByPrecision),
    row("11101101 ..01 .... .... 10.. ........", FloatLoad)
        .writes(&[D])
        .access(&[RN], Words::ByPrecision),
    // VSTM, VLDM: upwards, upwards and downwards with write-back.
    row("11101100 1.00 .... .... 101. ........", FloatStoreMultiple)
        .reads(&[LIST])
        .access(&[RN], Words::Count),
    row("11101100 1.10 .... .... 101. ........", FloatStoreMultiple)
        .reads(&[LIST])
        .writes(&[RN])
        .access(&[RN], Words::Count),
    row("11101101 0.10 .... .... 101. ........", FloatStoreMultiple)
        .reads(&[LIST])
        .writes(&[RN])
        .access(&[RN], Words::Count),
    row("11101100 1.01 .... .... 101. ........", FloatLoadMultiple)
        .writes(&[LIST])
        .access(&[RN], Words::Count),
    row("11101100 1.11 .... .... 101. ........", FloatLoadMultiple)
        .writes(&[LIST, RN])
        .access(&[RN], Words::Count),
    row("11101101 0.11 .... .... 101. ........", FloatLoadMultiple)
        .writes(&[LIST, RN])
        .access(&[RN], Words::Count),
];
