//! What the disassembler's RISC-V mnemonics mean.

use crate::objdump::{Effects, Line, Meaning, has, look_up};
use Class::*;
use smidgen_target::Class;
use smidgen_timing::decode::Registers;

const CLASSES: &[(Class, &str)] = &[
    (Alu, "add addi sub and andi or ori xor xori slt slti sltu sltiu lui auipc li mv"),
    (Alu, "addi4spn addi16sp andn orn xnor not"),
    (Shift, "sll slli srl srli sra srai rol ror rori"),
    (AluShift, "sh1add sh2add sh3add"),
    (Extend, "sext.b sext.h zext.h"),
    (BitField, "clz ctz cpop rev8 orc.b bclr bclri bset bseti binv binvi bext bexti"),
    (Saturate, "min minu max maxu"),
    (Multiply, "mul"),
    (MultiplyLong, "mulh mulhu mulhsu"),
    (Divide, "div divu rem remu"),
    (Load, "lw lwsp"),
    (LoadNarrow, "lb lbu lh lhu"),
    (Store, "sb sh sw swsp"),
    (Atomic, "lr.w sc.w amoswap.w amoadd.w amoxor.w amoand.w amoor.w amomin.w amomax.w"),
    (Atomic, "amominu.w amomaxu.w"),
    (Branch, "j"),
    (CompareBranch, "beq bne blt bge bltu bgeu beqz bnez"),
    (BranchIndirect, "jalr jr"),
    (Barrier, "fence fence.tso fence.i"),
    (System, "ecall ebreak mret wfi csrrw csrrs csrrc csrrwi csrrsi csrrci"),
    (Nop, "nop"),
    (FloatLoad, "flw flwsp fld fldsp"),
    (FloatStore, "fsw fswsp fsd fsdsp"),
    (FloatAdd, "fadd.s fsub.s fsgnj.s fsgnjn.s fsgnjx.s fmin.s fmax.s"),
    (DoubleAdd, "fadd.d fsub.d fsgnj.d fsgnjn.d fsgnjx.d fmin.d fmax.d"),
    (FloatMultiply, "fmul.s"),
    (DoubleMultiply, "fmul.d"),
    (FloatMultiplyAccumulate, "fmadd.s fmsub.s fnmadd.s fnmsub.s"),
    (DoubleMultiplyAccumulate, "fmadd.d fmsub.d fnmadd.d fnmsub.d"),
    (FloatDivide, "fdiv.s"),
    (DoubleDivide, "fdiv.d"),
    (FloatSquareRoot, "fsqrt.s"),
    (DoubleSquareRoot, "fsqrt.d"),
    (FloatCompare, "feq.s flt.s fle.s fclass.s feq.d flt.d fle.d fclass.d"),
    (FloatConvert, "fcvt.w.s fcvt.wu.s fcvt.s.w fcvt.s.wu fcvt.s.d fcvt.d.s"),
    (FloatConvert, "fcvt.w.d fcvt.wu.d fcvt.d.w fcvt.d.wu"),
    (FloatMove, "fmv.x.w fmv.w.x"),
    // Zeros, which fill gaps of code and are no instruction.
    (Unknown, "unimp"),
];

/// Compressed instructions whose first operand is also a source.
const TWO_OPERANDS: &str = "add addi sub and andi or xor slli srli srai addi16sp";

/// What a line means; nothing if its mnemonic is unknown here.
pub(crate) fn meaning(line: &Line) -> Option<Meaning> {
    let (name, compressed) = match line.mnemonic.strip_prefix("c.") {
        Some(name) => (name, true),
        None => (line.mnemonic.as_str(), false),
    };
    let name = ["aqrl", "aq", "rl"]
        .iter()
        .find_map(|order| name.strip_suffix(order)?.strip_suffix('.'))
        .unwrap_or(name);
    let class = class(line, name, compressed)?;
    let all = line.operands.len();
    let (address, _) = line.address();
    let (mut reads, mut writes) = match class {
        Store | FloatStore | CompareBranch => (line.named(0, all), Registers::NONE),
        BranchIndirect if compressed => (line.named(0, 1), Registers::NONE),
        _ => (line.named(1, all), line.named(0, 1)),
    };
    if compressed && has(TWO_OPERANDS, name) {
        reads |= writes;
    }
    if compressed && matches!(name, "jal" | "jalr") {
        writes |= Registers::integer(1);
    }
    // Addresses of jumps are no addresses of accesses.
    let is_access = !matches!(class, BranchIndirect | Branch | Call);
    let address = if is_access { address } else { Registers::NONE };
    let effects = Some(Effects { reads, writes, address });
    Some(Meaning { class, effects, undecided: Registers::NONE })
}

fn class(line: &Line, name: &str, compressed: bool) -> Option<Class> {
    let same = line.operands.get(1) == line.operands.get(2);
    Some(match name {
        "jal" if compressed || line.operands[0] != "x0" => Call,
        "jal" => Branch,
        "addi" if compressed && line.operands[0] == "x0" => Nop,
        "addi" if line.text == "x0,x0,0" => Nop,
        "fsgnj.s" | "fsgnj.d" if same => FloatMove,
        _ => look_up(CLASSES, name)?,
    })
}
