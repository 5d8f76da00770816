//! MVE: integer vectors, predicates, moves.

use super::super::row::{Field, Row, row};
use super::{PREDICATE, QD, QM, QN, RM, STATUS};
use Class::{VectorAlu, VectorMultiply};
use smidgen_target::Class;

const NM: &[Field] = &[QN, QM];
/// A vector and a core register.
const NR: &[Field] = &[QN, RM];
const DNM: &[Field] = &[QD, QN, QM];
const DNR: &[Field] = &[QD, QN, RM];
const DM: &[Field] = &[QD, QM];
const D: &[Field] = &[QD];
const BASE: Field = Field::Even(17);

pub(super) const ROWS: &[Row] = &[
    // Two vectors: VHADD and VQADD, VRHADD, logic, VHSUB and VQSUB, shifts, VMAX and VMIN, VABD,
    // VADD and VSUB; VMUL, VQDMULH.
    row("111.1111 00.. ...0 ...0 00.0 010. ...0", VectorAlu).reads(NM).writes(D),
    row("111.1111 00.. ...0 ...0 0001 0100 ...0", VectorAlu).reads(NM).writes(D),
    row("111.1111 00.. ...0 ...0 0001 0101 ...0", VectorAlu).reads(NM).writes(D),
    row("111.1111 00.. ...0 ...0 010. 010. ...0", VectorAlu).reads(NM).writes(D),
    row("111.1111 00.. ...0 ...0 0110 010. ...0", VectorAlu).reads(NM).writes(D),
    row("111.1111 00.. ...0 ...0 0111 0100 ...0", VectorAlu).reads(NM).writes(D),
    row("111.1111 00.. ...0 ...0 1000 0100 ...0", VectorAlu).reads(NM).writes(D),
    row("11101111 00.. ...0 ...0 1001 0101 ...0", VectorMultiply).reads(NM).writes(D),
    row("111.1111 00.. ...0 ...0 1011 0100 ...0", VectorMultiply).reads(NM).writes(D),
    // Constants: VORR and VBIC, then VMOV and VMVN.
    row("111.1111 1000 0... ...0 0..1 01.1 ....", VectorAlu).reads(D).writes(D),
    row("111.1111 1000 0... ...0 10.1 01.1 ....", VectorAlu).reads(D).writes(D),
    row("111.1111 1000 0... ...0 .... 01.1 ....", VectorAlu).writes(D),
    // Shifts by a constant: VSHR, VRSHR; VSRI, VSLI; VSHL, VQSHLU, VQSHL.
    row("111.1111 10.. .... ...0 00.0 0101 ...0", VectorAlu).reads(&[QM]).writes(D),
    row("11111111 10.. .... ...0 010. 0101 ...0", VectorAlu).reads(DM).writes(D),
    row("11101111 10.. .... ...0 0101 0101 ...0", VectorAlu).reads(&[QM]).writes(D),
    row("111.1111 10.. .... ...0 011. 0101 ...0", VectorAlu).reads(&[QM]).writes(D),
    // One vector: reversal, counts, VMVN, VQABS, VQNEG; VABS, VNEG.
    row("11111111 1011 ..00 ...0 0... .1.0 ...0", VectorAlu).reads(&[QM]).writes(D),
    row("11111111 1011 ..01 ...0 0011 .1.0 ...0", VectorAlu).reads(&[QM]).writes(D),
    // Predicates: VPNOT, VPST, VPSEL; VCMP and VPT of two vectors, and of a core register.
    row("11111110 0011 0001 0000 1111 0100 1101", VectorAlu)
        .reads(&[PREDICATE])
        .writes(&[PREDICATE]),
    row("11111110 0.11 0001 ...0 1111 0100 1101", VectorAlu).writes(&[PREDICATE]),
    row("11111110 0011 ...1 ...0 1111 0000 ...1", VectorAlu).reads(&[QN, QM, PREDICATE]).writes(D),
    row("11111110 0.0. ...1 .... 1111 .0.0 ....", VectorAlu).reads(NM).writes(&[PREDICATE]),
    row("11111110 0.10 ...1 .... 1111 .0.0 ....", VectorAlu).reads(NM).writes(&[PREDICATE]),
    row("11111110 0.0. ...1 .... 1111 .1.0 ....", VectorAlu).reads(NR).writes(&[PREDICATE]),
    row("11111110 0.10 ...1 .... 1111 .1.0 ....", VectorAlu).reads(NR).writes(&[PREDICATE]),
    // VADC and VSBC, from a carry or afresh; VHCADD and VCADD.
    row("111.1110 0011 ...0 ...0 1111 0000 ...0", VectorAlu)
        .reads(&[QN, QM, STATUS])
        .writes(&[QD, STATUS]),
    row("111.1110 0011 ...0 ...1 1111 0000 ...0", VectorAlu).reads(NM).writes(&[QD, STATUS]),
    row("111.1110 000. ...0 .... 1111 0000 ...0", VectorAlu).reads(NM).writes(D),
    row("111.1110 0010 ...0 .... 1111 0000 ...0", VectorAlu).reads(NM).writes(D),
    // VIDUP and VDDUP; VIWDUP and VDWDUP.
    row("11101110 00.. ...1 .... 1111 .110 111.", VectorAlu).reads(&[BASE]).writes(&[QD, BASE]),
    row("11101110 00.. ...1 .... 1111 .110 ....", VectorAlu)
        .reads(&[BASE, Field::Odd(1)])
        .writes(&[QD, BASE]),
    // A vector and a core register: VHADD, VQADD and their siblings, VADD and VSUB.
    row("111.1110 000. ...0 .... 1111 01.0 ....", VectorAlu).reads(NR).writes(D),
    row("111.1110 0010 ...0 .... 1111 01.0 ....", VectorAlu).reads(NR).writes(D),
    row("11101110 000. ...1 .... 1111 0100 ....", VectorAlu).reads(NR).writes(D),
    row("11101110 0010 ...1 .... 1111 0100 ....", VectorAlu).reads(NR).writes(D),
    // VSHL and its siblings by a core register; VBRSR.
    row("111.1110 0011 ..01 ...1 1110 .11. ....", VectorAlu).reads(&[QD, RM]).writes(D),
    row("111.1110 0011 ..11 ...1 1110 .11. ....", VectorAlu).reads(&[QD, RM]).writes(D),
    row("11111110 00.. ...1 ...1 1110 0110 ....", VectorAlu).reads(NR).writes(D),
    // VMUL, VQDMULH and VQRDMULH; VMLA, VMLAS, VQDMLAH and its siblings.
    row("111.1110 000. ...1 .... 1110 0110 ....", VectorMultiply).reads(NR).writes(D),
    row("111.1110 0010 ...1 .... 1110 0110 ....", VectorMultiply).reads(NR).writes(D),
    row("111.1110 000. .... .... 1110 01.0 ....", VectorMultiply).reads(DNR).writes(D),
    row("111.1110 0010 .... .... 1110 01.0 ....", VectorMultiply).reads(DNR).writes(D),
    // VMULH and VRMULH, VMULL; polynomials; VQDMULL; VQDMLADH and its siblings.
    row("111.1110 000. ...1 .... 1110 0000 ....", VectorMultiply).reads(NM).writes(D),
    row("111.1110 0010 ...1 .... 1110 0000 ....", VectorMultiply).reads(NM).writes(D),
    row("111.1110 0011 ...1 .... 1110 0000 ...0", VectorMultiply).reads(NM).writes(D),
    row("111.1110 0011 ...0 .... 1111 0000 ...1", VectorMultiply).reads(NM).writes(D),
    row("111.1110 0011 ...0 .... 1111 0110 ....", VectorMultiply).reads(NR).writes(D),
    row("111.1110 000. ...0 .... 1110 0000 ....", VectorMultiply).reads(DNM).writes(D),
    row("111.1110 0010 ...0 .... 1110 0000 ....", VectorMultiply).reads(DNM).writes(D),
    // VMOVN, VQMOVN, VMAXA, VMINA, VSHLL by the size; VSHLC; VSHLL; VSHRN and its siblings.
    row("11101110 0011 ..01 .... 1110 0000 ...1", VectorAlu).reads(&[QM]).writes(D),
    row("11111110 0011 ..01 .... 1110 0000 ...1", VectorAlu).reads(&[QM]).writes(D),
    row("111.1110 0011 0.11 .... 1110 .000 ...1", VectorAlu).reads(DM).writes(D),
    row("111.1110 0011 1011 .... 1110 .000 ...1", VectorAlu).reads(DM).writes(D),
    row("111.1110 0011 ..01 .... 1110 1000 ...1", VectorAlu).reads(DM).writes(D),
    row("11101110 101. .... ...0 1111 1100 ....", VectorAlu).reads(&[QD, RM]).writes(&[QD, RM]),
    row("111.1110 101. .... .... 1111 0100 ...0", VectorAlu).reads(&[QM]).writes(D),
    row("111.1110 100. .... .... 1111 .100 ....", VectorAlu).reads(DM).writes(D),
];
