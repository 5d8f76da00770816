//! RISC-V, 32 bits, with the extensions that the cores declare.
//!
//! `Zicsr` and `Zifencei` are part of every set here, as they were when the cores were made.

use super::{Pattern, any, pattern};

/// Extensions by bit.
pub(super) type Extensions = u8;

const I: Extensions = 1;
const M: Extensions = 2;
const A: Extensions = 4;
const F: Extensions = 8;
const C: Extensions = 16;

/// Integers and compressed instructions.
pub(super) const EC: Extensions = I | C;
/// Integers, multiplication, compressed instructions.
pub(super) const IMC: Extensions = I | M | C;
/// The same with atomics.
pub(super) const IMAC: Extensions = IMC | A;
/// The same with single-precision floating point.
pub(super) const IMAFC: Extensions = IMAC | F;

/// 32-bit instructions of the base, `Zicsr`, `Zifencei` and machine mode.
const BASE: &[Pattern] = &[
    pattern(0x0000_007f, 0x0000_0037), // LUI
    pattern(0x0000_007f, 0x0000_0017), // AUIPC
    pattern(0x0000_007f, 0x0000_006f), // JAL
    pattern(0x0000_707f, 0x0000_0067), // JALR
    pattern(0x0000_607f, 0x0000_0063), // BEQ, BNE
    pattern(0x0000_407f, 0x0000_4063), // BLT, BGE, BLTU, BGEU
    pattern(0x0000_607f, 0x0000_0003), // LB, LH
    pattern(0x0000_707f, 0x0000_2003), // LW
    pattern(0x0000_607f, 0x0000_4003), // LBU, LHU
    pattern(0x0000_607f, 0x0000_0023), // SB, SH
    pattern(0x0000_707f, 0x0000_2023), // SW
    pattern(0x0000_707f, 0x0000_0013), // ADDI
    pattern(0x0000_607f, 0x0000_2013), // SLTI, SLTIU
    pattern(0x0000_707f, 0x0000_4013), // XORI
    pattern(0x0000_607f, 0x0000_6013), // ORI, ANDI
    pattern(0xfe00_707f, 0x0000_1013), // SLLI
    pattern(0xbe00_707f, 0x0000_5013), // SRLI, SRAI
    pattern(0xfe00_007f, 0x0000_0033), // ADD, SLL, SLT, SLTU, XOR, SRL, OR, AND
    pattern(0xfe00_707f, 0x4000_0033), // SUB
    pattern(0xfe00_707f, 0x4000_5033), // SRA
    pattern(0x0000_607f, 0x0000_000f), // FENCE, FENCE.I
    pattern(0xffef_ffff, 0x0000_0073), // ECALL, EBREAK
    pattern(0xffff_ffff, 0x3020_0073), // MRET
    pattern(0xffff_ffff, 0x1050_0073), // WFI
    pattern(0x0000_707f, 0x0000_1073), // CSRRW
    pattern(0x0000_607f, 0x0000_2073), // CSRRS, CSRRC
    pattern(0x0000_707f, 0x0000_5073), // CSRRWI
    pattern(0x0000_607f, 0x0000_6073), // CSRRSI, CSRRCI
];

/// Multiplication and division.
const MULTIPLY: &[Pattern] = &[pattern(0xfe00_007f, 0x0200_0033)];

/// Atomics of words.
const ATOMIC: &[Pattern] = &[
    pattern(0xf9f0_707f, 0x1000_202f), // LR
    pattern(0xf800_707f, 0x1800_202f), // SC
    pattern(0xf800_707f, 0x0800_202f), // AMOSWAP
    pattern(0x1800_707f, 0x0000_202f), // AMOADD, XOR, AND, OR, MIN, MAX, MINU, MAXU
];

/// Single-precision floating point.
const FLOAT: &[Pattern] = &[
    pattern(0x0000_707f, 0x0000_2007), // FLW
    pattern(0x0000_707f, 0x0000_2027), // FSW
    pattern(0x0600_0073, 0x0000_0043), // FMADD, FMSUB, FNMSUB, FNMADD
    pattern(0xf600_007f, 0x0000_0053), // FADD, FSUB
    pattern(0xfe00_007f, 0x1000_0053), // FMUL
    pattern(0xfe00_007f, 0x1800_0053), // FDIV
    pattern(0xfff0_007f, 0x5800_0053), // FSQRT
    pattern(0xfe00_607f, 0x2000_0053), // FSGNJ, FSGNJN
    pattern(0xfe00_707f, 0x2000_2053), // FSGNJX
    pattern(0xfe00_607f, 0x2800_0053), // FMIN, FMAX
    pattern(0xffe0_007f, 0xc000_0053), // FCVT.W.S, FCVT.WU.S
    pattern(0xfff0_607f, 0xe000_0053), // FMV.X.W, FCLASS
    pattern(0xfe00_607f, 0xa000_0053), // FLE, FLT
    pattern(0xfe00_707f, 0xa000_2053), // FEQ
    pattern(0xffe0_007f, 0xd000_0053), // FCVT.S.W, FCVT.S.WU
    pattern(0xfff0_707f, 0xf000_0053), // FMV.W.X
];

/// Compressed instructions of the integer set. Those whose immediate or register must not be zero
/// are left out when it is, by [`RESERVED`].
const COMPRESSED: &[Pattern] = &[
    pattern(0xe003, 0x0000), // C.ADDI4SPN
    pattern(0x6003, 0x4000), // C.LW, C.SW
    pattern(0xc003, 0x0001), // C.NOP, C.ADDI, C.JAL
    pattern(0xe003, 0x4001), // C.LI
    pattern(0xe003, 0x6001), // C.LUI, C.ADDI16SP
    pattern(0xf803, 0x8001), // C.SRLI, C.SRAI
    pattern(0xec03, 0x8801), // C.ANDI
    pattern(0xfc03, 0x8c01), // C.SUB, C.XOR, C.OR, C.AND
    pattern(0xe003, 0xa001), // C.J
    pattern(0xc003, 0xc001), // C.BEQZ, C.BNEZ
    pattern(0xf003, 0x0002), // C.SLLI
    pattern(0x6003, 0x4002), // C.LWSP, C.SWSP
    pattern(0xe003, 0x8002), // C.JR, C.MV, C.EBREAK, C.JALR, C.ADD
];

/// Compressed encodings that are reserved within the patterns above.
const RESERVED: &[Pattern] = &[
    pattern(0xffe3, 0x0000), // C.ADDI4SPN of zero, and the illegal instruction
    pattern(0xf07f, 0x6001), // C.LUI, C.ADDI16SP of zero
    pattern(0xef83, 0x4002), // C.LWSP to x0
    pattern(0xffff, 0x8002), // C.JR to x0
];

/// Compressed single-precision loads and stores.
const COMPRESSED_FLOAT: &[Pattern] = &[
    pattern(0x6003, 0x6000), // C.FLW, C.FSW
    pattern(0x6003, 0x6002), // C.FLWSP, C.FSWSP
];

/// Whether the set with `extensions` has the instruction.
pub(super) fn has(opcode: u32, bytes: u32, extensions: Extensions) -> bool {
    let with = |extension, patterns| extensions & extension != 0 && any(patterns, opcode);
    if bytes == 2 {
        return with(C, COMPRESSED) && !any(RESERVED, opcode)
            || extensions & F != 0 && with(C, COMPRESSED_FLOAT);
    }
    with(I, BASE) || with(M, MULTIPLY) || with(A, ATOMIC) || with(F, FLOAT)
}
