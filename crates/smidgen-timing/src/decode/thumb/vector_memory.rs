//! MVE: loads and stores of vectors, and of system registers; moves of two lanes.

use super::super::row::{Field, Row, Words, row};
use super::{QD, QM, QN, RM, RN, low};
use crate::decode::Registers;
use Class::{FloatMove, System, VectorGather, VectorLoad, VectorStore};
use smidgen_target::Class;

const FOUR: Words = Words::Fixed(4);
const LANES: &[Field] = &[RM, RN];
/// The base of loads that widen and stores that narrow.
const BASE: Field = low(16);
const N: &[Field] = &[RN];
const TWO_QUADS: Field = Field::Quads { at: 13, count: 2 };
const FOUR_QUADS: Field = Field::Quads { at: 13, count: 4 };
/// The predicate, if it is the system register.
const PREDICATE_IF_NAMED: Field = Field::If(0x0040_c000, 0x0040_8000, Registers::PREDICATE);

pub(super) const ROWS: &[Row] = &[
    // Two lanes and two core registers.
    row("11101100 0001 .... ...0 1111 000. ....", FloatMove)
        .reads(LANES)
        .writes(&[Field::LanePair]),
    row("11101100 0000 .... ...0 1111 000. ....", FloatMove)
        .reads(&[Field::LanePair])
        .writes(LANES),
    // System registers.
    row("11101101 ...0 .... ...0 1111 1.......", System)
        .reads(&[PREDICATE_IF_NAMED])
        .writes(&[Field::BaseIfW])
        .access(N, Words::Fixed(1)),
    row("11101100 ..10 .... ...0 1111 1.......", System)
        .reads(&[PREDICATE_IF_NAMED])
        .writes(N)
        .access(N, Words::Fixed(1)),
    row("11101101 ...1 .... ...0 1111 1.......", System)
        .writes(&[PREDICATE_IF_NAMED, Field::BaseIfW])
        .access(N, Words::Fixed(1)),
    row("11101100 ..11 .... ...0 1111 1.......", System)
        .writes(&[PREDICATE_IF_NAMED, RN])
        .access(N, Words::Fixed(1)),
    // Addresses in a vector, or offsets in one.
    row("11111101 .0.0 ...0 ...1 111. ........", VectorGather)
        .reads(&[QD])
        .writes(&[Field::QuadIfW])
        .access(&[QN], FOUR),
    row("11111101 .0.1 ...0 ...1 111. ........", VectorGather)
        .writes(&[QD, Field::QuadIfW])
        .access(&[QN], FOUR),
    row("111.1100 1000 .... ...0 111. ........", VectorGather).reads(&[QD]).access(&[RN, QM], FOUR),
    row("111.1100 1001 .... ...0 111. ........", VectorGather)
        .writes(&[QD])
        .access(&[RN, QM], FOUR),
    // VST2, VST4, VLD2, VLD4.
    row("11111100 10.0 .... ...1 111. ...0 0000", VectorGather)
        .reads(&[TWO_QUADS])
        .writes(&[Field::BaseIfW])
        .access(N, FOUR),
    row("11111100 10.0 .... ...1 111. ...0 0001", VectorGather)
        .reads(&[FOUR_QUADS])
        .writes(&[Field::BaseIfW])
        .access(N, FOUR),
    row("11111100 10.1 .... ...1 111. ...0 0000", VectorGather)
        .writes(&[TWO_QUADS, Field::BaseIfW])
        .access(N, FOUR),
    row("11111100 10.1 .... ...1 111. ...0 0001", VectorGather)
        .writes(&[FOUR_QUADS, Field::BaseIfW])
        .access(N, FOUR),
    // Consecutive elements: offset, write-back before, write-back behind; the same, widening.
    row("11101101 .0.0 .... ...1 111. ........", VectorStore)
        .reads(&[QD])
        .writes(&[Field::BaseIfW])
        .access(N, FOUR),
    row("11101100 .010 .... ...1 111. ........", VectorStore)
        .reads(&[QD])
        .writes(N)
        .access(N, FOUR),
    row("11101101 .0.1 .... ...1 111. ........", VectorLoad)
        .writes(&[QD, Field::BaseIfW])
        .access(N, FOUR),
    row("11101100 .011 .... ...1 111. ........", VectorLoad).writes(&[QD, RN]).access(N, FOUR),
    row("11101101 .000 .... ...0 111. ........", VectorStore).reads(&[QD]).access(&[BASE], FOUR),
    row("1110110. .010 .... ...0 111. ........", VectorStore)
        .reads(&[QD])
        .writes(&[BASE])
        .access(&[BASE], FOUR),
    row("111.1101 .001 .... ...0 111. ........", VectorLoad).writes(&[QD]).access(&[BASE], FOUR),
    row("111.110. .011 .... ...0 111. ........", VectorLoad)
        .writes(&[QD, BASE])
        .access(&[BASE], FOUR),
];
