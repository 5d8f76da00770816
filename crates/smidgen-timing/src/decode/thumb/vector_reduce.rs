//! MVE: results in core registers.

use super::super::row::{Field, Row, row};
use super::{QM, QN, RT};
use Class::VectorReduce;
use smidgen_target::Class;

/// An even register, alone or as the lower half of a sum.
const LOW: Field = Field::Even(13);
const HIGH: Field = Field::Odd(20);

pub(super) const ROWS: &[Row] = &[
    // VABAV; maxima and minima.
    row("111.1110 10.. ...0 .... 1111 0000 ...1", VectorReduce).reads(&[RT, QN, QM]).writes(&[RT]),
    row("111.1110 1110 ...0 .... 1111 .000 ...0", VectorReduce).reads(&[RT, QM]).writes(&[RT]),
    // VADDV and VADDLV; then with accumulation.
    row("111.1110 1111 ..01 ...0 1111 0000 ...0", VectorReduce).reads(&[QM]).writes(&[LOW]),
    row("111.1110 1... 1001 ...0 1111 0000 ...0", VectorReduce).reads(&[QM]).writes(&[LOW, HIGH]),
    row("111.1110 1111 ..01 ...0 1111 0010 ...0", VectorReduce).reads(&[LOW, QM]).writes(&[LOW]),
    row("111.1110 1... 1001 ...0 1111 0010 ...0", VectorReduce)
        .reads(&[LOW, HIGH, QM])
        .writes(&[LOW, HIGH]),
    // VMLADAV, VMLSDAV and theirs with a long sum; then with accumulation.
    row("111.1110 1111 .... .... 111. 0000 ....", VectorReduce).reads(&[QN, QM]).writes(&[LOW]),
    row("111.1110 1... .... .... 111. 0000 ....", VectorReduce)
        .reads(&[QN, QM])
        .writes(&[LOW, HIGH]),
    row("111.1110 1111 .... .... 111. 0010 ....", VectorReduce)
        .reads(&[LOW, QN, QM])
        .writes(&[LOW]),
    row("111.1110 1... .... .... 111. 0010 ....", VectorReduce)
        .reads(&[LOW, HIGH, QN, QM])
        .writes(&[LOW, HIGH]),
];
