//! Registers that the operands of Arm instructions name, sorted into reads and writes.

use crate::objdump::{Effects, Line, has};
use Class::*;
use smidgen_target::Class;
use smidgen_timing::decode::Registers;

const COMPARE: &str = "cmp cmn tst teq";
/// The first operand is read, too.
const MODIFY: &str = "movt bfi bfc vmla vmls vnmla vnmls vfma vfms vfnma vfnms vfmas vins \
    vmlas vqdmlah vqdmlash vqrdmlah vqrdmlash vqdmladh vqdmladhx vqdmlsdh vqrdmladh vqrdmlsdhx \
    vcmla vsli vsri vmaxa vmina vmaxnma vminnma vmovnb vmovnt vqmovnb vqmovnt vqmovunb vshrnb \
    vrshrnt vqshrnb vqshrnt vqrshrnb vqrshrnt vqshrunb vqrshrunb vqrshrunt vabav vaddva vmaxv \
    vminv vmaxav vminav vmaxnmv vminnmav vmladava vmladavax vmlava vmlsdava sqrshr sqshl srshr \
    uqrshl uqshl urshr";
/// The first two are written, and read, too.
const LONG_MODIFY: &str = "umlal smlal umaal smlalbb smlalbt smlaltb smlaltt smlald smlaldx smlsld \
    smlsldx asrl lsll lsrl sqrshrl sqshll srshrl uqrshll uqshll urshrl vaddlva vmlalva \
    vmlaldava vmlaldavax vmlsldava vrmlalvha vrmlaldavha vshlc";
const LONG: &str = "umull smull vaddlv vmlalv vmlaldav vmlaldavx vmlsldav vrmlalvh vrmlaldavh \
    vrmlsldavh";
const READS_FLAGS: &str = "adc adcs sbc sbcs rrx rrxs csel csinc csinv csneg cset csetm cinc cinv \
    cneg vseleq vselge vselgt vselvs";
/// Also arithmetic in two operands when narrow, where the first is a source.
const TWO_OPERANDS: &str = "adc adcs add adds and ands bic bics eor eors lsl lsls lsr lsrs asr asrs \
    ror rors mul muls orr orrs sbc sbcs sub subs vorr vbic";
const SETS_LANES: &str = "sadd16 sadd8 sasx ssub16 ssub8 ssax uadd16 uadd8 uasx usub16 usub8 usax";
const SETS_CARRY: &str = "vadc vadci vsbc vsbci";

/// The registers of a line; nothing where the operands do not tell.
pub(crate) fn effects(line: &Line, base: &str, class: Class) -> Option<Effects> {
    let (address, writes_back) = line.address();
    let all = line.operands.len();
    let base_back = |at: Registers| if writes_back { at } else { Registers::NONE };
    let plain = |reads, writes| Some(Effects { reads, writes, address: Registers::NONE });
    let access = |reads: Registers, writes: Registers| {
        Some(Effects { reads: reads | address, writes: writes | base_back(address), address })
    };
    match class {
        System | LoopStart | LoopEnd | Atomic | BranchLoad | IfThen | VectorGather => None,
        FloatMove | VectorAlu if line.text.contains('[') || all == 4 && class == FloatMove => None,
        FloatCompare if base == "vmrs" => plain(Registers::FLOAT_FLAGS, Registers::FLAGS),
        _ if line.mnemonic == "nop" && class == Alu => None,
        Nop => plain(line.named(0, all), Registers::NONE),
        Barrier | Branch => plain(Registers::NONE, Registers::NONE),
        BranchConditional => plain(Registers::FLAGS, Registers::NONE),
        CompareBranch => plain(line.named(0, 1), Registers::NONE),
        Call => plain(Registers::NONE, Registers::integer(14)),
        BranchIndirect => {
            let is_call = base.starts_with("blx");
            let link = if is_call { Registers::integer(14) } else { Registers::NONE };
            plain(line.named(0, all), link)
        }
        Load | LoadNarrow | FloatLoad | VectorLoad => access(Registers::NONE, line.named(0, 1)),
        LoadPair => access(Registers::NONE, line.named(0, 2)),
        Store | FloatStore | VectorStore => access(line.named(0, 1), Registers::NONE),
        StorePair => access(line.named(0, 2), Registers::NONE),
        LoadMultiple | StoreMultiple | FloatLoadMultiple | FloatStoreMultiple => {
            Some(list(line, base, matches!(class, LoadMultiple | FloatLoadMultiple)))
        }
        _ => Some(arithmetic(line, base)),
    }
}

