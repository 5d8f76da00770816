//! 32-bit multiplication and division.

use super::super::row::{Field, Row, row};
use super::{RD, RM, RN, RT};
use Class::{
    Divide, Multiply, MultiplyAccumulate, MultiplyAccumulateLong, MultiplyLong, Simd, SimdMultiply,
    SimdMultiplyLong,
};
use smidgen_target::Class;

const NM: &[Field] = &[RN, RM];
/// Factors and addend; register 15 stands for none.
const NMA: &[Field] = &[RN, RM, RT];
/// Lower and upper half of a result.
const LOW_HIGH: &[Field] = &[RT, RD];
/// Factors and both halves of the addend.
const NM_LOW_HIGH: &[Field] = &[RN, RM, RT, RD];

pub(super) const ROWS: &[Row] = &[
    row("11111011 0 000 .... 1111 .... 0000 ....", Multiply).reads(NM).writes(&[RD]),
    row("11111011 0 000 .... .... .... 000. ....", MultiplyAccumulate).reads(NMA).writes(&[RD]),
    row("11111011 0 001 .... .... .... 00.. ....", SimdMultiply).reads(NMA).writes(&[RD]), // SMLAxy
    row("11111011 0 01. .... .... .... 000. ....", SimdMultiply).reads(NMA).writes(&[RD]), // SMLAD, SMLAW
    row("11111011 0 100 .... .... .... 000. ....", SimdMultiply).reads(NMA).writes(&[RD]), // SMLSD
    row("11111011 0 101 .... 1111 .... 000. ....", MultiplyLong).reads(NM).writes(&[RD]),  // SMMUL
    row("11111011 0 101 .... .... .... 000. ....", MultiplyAccumulateLong).reads(NMA).writes(&[RD]),
    row("11111011 0 110 .... .... .... 000. ....", MultiplyAccumulateLong).reads(NMA).writes(&[RD]),
    row("11111011 0 111 .... .... .... 0000 ....", Simd).reads(NMA).writes(&[RD]), // USADA8
    row("11111011 1 0.0 .... .... .... 0000 ....", MultiplyLong).reads(NM).writes(LOW_HIGH),
    row("11111011 1 0.1 .... 1111 .... 1111 ....", Divide).reads(NM).writes(&[RD]),
    row("11111011 1 1.0 .... .... .... 0000 ....", MultiplyAccumulateLong)
        .reads(NM_LOW_HIGH)
        .writes(LOW_HIGH),
    row("11111011 1 110 .... .... .... 0110 ....", MultiplyAccumulateLong) // UMAAL
        .reads(NM_LOW_HIGH)
        .writes(LOW_HIGH),
    row("11111011 1 100 .... .... .... 10.. ....", SimdMultiplyLong)
        .reads(NM_LOW_HIGH)
        .writes(LOW_HIGH),
    row("11111011 1 10. .... .... .... 110. ....", SimdMultiplyLong)
        .reads(NM_LOW_HIGH)
        .writes(LOW_HIGH),
];
