//! Tests of the instruction sets, with opcodes as the GNU assembler makes them.

use super::*;
use smidgen_target::Feature;

/// Every kind of Armv6-M instruction (`.cpu cortex-m0plus`).
const V6M: &[&str] = &[
    "00d1",     // lsls
    "1888",     // adds
    "23c8",     // movs
    "2c09",     // cmp
    "4348",     // muls
    "43da",     // mvns
    "44c8",     // add
    "4588",     // cmp
    "4692",     // mov
    "4770",     // bx
    "4798",     // blx
    "4902",     // ldr
    "52d1",     // strh
    "56d1",     // ldrsb
    "6051",     // str
    "7fd1",     // ldrb
    "8848",     // ldrh
    "9202",     // str
    "a200",     // add
    "aa04",     // add
    "b086",     // sub
    "b211",     // sxth
    "b2e3",     // uxtb
    "b510",     // push
    "bd10",     // pop
    "b672",     // cpsid
    "ba11",     // rev
    "ba51",     // rev16
    "bae3",     // revsh
    "beab",     // bkpt
    "46c0",     // nop
    "bf30",     // wfi
    "c90c",     // ldmia
    "c10c",     // stmia
    "d0fe",     // beq.n
    "df03",     // svc
    "de01",     // udf
    "e7fe",     // b.n
    "f7fffffe", // bl
    "f3bf8f4f", // dsb
    "f3bf8f5f", // dmb
    "f3bf8f6f", // isb
    "f3818810", // msr
    "f3ef8208", // mrs
];

/// Instructions that Armv7-M adds (`.cpu cortex-m3`).
const V7M: &[&str] = &[
    "b101",     // cbz
    "b911",     // cbnz
    "bf08",     // it
    "b671",     // cpsid
    "f2412134", // movw
    "f912cb01", // ldrsb.w, post-indexed
    "eb020103", // add.w
    "fb024103", // mla
    "fb831204", // smull
    "fbc31204", // smlal
    "fbe31204", // umlal
    "fbb2f1f3", // udiv
    "f30201c7", // ssat
    "f3820108", // usat
    "fa4ff892", // sxtb.w
    "fa1ff889", // uxth.w
    "fab2f182", // clz
    "fa92f1a2", // rbit
    "fa92f882", // rev.w
    "e9d31200", // ldrd
    "e8521f00", // ldrex
    "e8d21f4f", // ldrexb
    "e8421000", // strex
    "e8dff001", // tbb
    "f8521023", // ldr.w
    "e89101f0", // ldmia.w
    "f43faffe", // beq.w
    "f7ffbffe", // b.w
    "f3c201c3", // ubfx
    "fb024113", // mls
];

/// Instructions that the DSP extension adds (`.cpu cortex-m4`).
const DSP: &[&str] = &[
    "eac20103", // pkhbt
    "f3220102", // ssat16
    "f3a20103", // usat16
    "fa92f103", // sadd16
    "fa82f153", // uqadd8
    "fad2f123", // shsub16
    "fa83f182", // qadd
    "fa83f1b2", // qdsub
    "faa2f183", // sel
    "fa2ff182", // sxtb16
    "fa32f183", // uxtab16
    "fa02f183", // sxtah
    "fa52f183", // uxtab
    "fb124103", // smlabb
    "fb12f123", // smultb
    "fb224103", // smlad
    "fb22f103", // smuad
    "fb324103", // smlawb
    "fb424103", // smlsd
    "fb524103", // smmla
    "fb624103", // smmls
    "fb72f103", // usad8
    "fb724103", // usada8
    "fbc31284", // smlalbb
    "fbc312c4", // smlald
    "fbd312c4", // smlsld
    "fbe31264", // umaal
];

/// Floating-point instructions (`.fpu fpv4-sp-d16`).
const FPU: &[&str] = &[
    "ee300a81", // vadd.f32
    "ed910a00", // vldr
    "ecb10a04", // vldmia
    "ee002a90", // vmov
    "eef11a10", // vmrs
    "ed900b00", // vldr (double)
    "ecb00b08", // vldmia (double)
    "ec410b10", // vmov (two registers)
    "ee200b10", // vmov (half of a double)
    "ee100b10", // vmov (half of a double)
    "eeb20a60", // vcvtb.f32.f16
    "eeb70a00", // vmov.f32
    "eeb80ae0", // vcvt.f32.s32
    "fe000a81", // vseleq.f32
    "feb80a60", // vrinta.f32
];

