//! Rows of the decoding tables: a pattern of bits, a class, and where the operands are.

use super::{Flow, Operation, Registers};
use smidgen_target::Class;

/// All instructions that share a pattern and a layout of operands.
pub(super) struct Row {
    mask: u32,
    value: u32,
    class: Class,
    reads: &'static [Field],
    writes: &'static [Field],
    address: &'static [Field],
    words: Words,
    jump: Jump,
}

/// Where an opcode names registers.
#[derive(Clone, Copy)]
pub(super) enum Field {
    /// An integer register: `base` plus the `width` bits from bit `at`.
    Integer { at: u8, width: u8, base: u8 },
    /// An even integer register: twice the three bits from here.
    Even(u8),
    /// An odd integer register: the one behind twice the three bits from here.
    Odd(u8),
    /// The integer register in bits 16 to 19, if bit 21 is set: the base, written back.
    BaseIfW,
    /// Integer registers, one per bit of the opcode under the mask.
    List(u32),
    /// The integer register of bit 7 and bits 0 to 2.
    High,
    /// A floating-point register of RISC-V: `base` plus the `width` bits from bit `at`.
    Float { at: u8, width: u8, base: u8 },
    /// A floating-point register of Arm: four bits from `at`, and bit `extra`.
    Fp { at: u8, extra: u8, precision: Precision },
    /// The single of bits 0 to 3 and 5, and the one behind it.
    FpPair,
    /// As many singles as bits 0 to 7 say, from the register in bits 12 to 15 and 22 on.
    FpList(Precision),
    /// As many quad registers as given, from the one in three bits from `at` on.
    Quads { at: u8, count: u8 },
    /// The quad register in bits 17 to 19, if bit 21 is set: addresses, written back.
    QuadIfW,
    /// Half of the double in bits 16 to 19 and 7: the half of bit 21.
    Lane,
    /// Two lanes of the quad register in bits 13 to 15: the one of bit 4, and two further on.
    LanePair,
    /// These, always.
    Always(Registers),
    /// These, if the opcode under the mask has the value.
    If(u32, u32, Registers),
}

/// Width of a floating-point register of Arm.
#[derive(Clone, Copy)]
pub(super) enum Precision {
    Single,
    Double,
    /// Double if bits 8 and 9 are set.
    ByOpcode,
}

/// Words that an instruction moves.
#[derive(Clone, Copy)]
pub(super) enum Words {
    Fixed(u8),
    /// One per bit that is set under the mask.
    Bits(u32),
    /// 2 if bits 8 and 9 are set, otherwise 1.
    ByPrecision,
    /// Bits 0 to 7.
    Count,
}

/// Where an instruction goes on.
#[derive(Clone, Copy)]
pub(super) enum Jump {
    Next,
    /// To an address from a register or memory.
    Indirect {
        call: bool,
    },
    /// To its own address plus an offset that the opcode holds.
    Direct {
        offset: fn(u32) -> i32,
        conditional: bool,
        call: bool,
    },
}

/// A row for opcodes of `pattern`: `0` and `1` must be there, `.` may be either; spaces are left
/// out. The last character is bit 0; what is in front of the pattern must be zero.
pub(super) const fn row(pattern: &str, class: Class) -> Row {
    let (mask, value) = parse(pattern);
    Row {
        mask,
        value,
        class,
        reads: &[],
        writes: &[],
        address: &[],
        words: Words::Fixed(0),
        jump: Jump::Next,
    }
}

const fn parse(pattern: &str) -> (u32, u32) {
    let (mut mask, mut value) = (u32::MAX, 0);
    let (text, mut at) = (pattern.as_bytes(), 0);
    let mut bits = 0;
    while at < text.len() {
        let (known, bit) = match text[at] {
            b'0' => (1, 0),
            b'1' => (1, 1),
            b'.' => (0, 0),
            b' ' => {
                at += 1;
                continue;
            }
            _ => panic!("a pattern holds only 0, 1, dots and spaces"),
        };
        (mask, value) = (mask << 1 | known, value << 1 | bit);
        bits += 1;
        at += 1;
    }
    assert!(bits == 16 || bits == 32, "a pattern has 16 or 32 bits");
    (mask, value)
}

impl Row {
    pub(super) const fn reads(mut self, fields: &'static [Field]) -> Self {
        self.reads = fields;
        self
    }

    pub(super) const fn writes(mut self, fields: &'static [Field]) -> Self {
        self.writes = fields;
        self
    }

    /// Moves `words` at an address made of `fields`.
    pub(super) const fn access(mut self, fields: &'static [Field], words: Words) -> Self {
        self.address = fields;
        self.words = words;
        self
    }

