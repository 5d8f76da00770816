//! The disassembler that comes with the compilers, and what its text says.

use smidgen_target::Class;
use smidgen_timing::decode::Registers;
use smidgen_timing::profile::{Encoding, Instruction};
use std::path::Path;
use std::process::Command;

/// One line of a disassembly.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) instruction: Instruction,
    pub(crate) mnemonic: String,
    /// As printed, without comments.
    pub(crate) text: String,
    /// Separated at the outermost commas.
    pub(crate) operands: Vec<String>,
    pub(crate) undefined: bool,
}

/// What a line says about its instruction. Registers are none where no rule reads them.
#[derive(Debug)]
pub(crate) struct Meaning {
    pub(crate) class: Class,
    pub(crate) effects: Option<Effects>,
    /// Registers that the text does not decide.
    pub(crate) undecided: Registers,
}

/// Registers that an instruction touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Effects {
    pub(crate) reads: Registers,
    pub(crate) writes: Registers,
    pub(crate) address: Registers,
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Disassembles `file` with the options that `-d`, or `-D`, needs.
pub(crate) fn disassemble(encoding: Encoding, file: &Path, options: &[&str]) -> Vec<Line> {
    let (program, names) = match encoding {
        Encoding::Thumb => ("arm-none-eabi-objdump", "reg-names-raw"),
        Encoding::RiscV => ("riscv64-unknown-elf-objdump", "no-aliases,numeric"),
    };
    let arguments = [options, &["-z", "-M", names, file.to_str().unwrap()]].concat();
    run(program, &arguments).lines().filter_map(line).collect()
}

/// Reads `  1a4:\tf8d1 3004 \tldr.w\tr3, [r1, #4]\t@ comment`. Nothing for data and other lines.
fn line(text: &str) -> Option<Line> {
    let mut fields = text.split('\t');
    let address = fields.next()?.trim().strip_suffix(':')?;
    let address = u32::from_str_radix(address, 16).ok()?;
    let code: String = fields.next()?.split_whitespace().collect();
    let mnemonic = fields.next()?.trim();
    if [".word", ".short", ".byte"].contains(&mnemonic) {
        return None;
    }
    let operands = fields.next().unwrap_or("").split(" # ").next()?.trim();
    let operands = if operands.starts_with(['@', '#', ';']) { "" } else { operands };
    Some(Line {
        instruction: Instruction {
            address,
            opcode: u32::from_str_radix(&code, 16).ok()?,
            bytes: code.len() as u32 / 2,
        },
        mnemonic: mnemonic.to_owned(),
        text: operands.to_owned(),
        operands: split(operands),
        undefined: text.contains("UNDEFINED")
            || mnemonic.starts_with('.')
            || mnemonic.ends_with("unimp"),
    })
}

/// Cuts at commas that no bracket holds.
fn split(text: &str) -> Vec<String> {
    let mut depth = 0;
    let parts = text.split(|c| {
        depth += i32::from("[{(".contains(c)) - i32::from("]})".contains(c));
        c == ',' && depth == 0
    });
    parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

impl Line {
    /// The target that the last operand is, as in `cbz r1, 1c4 <loop>`.
    pub(crate) fn target(&self) -> Option<u32> {
        let last = self.operands.last()?.split_whitespace().next()?;
        u32::from_str_radix(last, 16).ok()
    }

    /// Registers named by operands `from..to`.
    pub(crate) fn named(&self, from: usize, to: usize) -> Registers {
        let to = to.min(self.operands.len());
        let operands = self.operands.get(from..to).unwrap_or_default();
        operands.iter().fold(Registers::NONE, |all, operand| all | registers(operand))
    }

    /// Registers inside brackets, and whether they are written back.
    pub(crate) fn address(&self) -> (Registers, bool) {
        let at = self.operands.iter().position(|operand| operand.contains(['[', '(']));
        let Some(at) = at else { return (Registers::NONE, false) };
        let is_behind = at + 1 < self.operands.len();
        let (_, inner) = self.operands[at].split_once(['[', '(']).unwrap();
        (registers(inner), is_behind || self.operands[at].ends_with('!'))
    }
}

/// All registers that a text names, ranges in braces included.
fn registers(text: &str) -> Registers {
    let mut all = Registers::NONE;
    for part in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_') {
        all |= match part.split_once('-') {
            Some((first, last)) => range(first, last).unwrap_or_default(),
            None => register(part).unwrap_or_default(),
        };
    }
    all
}

fn range(first: &str, last: &str) -> Option<Registers> {
    let kind = first.get(..1)?;
    let (from, to): (u32, u32) = (first.get(1..)?.parse().ok()?, last.get(1..)?.parse().ok()?);
    (from..=to).map(|number| register(&format!("{kind}{number}"))).reduce(|a, b| Some(a? | b?))?
}

/// Register 15 of Arm and register 0 of RISC-V are in no set.
fn register(name: &str) -> Option<Registers> {
    match name {
        "sp" => return Some(Registers::integer(13)),
        "lr" => return Some(Registers::integer(14)),
        "r15" | "x0" => return None,
        _ => {}
    }
    let number: u32 = name.get(1..)?.parse().ok()?;
    match name.get(..1)? {
        "r" | "x" => Some(Registers::integer(number)),
        "s" | "f" => Some(Registers::singles(number, 1)),
        "d" => Some(Registers::singles(2 * number, 2)),
        "q" => Some(Registers::singles(4 * number, 4)),
        _ => None,
    }
}

/// The class of `name` in rows of classes and names.
pub(crate) fn look_up(table: &[(Class, &str)], name: &str) -> Option<Class> {
    let row = table.iter().find(|(_, names)| names.split_whitespace().any(|n| n == name))?;
    Some(row.0)
}

/// Whether `names` has `name`.
pub(crate) fn has(names: &str, name: &str) -> bool {
    names.split_whitespace().any(|n| n == name)
}
