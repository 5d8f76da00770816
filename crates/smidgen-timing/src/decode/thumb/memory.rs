//! 32-bit loads and stores of core registers.

use super::super::row::{Field, Jump, Row, Words, row};
use super::{RD, RM, RN, RT};
use Class::{
    Alu, Atomic, BranchLoad, Load, LoadMultiple, LoadNarrow, LoadPair, Nop, Store, StoreMultiple,
    StorePair, System,
};
use smidgen_target::Class;

const ONE: Words = Words::Fixed(1);
const TWO: Words = Words::Fixed(2);
const JUMP: Jump = Jump::Indirect { call: false };
const N: &[Field] = &[RN];
const NM: &[Field] = &[RN, RM];
const LIST: Field = Field::List(0xffff);
const COUNT: Words = Words::Bits(0xffff);

pub(super) const ROWS: &[Row] = &[
    // Lists; CLRM has the place of LDM at the program counter.
    row("1110100 0100 1 1111 ................", Alu).writes(&[LIST]),
    row("1110100 010. 1 .... 1...............", BranchLoad)
        .writes(&[LIST, Field::BaseIfW])
        .access(N, COUNT)
        .jumps(JUMP),
    row("1110100 100. 1 .... 1...............", BranchLoad)
        .writes(&[LIST, Field::BaseIfW])
        .access(N, COUNT)
        .jumps(JUMP),
    row("1110100 010. 1 .... 0...............", LoadMultiple)
        .writes(&[LIST, Field::BaseIfW])
        .access(N, COUNT),
    row("1110100 100. 1 .... 0...............", LoadMultiple)
        .writes(&[LIST, Field::BaseIfW])
        .access(N, COUNT),
    row("1110100 010. 0 .... ................", StoreMultiple)
        .reads(&[LIST])
        .writes(&[Field::BaseIfW])
        .access(N, COUNT),
    row("1110100 100. 0 .... ................", StoreMultiple)
        .reads(&[LIST])
        .writes(&[Field::BaseIfW])
        .access(N, COUNT),
    // Exclusive accesses, security attributes, ordered accesses, branches by table.
    row("1110100 0010 0 .... 1111 .... ..000000", System).reads(&[RN]).writes(&[RD]), // TT
    row("1110100 0010 0 .... .... .... ........", Atomic).reads(&[RT]).writes(&[RD]).access(N, ONE),
    row("1110100 0010 1 .... .... 1111 ........", Atomic).writes(&[RT]).access(N, ONE),
    row("1110100 0110 1 .... 1111 0000 000. ....", BranchLoad).access(NM, ONE).jumps(JUMP),
    row("1110100 0110 0 .... .... 1111 010. ....", Atomic)
        .reads(&[RT])
        .writes(&[RM])
        .access(N, ONE),
    row("1110100 0110 1 .... .... 1111 010. 1111", Atomic).writes(&[RT]).access(N, ONE),
    row("1110100 0110 0 .... .... 1111 110. ....", Atomic)
        .reads(&[RT])
        .writes(&[RM])
        .access(N, ONE),
    row("1110100 0110 1 .... .... 1111 110. 1111", Atomic).writes(&[RT]).access(N, ONE),
    row("1110100 0110 0 .... .... 1111 1110 ....", Atomic)
        .reads(&[RT])
        .writes(&[RM])
        .access(N, ONE),
    row("1110100 0110 1 .... .... 1111 1110 1111", Atomic).writes(&[RT]).access(N, ONE),
    row("1110100 0110 0 .... .... 1111 100. 1111", Atomic).reads(&[RT]).access(N, ONE),
    row("1110100 0110 1 .... .... 1111 100. 1111", Atomic).writes(&[RT]).access(N, ONE),
    row("1110100 0110 0 .... .... 1111 1010 1111", Atomic).reads(&[RT]).access(N, ONE),
    row("1110100 0110 1 .... .... 1111 1010 1111", Atomic).writes(&[RT]).access(N, ONE),
    // Pairs.
    row("1110100 1.1. 0 .... .... .... ........", StorePair)
        .reads(&[RT, RD])
        .writes(&[Field::BaseIfW])
        .access(N, TWO),
    row("1110100 0.11 0 .... .... .... ........", StorePair)
        .reads(&[RT, RD])
        .writes(&[Field::BaseIfW])
        .access(N, TWO),
    row("1110100 1.1. 1 .... .... .... ........", LoadPair)
        .writes(&[RT, RD, Field::BaseIfW])
        .access(N, TWO),
    row("1110100 0.11 1 .... .... .... ........", LoadPair)
        .writes(&[RT, RD, Field::BaseIfW])
        .access(N, TWO),
    // Stores of bytes and halfwords, then of words: register offset; constant offset; unprivileged;
    // write-back before; write-back behind; long offset.
    row("1111100 00 0. 0 .... .... 000000 .. ....", Store).reads(&[RT]).access(NM, ONE),
    row("1111100 00 0. 0 .... .... 11.0 ........", Store).reads(&[RT]).access(N, ONE),
    row("1111100 00 0. 0 .... .... 1..1 ........", Store).reads(&[RT]).writes(N).access(N, ONE),
    row("1111100 00 0. 0 .... .... 0..1 ........", Store).reads(&[RT]).writes(N).access(N, ONE),
    row("1111100 01 0. 0 .... .... ............", Store).reads(&[RT]).access(N, ONE),
    row("1111100 00 10 0 .... .... 000000 .. ....", Store).reads(&[RT]).access(NM, ONE),
    row("1111100 00 10 0 .... .... 11.0 ........", Store).reads(&[RT]).access(N, ONE),
    row("1111100 00 10 0 .... .... 1..1 ........", Store).reads(&[RT]).writes(N).access(N, ONE),
    row("1111100 00 10 0 .... .... 0..1 ........", Store).reads(&[RT]).writes(N).access(N, ONE),
    row("1111100 01 10 0 .... .... ............", Store).reads(&[RT]).access(N, ONE),
    // Loads of the program counter, in the same order, and relative to it.
    row("1111100 0. 10 1 1111 1111 ............", BranchLoad).access(&[], ONE).jumps(JUMP),
    row("1111100 00 10 1 .... 1111 000000 .. ....", BranchLoad).access(NM, ONE).jumps(JUMP),
    row("1111100 00 10 1 .... 1111 11.0 ........", BranchLoad).access(N, ONE).jumps(JUMP),
    row("1111100 00 10 1 .... 1111 1..1 ........", BranchLoad).writes(N).access(N, ONE).jumps(JUMP),
    row("1111100 00 10 1 .... 1111 0..1 ........", BranchLoad).writes(N).access(N, ONE).jumps(JUMP),
    row("1111100 01 10 1 .... 1111 ............", BranchLoad).access(N, ONE).jumps(JUMP),
    // Loads of words.
    row("1111100 0. 10 1 1111 .... ............", Load).writes(&[RT]).access(&[], ONE),
    row("1111100 00 10 1 .... .... 000000 .. ....", Load).writes(&[RT]).access(NM, ONE),
    row("1111100 00 10 1 .... .... 11.0 ........", Load).writes(&[RT]).access(N, ONE),
    row("1111100 00 10 1 .... .... 1..1 ........", Load).writes(&[RT, RN]).access(N, ONE),
    row("1111100 00 10 1 .... .... 0..1 ........", Load).writes(&[RT, RN]).access(N, ONE),
    row("1111100 01 10 1 .... .... ............", Load).writes(&[RT]).access(N, ONE),
    // Preloads, in the place of narrow loads of the program counter.
    row("1111100 .. 0. 1 1111 1111 ............", Nop),
    row("1111100 .0 0. 1 .... 1111 000000 .. ....", Nop).reads(NM),
    row("1111100 .0 0. 1 .... 1111 1100 ........", Nop).reads(N),
    row("1111100 .1 0. 1 .... 1111 ............", Nop).reads(N),
    // Loads of bytes and halfwords.
    row("1111100 .. 0. 1 1111 .... ............", LoadNarrow).writes(&[RT]).access(&[], ONE),
    row("1111100 .0 0. 1 .... .... 000000 .. ....", LoadNarrow).writes(&[RT]).access(NM, ONE),
    row("1111100 .0 0. 1 .... .... 11.0 ........", LoadNarrow).writes(&[RT]).access(N, ONE),
    row("1111100 .0 0. 1 .... .... 1..1 ........", LoadNarrow).writes(&[RT, RN]).access(N, ONE),
    row("1111100 .0 0. 1 .... .... 0..1 ........", LoadNarrow).writes(&[RT, RN]).access(N, ONE),
    row("1111100 .1 0. 1 .... .... ............", LoadNarrow).writes(&[RT]).access(N, ONE),
];
