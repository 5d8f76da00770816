//! What the disassembler's Arm mnemonics mean.

use crate::arm_effects::effects;
use crate::objdump::{Line, Meaning, look_up};
use Class::*;
use smidgen_target::Class;
use smidgen_timing::decode::Registers;

const CONDITIONS: &[&str] =
    &["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"];

/// Integer instructions.
const CORE: &[(Class, &str)] = &[
    (Alu, "adc adcs add adds addw and ands bic bics cmn cmp eor eors mov movs movt movw mvn mvns"),
    (Alu, "neg negs orn orns orr orrs rsb rsbs sbc sbcs sub subs subw teq tst adr clrm"),
    (Alu, "csel csinc csinv csneg cset csetm cinc cinv cneg"),
    (Shift, "asr asrs lsl lsls lsr lsrs ror rors rrx rrxs asrl lsll lsrl sqrshr sqrshrl sqshl"),
    (Shift, "sqshll srshr srshrl uqrshl uqrshll uqshl uqshll urshr urshrl"),
    (Extend, "sxtab sxtab16 sxtah sxtb sxtb16 sxth uxtab uxtab16 uxtah uxtb uxtb16 uxth"),
    (BitField, "bfc bfi clz rbit rev rev16 revsh sbfx ubfx"),
    (Saturate, "qadd qdadd qdsub qsub ssat ssat16 usat usat16"),
    (Simd, "pkhbt pkhtb sel usad8 usada8 sadd16 sadd8 sasx ssub16 ssub8 ssax uadd16 uadd8 uasx"),
    (Simd, "usub16 usub8 usax qadd16 qadd8 qasx qsub16 qsub8 qsax uqadd16 uqadd8 uqasx uqsub16"),
    (Simd, "uqsub8 uqsax shadd16 shadd8 shasx shsub16 shsub8 shsax uhadd16 uhadd8 uhasx uhsub16"),
    (Simd, "uhsub8 uhsax"),
    (Multiply, "mul muls"),
    (MultiplyAccumulate, "mla mls"),
    (MultiplyLong, "smull umull smmul smmulr"),
    (MultiplyAccumulateLong, "smlal umlal umaal smmla smmlar smmls smmlsr"),
    (SimdMultiply, "smlabb smlabt smlatb smlatt smulbb smulbt smultb smultt smlawb smlawt smulwb"),
    (SimdMultiply, "smulwt smlad smladx smuad smuadx smlsd smlsdx smusd smusdx"),
    (SimdMultiplyLong, "smlalbb smlalbt smlaltb smlaltt smlald smlaldx smlsld smlsldx"),
    (Divide, "sdiv udiv"),
    (Load, "ldr ldrt"),
    (LoadNarrow, "ldrb ldrbt ldrh ldrht ldrsb ldrsbt ldrsh ldrsht"),
    (LoadPair, "ldrd"),
    (LoadMultiple, "ldm ldmia ldmdb pop"),
    (Store, "str strt strb strbt strh strht"),
    (StorePair, "strd"),
    (StoreMultiple, "stm stmia stmdb push"),
    (Atomic, "ldrex ldrexb ldrexh strex strexb strexh lda ldab ldah ldaex ldaexb ldaexh stl stlb"),
    (Atomic, "stlh stlex stlexb stlexh"),
    (Branch, "b"),
    (BranchConditional, "beq bne bcs bcc bmi bpl bvs bvc bhi bls bge blt bgt ble"),
    (CompareBranch, "cbz cbnz"),
    (Call, "bl"),
    (BranchIndirect, "bx blx bxns blxns"),
    (BranchLoad, "tbb tbh"),
    (LoopStart, "dls wls dlstp wlstp"),
    (LoopEnd, "le letp"),
    (IfThen, "it itt ite ittt itte itet itee itttt ittte ittet ittee itett itete iteet iteee"),
    (Nop, "nop csdb pld pldw pli"),
    (Barrier, "dsb dmb isb"),
    (
        System,
        "bkpt clrex cpsid cpsie hlt mrs msr sev sg svc tt tta ttat ttt udf wfe wfi yield lctp",
    ),
];

