//! Where one instruction ends and the next begins.

/// Instruction encodings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Arm T32: one or two halfwords.
    Thumb,
    /// RISC-V: one or two halfwords, given by the two lowest bits.
    RiscV,
}

/// One instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instruction {
    /// Its address.
    pub address: u32,
    /// The opcode. 16 bits stand as they are; of 32-bit Thumb instructions the first halfword is
    /// the upper half, as in the Arm manuals; of RISC-V ones it is the lower half.
    pub opcode: u32,
    /// Size in bytes: 2 or 4.
    pub bytes: u32,
}

impl Encoding {
    /// The encoding behind an emulator's target name.
    pub(super) fn of_target(name: &str) -> Option<Encoding> {
        match name {
            "arm" | "aarch64" => Some(Encoding::Thumb),
            "riscv32" | "riscv64" => Some(Encoding::RiscV),
            _ => None,
        }
    }

    /// The instructions in `code`, which begins at `address`. A last one that is cut off is left
    /// out, so the sizes add up to less than the code then.
    pub fn instructions(self, address: u32, code: &[u8]) -> impl Iterator<Item = Instruction> {
        let mut at = address;
        let mut rest = code;
        std::iter::from_fn(move || {
            let (opcode, bytes) = self.first(rest)?;
            let instruction = Instruction { address: at, opcode, bytes };
            rest = &rest[bytes as usize..];
            at = at.wrapping_add(bytes);
            Some(instruction)
        })
    }

    /// Opcode and size of the first instruction.
    fn first(self, code: &[u8]) -> Option<(u32, u32)> {
        let half = |at: usize| {
            let bytes = code.get(at..at + 2)?;
            Some(u32::from(u16::from_le_bytes([bytes[0], bytes[1]])))
        };
        let first = half(0)?;
        match self {
            Encoding::Thumb if first < 0xe800 => Some((first, 2)),
            Encoding::Thumb => Some((first << 16 | half(2)?, 4)),
            Encoding::RiscV if first & 3 != 3 => Some((first, 2)),
            Encoding::RiscV => Some((half(2)? << 16 | first, 4)),
        }
    }
}