/// `ldmia r1!, {r2, r3}`, `push {r4}`.
fn list(line: &Line, base: &str, load: bool) -> Effects {
    let stack = matches!(base, "push" | "pop" | "vpush" | "vpop");
    let (address, moved) = if stack {
        (Registers::integer(13), line.named(0, 1))
    } else {
        (line.named(0, 1), line.named(1, 2))
    };
    let back = if stack || line.operands[0].ends_with('!') { address } else { Registers::NONE };
    if load {
        Effects { reads: address, writes: moved | back, address }
    } else {
        Effects { reads: moved | address, writes: back, address }
    }
}

fn arithmetic(line: &Line, base: &str) -> Effects {
    let all = line.operands.len();
    let mut reads = line.named(1, all);
    let mut writes = line.named(0, 1);
    if has(COMPARE, base) || base.starts_with("vcmp") || base == "vctp" {
        (reads, writes) = (line.named(0, all), Registers::NONE);
    } else if base == "vmov"
        && all == 3
        && line.operands[1].starts_with('r')
        && !line.operands[0].starts_with('d')
    {
        (reads, writes) = (line.named(2, 3), line.named(0, 2));
    } else if has(LONG, base) || has(LONG_MODIFY, base) {
        (reads, writes) = (line.named(2, all), line.named(0, 2));
    } else if matches!(base, "vidup" | "vddup" | "viwdup" | "vdwdup") {
        writes |= line.named(1, 2);
    } else if base == "clrm" {
        reads = Registers::NONE;
    }
    if has(MODIFY, base) || has(LONG_MODIFY, base) || all == 2 && has(TWO_OPERANDS, base) {
        reads |= writes;
    }
    // Shifts of vectors by a core register shift the first operand.
    let by_core = all == 2 && line.operands[1].starts_with('r');
    if by_core && matches!(base, "vshl" | "vrshl" | "vqshl" | "vqrshl") {
        reads |= writes;
    }
    if matches!(base, "vcvtb" | "vcvtt") && line.mnemonic.contains(".f16.") {
        reads |= writes;
    }
    state(line, base, &mut reads, &mut writes);
    Effects { reads, writes, address: Registers::NONE }
}

/// Flags and predicates.
fn state(line: &Line, base: &str, reads: &mut Registers, writes: &mut Registers) {
    let is_vector = line.operands.first().is_some_and(|operand| operand.contains('q'))
        || line.operands.get(1).is_some_and(|operand| operand.starts_with('q'));
    let sets = base.strip_suffix('s').is_some_and(|plain| {
        has("adc add and asr bic eor lsl lsr mov mul mvn neg orn orr ror rrx rsb sbc sub", plain)
    });
    if sets || has(COMPARE, base) {
        *writes |= Registers::FLAGS;
    }
    if has(READS_FLAGS, base) || line.text.ends_with("rrx") {
        *reads |= Registers::FLAGS;
    }
    if has(SETS_LANES, base) {
        *writes |= Registers::LANE_FLAGS;
    }
    if base == "sel" {
        *reads |= Registers::LANE_FLAGS;
    }
    if has(SETS_CARRY, base) {
        *writes |= Registers::FLOAT_FLAGS;
        if !base.ends_with('i') {
            *reads |= Registers::FLOAT_FLAGS;
        }
    }
    match base {
        "vcmp" | "vcmpe" if !is_vector => *writes |= Registers::FLOAT_FLAGS,
        "vcmp" | "vpst" | "vctp" => *writes |= Registers::PREDICATE,
        "vpsel" => *reads |= Registers::PREDICATE,
        "vpnot" => {
            *reads |= Registers::PREDICATE;
            *writes |= Registers::PREDICATE;
        }
        _ => {}
    }
}
