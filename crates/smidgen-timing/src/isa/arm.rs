//! Thumb instruction sets of the M profile.

use super::{Pattern, any, pattern};
use smidgen_target::{Feature, Features};

/// 16-bit instructions of Armv6-M.
const V6M_16: &[Pattern] = &[
    pattern(0xc000, 0x0000), // shift, add, subtract, move, compare
    pattern(0xfc00, 0x4000), // data processing
    pattern(0xfc00, 0x4400), // ADD, CMP, MOV of high registers; BX, BLX
    pattern(0xf800, 0x4800), // LDR (literal)
    pattern(0xf000, 0x5000), // load and store, register offset
    pattern(0xe000, 0x6000), // load and store words and bytes, immediate offset
    pattern(0xe000, 0x8000), // load and store halfwords, and SP-relative
    pattern(0xf000, 0xa000), // ADR, ADD (SP plus immediate)
    pattern(0xff00, 0xb000), // ADD, SUB (SP)
    pattern(0xff00, 0xb200), // SXTH, SXTB, UXTH, UXTB
    pattern(0xfe00, 0xb400), // PUSH
    pattern(0xffef, 0xb662), // CPS
    pattern(0xff80, 0xba00), // REV, REV16
    pattern(0xffc0, 0xbac0), // REVSH
    pattern(0xfe00, 0xbc00), // POP
    pattern(0xff00, 0xbe00), // BKPT
    pattern(0xff0f, 0xbf00), // hints
    pattern(0xf000, 0xc000), // LDM, STM
    pattern(0xf000, 0xd000), // B (conditional), UDF, SVC
    pattern(0xf800, 0xe000), // B
];

/// 32-bit instructions of Armv6-M, first halfword above.
const V6M_32: &[Pattern] = &[
    pattern(0xf800_d000, 0xf000_d000), // BL
    pattern(0xfff0_f0f0, 0xf3b0_8040), // DSB
    pattern(0xfff0_f0f0, 0xf3b0_8050), // DMB
    pattern(0xfff0_f0f0, 0xf3b0_8060), // ISB
    pattern(0xffe0_d000, 0xf380_8000), // MSR
    pattern(0xffe0_d000, 0xf3e0_8000), // MRS
    pattern(0xfff0_f000, 0xf7f0_a000), // UDF
];

/// 16-bit instructions that came with Armv8-M: BXNS, BLXNS, HLT.
const V8M_16: &[Pattern] = &[pattern(0xff04, 0x4704), pattern(0xffc0, 0xba80)];

/// 32-bit instructions that came with Armv8-M and Armv8.1-M.
const V8M_32: &[Pattern] = &[
    pattern(0xffff_ffff, 0xe97f_e97f), // SG
    pattern(0xfff0_f03f, 0xe840_f000), // TT and its variants
    pattern(0xffe0_0fc0, 0xe8c0_0f80), // LDA, LDAB, LDAH, STL, STLB, STLH
    pattern(0xffe0_00c0, 0xe8c0_00c0), // LDAEX, STLEX and their variants
    pattern(0xf800_f001, 0xf000_c001), // low-overhead loops
    pattern(0xf800_f001, 0xf000_e001), // branch future
];

/// The DSP extension of Armv7E-M.
const DSP: &[Pattern] = &[
    pattern(0xfff0_0000, 0xeac0_0000), // PKHBT, PKHTB
    pattern(0xfff0_f0f0, 0xf320_0000), // SSAT16
    pattern(0xfff0_f0f0, 0xf3a0_0000), // USAT16
    pattern(0xff80_f080, 0xfa80_f000), // parallel addition and subtraction
    pattern(0xfff0_f0c0, 0xfa80_f080), // QADD, QDADD, QSUB, QDSUB
    pattern(0xfff0_f0f0, 0xfaa0_f080), // SEL
    pattern(0xffe0_f080, 0xfa20_f080), // SXTAB16, UXTAB16, SXTB16, UXTB16
    pattern(0xfff0_0000, 0xfb10_0000), // SMLAxy, SMULxy
    pattern(0xffe0_0000, 0xfb20_0000), // SMLAD, SMUAD, SMLAWy, SMULWy
    pattern(0xffe0_0000, 0xfb40_0000), // SMLSD, SMUSD, SMMLA, SMMUL
    pattern(0xffe0_0000, 0xfb60_0000), // SMMLS, USAD8, USADA8
    pattern(0xffe0_0080, 0xfbc0_0080), // SMLALxy, SMLALD, SMLSLD
    pattern(0xfff0_00f0, 0xfbe0_0060), // UMAAL
];

/// Extend and add; without the addition (`Rn` is 15) they are in every set.
const EXTEND_AND_ADD: &[Pattern] = &[
    pattern(0xffe0_f080, 0xfa00_f080), // SXTAH, UXTAH
    pattern(0xffe0_f080, 0xfa40_f080), // SXTAB, UXTAB
];

/// Floating point, coprocessors and vectors.
const COPROCESSOR: Pattern = pattern(0xec00_0000, 0xec00_0000);

/// Arithmetic on double-precision numbers; a single-precision unit only loads, stores and moves them.
const DOUBLE: &[Pattern] = &[
    pattern(0xef00_0f10, 0xee00_0b00), // data processing
    pattern(0xffbf_0fd0, 0xeeb7_0ac0), // VCVT from single to double
];

/// Whether Armv6-M has the instruction.
pub(super) fn v6m(opcode: u32, bytes: u32) -> bool {
    match bytes {
        2 => any(V6M_16, opcode) && !any(V8M_16, opcode),
        _ => any(V6M_32, opcode),
    }
}

/// Whether Armv7-M may have the instruction: it belongs to no extension that is not in `features`.
pub(super) fn v7m(opcode: u32, bytes: u32, features: &Features) -> bool {
    let [dsp, floating_point, double] = [Feature::Dsp, Feature::FpuSingle, Feature::FpuDouble]
        .map(|feature| features.contains(feature));
    if bytes == 2 {
        return !any(V8M_16, opcode);
    }
    let extends_and_adds = any(EXTEND_AND_ADD, opcode) && opcode & 0x000f_0000 != 0x000f_0000;
    !any(V8M_32, opcode)
        && (dsp || !(any(DSP, opcode) || extends_and_adds))
        && (floating_point || !any(&[COPROCESSOR], opcode))
        && (double || !any(DOUBLE, opcode))
}
