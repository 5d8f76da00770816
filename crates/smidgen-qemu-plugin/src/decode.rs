//! Which instructions may access memory: the places where a run has to end.

/// Instruction encodings that the plug-in tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// T32, 16- and 32-bit.
    Thumb,
    /// RISC-V with compressed instructions.
    RiscV,
}

impl Encoding {
    /// The encoding behind QEMU's target name, where the plug-in serves it.
    pub(crate) fn of_target(name: &str) -> Option<Encoding> {
        match name {
            "arm" | "aarch64" => Some(Encoding::Thumb),
            "riscv32" | "riscv64" => Some(Encoding::RiscV),
            _ => None,
        }
    }

    /// Size in bytes of the instruction that begins with `code`.
    pub(crate) fn length(self, code: [u8; 4]) -> usize {
        let first = u16::from_le_bytes([code[0], code[1]]);
        let short = match self {
            Encoding::Thumb => first < 0xe800,
            Encoding::RiscV => first & 3 != 3,
        };
        if short { 2 } else { 4 }
    }

    /// Whether the instruction may load or store. Never false for one that does; true for a few
    /// that do not, which only makes runs shorter.
    pub(crate) fn may_access_memory(self, code: &[u8]) -> bool {
        let half = |at: usize| match code.get(at..at + 2) {
            Some(&[low, high]) => u16::from_le_bytes([low, high]),
            _ => 0,
        };
        match (self, code.len()) {
            (Encoding::Thumb, 2) => thumb_16(half(0)),
            (Encoding::Thumb, _) => thumb_32(half(0)),
            (Encoding::RiscV, 2) => riscv_16(half(0)),
            (Encoding::RiscV, _) => riscv_32(half(0)),
        }
    }
}

fn thumb_16(code: u16) -> bool {
    match code >> 11 {
        0x09 | 0x0a..=0x13 | 0x18 | 0x19 => true, // literal, register, immediate, SP, LDM, STM
        _ => code & 0xf600 == 0xb400,             // PUSH, POP
    }
}

fn thumb_32(first: u16) -> bool {
    // LDM, STM, LDRD, exclusive, table branch; coprocessor; LDR, STR; MVE interleaving and gather.
    matches!(first >> 9, 0x74 | 0x76 | 0x7c | 0x7e)
}

fn riscv_16(code: u16) -> bool {
    let function = code >> 13;
    match code & 3 {
        0 => function != 0,
        1 => false,
        _ => !matches!(function, 0 | 4),
    }
}

fn riscv_32(low: u16) -> bool {
    matches!(low & 0x7f, 0x03 | 0x07 | 0x23 | 0x27 | 0x2f)
}