/// Arithmetic of a double-precision unit (`.fpu fpv5-d16`).
const FPU_DOUBLE: &[&str] = &[
    "ee310b02", // vadd.f64
    "ee010b02", // vmla.f64
    "ee210b42", // vnmul.f64
    "ee819b02", // vdiv.f64
    "eea10b02", // vfma.f64
    "eeb70b00", // vmov.f64 (immediate)
    "eeb00b41", // vmov.f64 (register)
    "eeb10bc1", // vsqrt.f64
    "eeb50bc0", // vcmpe.f64
    "eeb79ae0", // vcvt.f64.f32
    "eef70bc1", // vcvt.f32.f64
    "eeb80b60", // vcvt.f64.u32
    "eeb20b60", // vcvtb.f64.f16
    "fe010b02", // vseleq.f64
    "feb80b41", // vrinta.f64
    "febc0bc1", // vcvta.s32.f64
];

/// Instructions that Armv8.1-M adds (`.arch armv8.1-m.main`).
const V8M: &[&str] = &[
    "e97fe97f", // sg
    "e842f100", // tt
    "e8d21faf", // lda
    "e8c21f8f", // stlb
    "e8d21fef", // ldaex
    "e8c21fd0", // stlexh
    "4774",     // bxns
    "479c",     // blxns
    "f041e001", // dls
    "f00fc005", // le
    "f042c003", // wls
];

/// RV32I, Zicsr, Zifencei and machine mode.
const RV_I: &[&str] = &[
    "00001537", // lui
    "00001517", // auipc
    "000000ef", // jal
    "004500e7", // jalr
    "00b50063", // beq
    "00b57063", // bgeu
    "00158503", // lb
    "00259503", // lh
    "0045a503", // lw
    "0025d503", // lhu
    "00a580a3", // sb
    "00a5a223", // sw
    "fff58513", // addi
    "0015b513", // sltiu
    "fff5c513", // xori
    "0075f513", // andi
    "01f59513", // slli
    "4075d513", // srai
    "0075d513", // srli
    "00c58533", // add
    "40c58533", // sub
    "40c5d533", // sra
    "00c5f533", // and
    "0ff0000f", // fence
    "0000100f", // fence.i
    "00000073", // ecall
    "00100073", // ebreak
    "30200073", // mret
    "10500073", // wfi
    "30059573", // csrrw
    "b0002573", // csrrs
    "3001d573", // csrrwi
    "3001f573", // csrrci
];

/// Multiplication and division.
const RV_M: &[&str] = &[
    "02c58533", // mul
    "02c5a533", // mulhsu
    "02c5d533", // divu
    "02c5e533", // rem
];

/// Atomics.
const RV_A: &[&str] = &[
    "1005a52f", // lr.w
    "1ec5a52f", // sc.w.aqrl
    "08c5a52f", // amoswap.w
    "00c5a52f", // amoadd.w
    "e0c5a52f", // amomaxu.w
];

/// Single-precision floating point.
const RV_F: &[&str] = &[
    "0045a507", // flw
    "00a5a227", // fsw
    "68c5f543", // fmadd.s
    "68c5f54f", // fnmadd.s
    "00c5f553", // fadd.s
    "08c5f553", // fsub.s
    "10c5f553", // fmul.s
    "18c5f553", // fdiv.s
    "5805f553", // fsqrt.s
    "20c5a553", // fsgnjx.s
    "28c58553", // fmin.s
    "c005f553", // fcvt.w.s
    "c015f553", // fcvt.wu.s
    "e0058553", // fmv.x.w
    "e0059553", // fclass.s
    "a0c5a553", // feq.s
    "a0c58553", // fle.s
    "d015f553", // fcvt.s.wu
    "f0058553", // fmv.w.x
];

/// Double-precision floating point, which no set here has.
const RV_D: &[&str] = &[
    "0085b507", // fld
    "00a5b427", // fsd
    "02c5f553", // fadd.d
    "6ac5f543", // fmadd.d
    "42058553", // fcvt.d.s
];

/// Compressed instructions.
const RV_C: &[&str] = &[
    "0808", // c.addi4spn
    "41c8", // c.lw
    "c1c8", // c.sw
    "0001", // c.addi
    "157d", // c.addi
    "2001", // c.jal
    "4515", // c.li
    "6505", // c.lui
    "713d", // c.addi16sp
    "810d", // c.srli
    "850d", // c.srai
    "890d", // c.andi
    "8d0d", // c.sub
    "8d2d", // c.xor
    "8d4d", // c.or
    "8d6d", // c.and
    "a001", // c.j
    "c101", // c.beqz
    "e101", // c.bnez
    "050e", // c.slli
    "4512", // c.lwsp
    "c22a", // c.swsp
    "8082", // c.jr
    "852e", // c.mv
    "9002", // c.ebreak
    "9582", // c.jalr
    "952e", // c.add
];

/// Compressed instructions of single-precision floating point.
const RV_CF: &[&str] = &[
    "61c8", // c.flw
    "e1c8", // c.fsw
    "6512", // c.flwsp
    "e22a", // c.fswsp
];