/// Floating-point instructions on singles, halves and doubles.
const FLOAT: &[(Class, &str)] = &[
    (FloatAdd, "vadd vsub vabs vneg vmaxnm vminnm"),
    (FloatMultiply, "vmul vnmul"),
    (FloatMultiplyAccumulate, "vmla vmls vnmla vnmls vfma vfms vfnma vfnms"),
    (FloatDivide, "vdiv"),
    (FloatSquareRoot, "vsqrt"),
    (FloatCompare, "vcmp vcmpe vseleq vselge vselgt vselvs"),
    (FloatConvert, "vcvt vcvta vcvtb vcvtm vcvtn vcvtp vcvtr vcvtt vrinta vrintm vrintn vrintp"),
    (FloatConvert, "vrintr vrintx vrintz"),
    (FloatMove, "vmov vins vmovx"),
    (FloatLoad, "vldr"),
    (FloatLoadMultiple, "vldmia vldmdb vpop fldmiax fldmdbx"),
    (FloatStore, "vstr"),
    (FloatStoreMultiple, "vstmia vstmdb vpush fstmiax fstmdbx"),
    (System, "vmrs vmsr vlldm vlstm vscclrm"),
];

/// Vector instructions; those of the first two rows are of another class on numbers with a type
/// that begins with `f`.
const VECTOR: &[(Class, &str)] = &[
    (
        VectorAlu,
        "vabd vabs vadd vcadd vcls vclz vcmp vhadd vhcadd vhsub vmax vmaxa vmin vmina vneg",
    ),
    (VectorMultiply, "vmul vmulh vmullb vmullt vmla vmlas"),
    (VectorAlu, "vand vbic vbrsr vdup veor vmov vmvn vorn vorr vpnot vpsel vpst vqabs vqadd vqneg"),
    (VectorAlu, "vqsub vrev16 vrev32 vrev64 vrhadd vsub vadc vadci vsbc vsbci vctp vidup vddup"),
    (VectorAlu, "viwdup vdwdup vmovlb vmovlt vmovnb vmovnt vqmovnb vqmovnt vqmovunb vqmovunt"),
    (VectorAlu, "vshl vshlc vshllb vshllt vshr vrshr vrshl vshrnb vshrnt vrshrnb vrshrnt vqshl"),
    (VectorAlu, "vqshlu vqrshl vqshrnb vqshrnt vqrshrnb vqrshrnt vqshrunb vqshrunt vqrshrunb"),
    (VectorAlu, "vqrshrunt vsli vsri"),
    (VectorMultiply, "vrmulh vqdmulh vqrdmulh vqdmullb vqdmullt vqdmladh vqdmladhx vqdmlsdh"),
    (VectorMultiply, "vqdmlsdhx vqrdmladh vqrdmladhx vqrdmlsdh vqrdmlsdhx vqdmlah vqdmlash"),
    (VectorMultiply, "vqrdmlah vqrdmlash"),
    (
        VectorFloat,
        "vcmul vcmla vfma vfms vfmas vmaxnm vminnm vmaxnma vminnma vcvt vcvta vcvtb vcvtm",
    ),
    (VectorFloat, "vcvtn vcvtp vcvtt vrinta vrintm vrintn vrintp vrintx vrintz"),
    (VectorReduce, "vabav vaddv vaddva vaddlv vaddlva vmaxv vmaxav vminv vminav vmaxnmv vmaxnmav"),
    (VectorReduce, "vminnmv vminnmav vmladav vmladava vmladavx vmladavax vmlav vmlava vmlsdav"),
    (VectorReduce, "vmlsdava vmlsdavx vmlsdavax vmlaldav vmlaldava vmlaldavx vmlaldavax vmlalv"),
    (VectorReduce, "vmlalva vmlsldav vmlsldava vmlsldavx vmlsldavax vrmlaldavh vrmlaldavha"),
    (VectorReduce, "vrmlaldavhx vrmlaldavhax vrmlalvh vrmlalvha vrmlsldavh vrmlsldavha"),
    (VectorReduce, "vrmlsldavhx vrmlsldavhax"),
    (VectorLoad, "vldrb vldrh vldrw vldrd"),
    (VectorStore, "vstrb vstrh vstrw vstrd"),
    (VectorGather, "vld20 vld21 vld40 vld41 vld42 vld43 vst20 vst21 vst40 vst41 vst42 vst43"),
];