    pub(super) const fn jumps(mut self, jump: Jump) -> Self {
        self.jump = jump;
        self
    }

    pub(super) const fn matches(&self, opcode: u32) -> bool {
        opcode & self.mask == self.value
    }

    /// What the instruction `opcode` at `at` does.
    pub(super) fn operation(&self, opcode: u32, at: u32) -> Operation {
        let all = |fields: &[Field]| {
            fields.iter().fold(Registers::NONE, |set, field| set | field.registers(opcode))
        };
        let address = all(self.address);
        Operation {
            class: self.class,
            reads: all(self.reads) | address,
            writes: all(self.writes),
            address,
            words: self.words.count(opcode),
            flow: self.jump.flow(opcode, at),
        }
    }
}

impl Field {
    fn registers(self, opcode: u32) -> Registers {
        let bits = |at: u8, width: u8| opcode >> at & ((1 << width) - 1);
        match self {
            Self::Integer { at, width, base } => {
                Registers::integer(u32::from(base) + bits(at, width))
            }
            Self::Even(at) => Registers::integer(2 * bits(at, 3)),
            Self::Odd(at) => Registers::integer(2 * bits(at, 3) + 1),
            Self::BaseIfW if bits(21, 1) == 1 => Registers::integer(bits(16, 4)),
            Self::List(mask) => Registers::integers(opcode & mask),
            Self::High => Registers::integer(bits(7, 1) << 3 | bits(0, 3)),
            Self::Float { at, width, base } => {
                Registers::singles(u32::from(base) + bits(at, width), 1)
            }
            Self::Fp { at, extra, precision } => {
                precision.registers(opcode, bits(at, 4), bits(extra, 1), None)
            }
            Self::FpPair => Precision::Single.registers(opcode, bits(0, 4), bits(5, 1), Some(2)),
            Self::FpList(precision) => {
                precision.registers(opcode, bits(12, 4), bits(22, 1), Some(bits(0, 8)))
            }
            Self::Quads { at, count } => Registers::singles(4 * bits(at, 3), 4 * u32::from(count)),
            Self::QuadIfW if bits(21, 1) == 1 => Registers::singles(4 * bits(17, 3), 4),
            Self::Lane => Registers::singles(2 * (bits(7, 1) << 4 | bits(16, 4)) + bits(21, 1), 1),
            Self::LanePair => {
                let lane = 4 * bits(13, 3) + bits(4, 1);
                Registers::singles(lane, 1) | Registers::singles(lane + 2, 1)
            }
            Self::Always(registers) => registers,
            Self::If(mask, value, registers) if opcode & mask == value => registers,
            Self::If(..) | Self::BaseIfW | Self::QuadIfW => Registers::NONE,
        }
    }
}

/// Whether a floating-point instruction works on doubles.
pub(super) const fn is_double(opcode: u32) -> bool {
    opcode & 0x300 == 0x300
}

impl Precision {
    /// The register of a number in four bits and an extra one, and the singles behind it.
    fn registers(self, opcode: u32, four: u32, extra: u32, count: Option<u32>) -> Registers {
        let double = match self {
            Self::Single => false,
            Self::Double => true,
            Self::ByOpcode => is_double(opcode),
        };
        let (first, own) =
            if double { (2 * (extra << 4 | four), 2) } else { (four << 1 | extra, 1) };
        Registers::singles(first, count.unwrap_or(own))
    }
}

impl Words {
    fn count(self, opcode: u32) -> u8 {
        match self {
            Self::Fixed(words) => words,
            Self::Bits(mask) => (opcode & mask).count_ones() as u8,
            Self::ByPrecision => 1 + u8::from(is_double(opcode)),
            Self::Count => opcode as u8,
        }
    }
}

impl Jump {
    fn flow(self, opcode: u32, at: u32) -> Flow {
        match self {
            Self::Next => Flow::Next,
            Self::Indirect { call } => Flow::Branch { target: None, conditional: false, call },
            Self::Direct { offset, conditional, call } => {
                let target = Some(at.wrapping_add_signed(offset(opcode)));
                Flow::Branch { target, conditional, call }
            }
        }
    }
}

/// The bits `high` to `low` of `opcode`, shifted to begin at `to`.
pub(super) const fn bits(opcode: u32, high: u32, low: u32, to: u32) -> u32 {
    (opcode >> low & ((1 << (high - low + 1)) - 1)) << to
}

/// `value` as a signed number of `width` bits.
pub(super) const fn signed(value: u32, width: u32) -> i32 {
    ((value << (32 - width)) as i32) >> (32 - width)
}