/// Bit manipulation (Zba, Zbb, Zbc, Zbs), which no set here has.
const RV_B: &[&str] = &[
    "20c5a533", // sh1add
    "40c5f533", // andn
    "60059513", // clz
    "60459513", // sext.b
    "0805c533", // zext.h
    "0ac5e533", // max
    "60c59533", // rol
    "6035d513", // rori
    "6985d513", // rev8
    "2875d513", // orc.b
    "0ac59533", // clmul
    "28c59533", // bset
    "4835d513", // bexti
    "60259513", // cpop
];

/// Reserved compressed encodings: zeros, C.LUI and C.LWSP without operand, C.JR to x0, C.FLD, Zcb,
/// and shifts by more than 31.
const RV_RESERVED: &[&str] =
    &["0000", "6001", "4002", "8002", "2000", "8000", "9c41", "9001", "1002"];

/// Undefined 16-bit Thumb encodings of Armv6-M: CPS of unknown flags, `SETEND`, `ba80`.
const V6M_UNDEFINED: &[&str] = &["b650", "b661", "ba80", "b100", "b300", "b800"];

/// Whether every opcode of `list` is in (or, with `expected` false, outside) the set.
fn check(isa: Isa, features: &[Feature], list: &[&str], expected: bool) {
    let features: Features = features.iter().copied().collect();
    for text in list {
        let opcode = u32::from_str_radix(text, 16).unwrap();
        let instruction = Instruction { address: 0, opcode, bytes: text.len() as u32 / 2 };
        assert_eq!(has(isa, &features, instruction), expected, "{text} in {isa}");
    }
}

#[test]
fn v6m_has_its_instructions() {
    check(Isa::ArmV6M, &[], V6M, true);
}

#[test]
fn v6m_lacks_all_others() {
    for list in [V7M, DSP, FPU, V8M, V6M_UNDEFINED] {
        check(Isa::ArmV6M, &[], list, false);
    }
}

#[test]
fn v7m_has_its_instructions() {
    for list in [V6M, V7M] {
        check(Isa::ArmV7M, &[], list, true);
    }
}

#[test]
fn v7m_lacks_extensions() {
    for list in [DSP, FPU, V8M] {
        check(Isa::ArmV7M, &[Feature::Dsp, Feature::FpuSingle], list, false);
    }
}

#[test]
fn v7em_has_what_its_features_say() {
    for list in [V6M, V7M, DSP] {
        check(Isa::ArmV7EM, &[Feature::Dsp], list, true);
    }
    check(Isa::ArmV7EM, &[Feature::Dsp], FPU, false);
    check(Isa::ArmV7EM, &[Feature::Dsp, Feature::FpuSingle], FPU, true);
    check(Isa::ArmV7EM, &[Feature::FpuSingle], FPU_DOUBLE, false);
    check(Isa::ArmV7EM, &[Feature::FpuSingle, Feature::FpuDouble], FPU_DOUBLE, true);
    check(Isa::ArmV7EM, &[], DSP, false);
    check(Isa::ArmV7EM, &[Feature::Dsp, Feature::FpuSingle], V8M, false);
}

#[test]
fn rv32_sets_have_their_extensions() {
    for isa in [Isa::Rv32imc, Isa::Rv32imac, Isa::Rv32imafc] {
        for list in [RV_I, RV_M, RV_C] {
            check(isa, &[], list, true);
        }
    }
    check(Isa::Rv32imac, &[], RV_A, true);
    for list in [RV_A, RV_F, RV_CF] {
        check(Isa::Rv32imafc, &[], list, true);
    }
}

#[test]
fn rv32_sets_lack_other_extensions() {
    for list in [RV_A, RV_F, RV_CF] {
        check(Isa::Rv32imc, &[], list, false);
    }
    for list in [RV_F, RV_CF] {
        check(Isa::Rv32imac, &[], list, false);
    }
    for isa in [Isa::Rv32imc, Isa::Rv32imac, Isa::Rv32imafc] {
        for list in [RV_D, RV_B, RV_RESERVED] {
            check(isa, &[], list, false);
        }
    }
}

/// A profile of an executed `cbz`, an `adds`, and a `dsb` that never ran.
const PROFILE: &str = "\
smidgen-profile 2
plugin 1 1
target arm
build x
alignment strict
status exited
stack -
run 100 2 01b15018
run 104 1 bff34f8f
run 102 1 5018
outside 0
exec 0 3
exec 2 1
violations misaligned 0
violations unmapped 0
violations readonly 0
total 7
end
";

#[test]
fn executed_foreign_instructions_are_found_once() {
    let profile = Profile::parse(PROFILE).unwrap();
    let foreign = check_profile(&profile, Isa::ArmV6M);
    assert_eq!(foreign, [Foreign { address: 0x100, opcode: 0xb101, bytes: 2 }]);
    assert_eq!(check_profile(&profile, Isa::ArmV7M), []);
}

fn check_profile(profile: &Profile, isa: Isa) -> Vec<Foreign> {
    super::check(profile, isa, &Features::default())
}