/// What a line means; nothing if its mnemonic is unknown here.
pub(crate) fn meaning(line: &Line) -> Option<Meaning> {
    let (base, kind) = line.mnemonic.split_once('.').unwrap_or((&line.mnemonic, ""));
    if base.starts_with("vpt") {
        let class = if kind.starts_with('f') { VectorFloat } else { VectorAlu };
        return Some(understood(line, "vcmp", class, false));
    }
    if let Some(class) = class(line, base, kind) {
        return Some(understood(line, base, class, false));
    }
    let endings = CONDITIONS.iter().chain(&["t", "e"]);
    let mut plain = endings.filter_map(|ending| base.strip_suffix(ending));
    plain.find_map(|plain| Some(understood(line, plain, class(line, plain, kind)?, true)))
}

/// 16-bit arithmetic keeps the flags under a condition, which its opcode does not tell.
fn understood(line: &Line, base: &str, class: Class, conditional: bool) -> Meaning {
    let undecided = if conditional { Registers::FLAGS } else { Registers::NONE };
    Meaning { class, effects: effects(line, base, class), undecided }
}

fn class(line: &Line, base: &str, kind: &str) -> Option<Class> {
    let last = line.operands.last().map_or("", String::as_str);
    let to_counter = line.operands.first().is_some_and(|o| matches!(o.as_str(), "pc" | "r15"));
    let in_list = last.contains("r15}") || last.contains("pc}");
    let is_shifted = ["lsl", "lsr", "asr", "ror", "rrx"].iter().any(|s| last.starts_with(s));
    if base.starts_with(['v', 'f']) {
        return vector_class(line, base, kind).or_else(|| float_class(line, base, kind));
    }
    Some(match look_up(CORE, base)? {
        // A move of register 8 to itself, which pads code of Armv6-M.
        Nop if line.instruction.opcode == 0x46c0 => Alu,
        Alu if to_counter && matches!(base, "mov" | "add") => BranchIndirect,
        Alu if is_shifted && matches!(base, "mov" | "movs") => Shift,
        Alu if is_shifted => AluShift,
        Load if to_counter => BranchLoad,
        LoadMultiple if in_list => BranchLoad,
        class => class,
    })
}

fn vector_class(line: &Line, base: &str, kind: &str) -> Option<Class> {
    let names_vector = line.operands.iter().any(|o| o.starts_with(['q', '{']) && o.contains('q'));
    let is_lane = base == "vmov" && line.text.contains('[');
    let is_alone = matches!(base, "vpnot" | "vpst" | "vctp");
    if is_lane || !(names_vector || is_alone) {
        return None;
    }
    let class = look_up(VECTOR, base)?;
    let is_scattered = line.text.contains("[q") || line.text.contains(", q");
    Some(match class {
        VectorLoad | VectorStore if is_scattered => VectorGather,
        VectorAlu | VectorMultiply if kind.starts_with('f') && base != "vmov" => VectorFloat,
        class => class,
    })
}

fn float_class(line: &Line, base: &str, kind: &str) -> Option<Class> {
    let system = ["P0", "VPR", "FPSCR", "FPCXT"];
    let is_system = system.iter().any(|name| line.text.starts_with(name));
    let class = look_up(FLOAT, base)?;
    Some(match class {
        System if line.text.starts_with("APSR") => FloatCompare,
        FloatLoad | FloatStore if is_system => System,
        FloatAdd if kind == "f64" => DoubleAdd,
        FloatMultiply if kind == "f64" => DoubleMultiply,
        FloatMultiplyAccumulate if kind == "f64" => DoubleMultiplyAccumulate,
        FloatDivide if kind == "f64" => DoubleDivide,
        FloatSquareRoot if kind == "f64" => DoubleSquareRoot,
        class => class,
    })
}
