//! MVE: vectors of floating-point numbers.

use super::super::row::{Field, Row, row};
use super::{PREDICATE, QD, QM, QN, RM};
use Class::VectorFloat;
use smidgen_target::Class;

const NM: &[Field] = &[QN, QM];
const NR: &[Field] = &[QN, RM];
const D: &[Field] = &[QD];

pub(super) const ROWS: &[Row] = &[
    // VFMA and VFMS; VADD, VSUB and VABD; VMUL; VMAXNM and VMINNM.
    row("11101111 00.. ...0 ...0 1100 0101 ...0", VectorFloat).reads(&[QD, QN, QM]).writes(D),
    row("11101111 00.. ...0 ...0 1101 0100 ...0", VectorFloat).reads(NM).writes(D),
    row("11111111 001. ...0 ...0 1101 0100 ...0", VectorFloat).reads(NM).writes(D),
    row("11111111 000. ...0 ...0 1101 0101 ...0", VectorFloat).reads(NM).writes(D),
    row("11111111 00.. ...0 ...0 1111 0101 ...0", VectorFloat).reads(NM).writes(D),
    // Conversion from and to fixed point; VABS and VNEG; rounding; conversion from and to integers.
    row("111.1111 101. .... ...0 11.. 0101 ...0", VectorFloat).reads(&[QM]).writes(D),
    row("11111111 1011 ..01 ...0 0111 .1.0 ...0", VectorFloat).reads(&[QM]).writes(D),
    row("11111111 1011 ..10 ...0 01.. .1.0 ...0", VectorFloat).reads(&[QM]).writes(D),
    row("11111111 1011 ..11 ...0 00.. .1.0 ...0", VectorFloat).reads(&[QM]).writes(D),
    row("11111111 1011 ..11 ...0 011. .1.0 ...0", VectorFloat).reads(&[QM]).writes(D),
    // VCMP and VPT.
    row("111.1110 0.11 ...1 .... 1111 .0.0 ....", VectorFloat).reads(NM).writes(&[PREDICATE]),
    row("111.1110 0.11 ...1 .... 1111 .1.0 ....", VectorFloat).reads(NR).writes(&[PREDICATE]),
    // With a core register: VADD and VSUB, VMUL, VFMA and VFMAS.
    row("111.1110 0011 ...0 .... 1111 0100 ....", VectorFloat).reads(NR).writes(D),
    row("111.1110 0011 ...1 ...0 1110 0110 ....", VectorFloat).reads(NR).writes(D),
    row("111.1110 0011 ...1 .... 1110 0100 ....", VectorFloat).reads(&[QD, QN, RM]).writes(D),
    // Complex numbers: VCMUL, VCADD, VCMLA.
    row("111.1110 0011 ...0 .... 1110 0000 ....", VectorFloat).reads(NM).writes(D),
    row("1111110. 100. ...0 ...0 1000 0100 ...0", VectorFloat).reads(NM).writes(D),
    row("1111110. .01. ...0 ...0 1000 0100 ...0", VectorFloat).reads(&[QD, QN, QM]).writes(D),
    // Conversion of half to single precision, and back into halves; VMAXNMA, VMINNMA.
    row("11111110 0011 1111 .... 1110 0000 ...1", VectorFloat).reads(&[QM]).writes(D),
    row("111.1110 0011 1111 .... 1110 .000 ...1", VectorFloat).reads(&[QD, QM]).writes(D),
];
