//! Decoding agrees with the disassembler that comes with the compilers, on the firmware of every
//! model, on a list of instruction forms, and on random opcodes.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail by panicking")]

#[path = "decoding/arm.rs"]
mod arm;
#[path = "decoding/arm_effects.rs"]
mod arm_effects;
#[path = "decoding/objdump.rs"]
mod objdump;
#[path = "decoding/riscv.rs"]
mod riscv;
mod support;

use objdump::{Line, Meaning, disassemble, run};
use rayon::prelude::*;
use smidgen_compiler::tensor::Rounding;
use smidgen_run::{Mode, Optimisation};
use smidgen_study::Recipe;
use smidgen_target::{Board, Class, Isa, Platform};
use smidgen_timing::decode::{Flow, Operation, decode};
use smidgen_timing::profile::{Encoding, Instruction};
use std::collections::BTreeSet;
use support::{Golden, bundled, public, workbench};

/// How much was compared.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    lines: usize,
    /// Lines whose registers were compared.
    registers: usize,
}

fn meaning(encoding: Encoding, line: &Line) -> Option<Meaning> {
    match encoding {
        Encoding::Thumb => arm::meaning(line),
        Encoding::RiscV => riscv::meaning(line),
    }
}

/// Words that the operands list, where they do.
fn listed(line: &Line, class: Class) -> Option<u32> {
    let is_list = matches!(class, Class::LoadMultiple | Class::StoreMultiple | Class::BranchLoad);
    let is_float = matches!(class, Class::FloatLoadMultiple | Class::FloatStoreMultiple);
    let list = line.operands.last().filter(|operand| operand.starts_with('{'))?;
    let last = line.operands.len();
    let counter = u32::from(list.contains("r15") || list.contains("pc"));
    (is_list || is_float).then(|| line.named(last - 1, last).len() + counter)
}

/// What is wrong with an operation, if anything.
fn disagreement(encoding: Encoding, line: &Line, operation: &Operation) -> Option<String> {
    let Some(meaning) = meaning(encoding, line) else { return Some("mnemonic unknown".into()) };
    if operation.class != meaning.class {
        return Some(format!("expected {}", meaning.class));
    }
    let direct = match operation.flow {
        Flow::Branch { target, .. } => target,
        Flow::Next => None,
    };
    let has_target = matches!(
        meaning.class,
        Class::Branch
            | Class::BranchConditional
            | Class::CompareBranch
            | Class::Call
            | Class::LoopEnd
    ) || line.mnemonic.starts_with("wls");
    if direct != line.target().filter(|_| has_target) {
        return Some(format!("expected target {:x?}", line.target()));
    }
    if listed(line, meaning.class).is_some_and(|words| words != u32::from(operation.words)) {
        return Some("words differ".into());
    }
    let expected = meaning.effects?;
    let open = meaning.undecided;
    let same = operation.reads - open == expected.reads - open
        && operation.writes - open == expected.writes - open
        && operation.address == expected.address;
    (!same).then(|| format!("expected {expected:?}"))
}

/// Checks every instruction of a disassembly.
fn check_lines(what: &str, encoding: Encoding, lines: &[Line]) -> Tally {
    let mut wrong = BTreeSet::new();
    let mut tally = Tally::default();
    for line in lines {
        let operation = decode(encoding, line.instruction);
        let Instruction { address, opcode, bytes } = line.instruction;
        if let Some(problem) = disagreement(encoding, line, &operation) {
            let digits = 2 * bytes as usize;
            let text = format!("{} {}", line.mnemonic, line.text);
            wrong.insert(format!(
                "{text}  ({opcode:0digits$x} at {address:x}): {operation:?}, {problem}"
            ));
        }
        tally.lines += 1;
        let known = meaning(encoding, line);
        tally.registers += usize::from(known.is_some_and(|known| known.effects.is_some()));
    }
    let count = wrong.len();
    let shown: Vec<_> = wrong.into_iter().take(20).collect();
    assert!(shown.is_empty(), "{what}: {count} instructions differ\n{}", shown.join("\n"));
    tally
}

/// The code of `lines` again, cut into instructions as profiles are.
fn check_lengths(what: &str, encoding: Encoding, lines: &[Line]) {
    for line in lines {
        let Instruction { address, opcode, bytes } = line.instruction;
        let code = match (encoding, bytes) {
            (Encoding::Thumb, 4) => (opcode.rotate_left(16)).to_le_bytes(),
            _ => opcode.to_le_bytes(),
        };
        let found = encoding.instructions(address, &code).next();
        assert_eq!(found, Some(line.instruction), "{what}: {} {}", line.mnemonic, line.text);
    }
}

fn encoding(board: &Board) -> Encoding {
    if board.core.isa.is_riscv() { Encoding::RiscV } else { Encoding::Thumb }
}

fn check_firmware(golden: &Golden, board: &Board, opt: Optimisation) -> Tally {
    let workbench = workbench();
    let recipe = Recipe { opt, ..Recipe::default() };
    let compiled = workbench.compile(&golden.load(Rounding::default()), board, &recipe).unwrap();
    let image = workbench.build(&compiled, board, &recipe, Mode::Inference).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("firmware.elf");
    std::fs::write(&program, &image.program).unwrap();
    let options: &[&str] =
        if board.core.isa == Isa::ArmV81MMain { &["-d", "-m", "armv8.1-m.main"] } else { &["-d"] };
    let encoding = encoding(board);
    let lines = disassemble(encoding, &program, options);
    let what = format!("{} {opt:?} on {}", golden.name(), board.name);
    check_lengths(&what, encoding, &lines);
    check_lines(&what, encoding, &lines)
}

/// Compares firmware for every emulated board.
fn check_models(goldens: &[Golden], optimisations: &[Optimisation]) {
    let workbench = workbench();
    let emulated = |board: &&Board| matches!(board.platform, Platform::Device(_));
    let boards: Vec<_> = workbench.runnable_boards().filter(emulated).collect();
    let mut cases = Vec::new();
    for golden in goldens {
        for &opt in optimisations {
            cases.extend(boards.iter().map(|board| (golden, *board, opt)));
        }
    }
    let tallies = cases.par_iter().map(|&(golden, board, opt)| check_firmware(golden, board, opt));
    let total = tallies.reduce(Tally::default, |a, b| Tally {
        lines: a.lines + b.lines,
        registers: a.registers + b.registers,
    });
    assert!(cases.is_empty() || total.registers * 10 >= total.lines * 9, "{total:?}");
}

#[test]
fn firmware_of_bundled_models_is_decoded() {
    check_models(&bundled(), &[Optimisation::O2, Optimisation::O3, Optimisation::Os]);
}

#[test]
fn firmware_of_public_models_is_decoded() {
    check_models(&public(), &[Optimisation::O2]);
}

/// Assembles and disassembles `source`.
fn assembled(encoding: Encoding, source: &str) -> Vec<Line> {
    let (assembler, option, options): (_, _, &[&str]) = match encoding {
        Encoding::Thumb => (
            "arm-none-eabi-as",
            "-march=armv8.1-m.main+dsp+mve.fp+fp.dp",
            &["-d", "-m", "armv8.1-m.main"],
        ),
        Encoding::RiscV => (
            "riscv64-unknown-elf-as",
            "-march=rv32imafdc_zicsr_zifencei_zba_zbb_zbs",
            &["-D", "-j", ".text"],
        ),
    };
    let folder = tempfile::tempdir().unwrap();
    let (text, object) = (folder.path().join("forms.s"), folder.path().join("forms.o"));
    std::fs::write(&text, source).unwrap();
    run(assembler, &[option, text.to_str().unwrap(), "-o", object.to_str().unwrap()]);
    disassemble(encoding, &object, options)
}

fn check_forms(encoding: Encoding, source: &str) {
    let lines = assembled(encoding, source);
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with(['@', '#', '.']);
    assert!(lines.len() >= source.lines().filter(is_code).count(), "forms are lost");
    check_lengths("forms", encoding, &lines);
    let tally = check_lines("forms", encoding, &lines);
    assert!(tally.registers * 10 >= tally.lines * 7, "{tally:?}");
}

const ARM: &str = ".syntax unified\n.thumb\n.balign 4\n";

#[test]
fn integer_forms_are_decoded() {
    check_forms(Encoding::Thumb, &format!("{ARM}{}", include_str!("decoding/core.s")));
}

#[test]
fn float_forms_are_decoded() {
    check_forms(Encoding::Thumb, &format!("{ARM}{}", include_str!("decoding/float.s")));
}

#[test]
fn vector_forms_are_decoded() {
    check_forms(Encoding::Thumb, &format!("{ARM}{}", include_str!("decoding/vector.s")));
}

#[test]
fn riscv_forms_are_decoded() {
    check_forms(Encoding::RiscV, include_str!("decoding/riscv.s"));
}

/// How random opcodes fare.
#[derive(Debug, Default)]
struct Agreement {
    /// Opcodes that the disassembler calls undefined, and how many of them are not decoded.
    undefined: usize,
    unknown: usize,
    /// Opcodes whose mnemonic this test knows, and how many of them are in the same class.
    defined: usize,
    equal: usize,
}

/// Compares classes alone: the text of unpredictable instructions does not tell registers.
fn agreement(encoding: Encoding, lines: &[Line]) -> Agreement {
    let mut found = Agreement::default();
    for line in lines {
        let class = decode(encoding, line.instruction).class;
        if line.undefined {
            found.undefined += 1;
            found.unknown += usize::from(class == Class::Unknown);
        } else if let Some(meaning) = meaning(encoding, line) {
            found.defined += 1;
            found.equal += usize::from(class == meaning.class);
        }
    }
    found
}

/// Numbers that look random, always the same.
fn random(count: usize) -> impl Iterator<Item = u32> {
    let step = |state: &u64| Some(state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1));
    let states = std::iter::successors(Some(1), step);
    states.skip(1).take(count).map(|state| (state >> 32) as u32)
}

/// Disassembles opcodes of Thumb; first halfwords stand in the upper half.
fn thumb(code: &[u8]) -> Vec<Line> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code.bin");
    std::fs::write(&file, code).unwrap();
    let options = ["-D", "-b", "binary", "-m", "armv8.1-m.main", "-M", "force-thumb"];
    disassemble(Encoding::Thumb, &file, &options)
}

/// Disassembles opcodes of RISC-V.
fn riscv_lines(code: &[u8]) -> Vec<Line> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code.bin");
    std::fs::write(&file, code).unwrap();
    assembled(Encoding::RiscV, &format!(".incbin \"{}\"\n", file.display()))
}

/// At most one in `tolerance` may differ.
fn check_agreement(encoding: Encoding, lines: &[Line], tolerance: usize) {
    let found = agreement(encoding, lines);
    assert!(found.defined > 10_000 && found.undefined > 200, "{found:?}");
    assert!((found.undefined - found.unknown) * tolerance <= found.undefined, "{found:?}");
    assert!((found.defined - found.equal) * tolerance <= found.defined, "{found:?}");
}

#[test]
fn all_narrow_opcodes_agree() {
    let halfwords = (0..0xe800_u16).flat_map(u16::to_le_bytes);
    check_agreement(Encoding::Thumb, &thumb(&halfwords.collect::<Vec<_>>()), 200);
    // The disassembler lacks Zcb, and takes shifts by more than 31 for those of 64-bit cores.
    let is_zcb = |opcode: u16| opcode & 0xe003 == 0x8000 || opcode & 0xfc43 == 0x9c41;
    let is_long_shift = |opcode: u16| opcode & 0xf003 == 0x1002 || opcode & 0xf803 == 0x9001;
    let narrow = (0..=u16::MAX).filter(|opcode| opcode & 3 != 3);
    let halfwords = narrow.filter(|&opcode| !is_zcb(opcode) && !is_long_shift(opcode));
    let halfwords = halfwords.flat_map(u16::to_le_bytes);
    check_agreement(Encoding::RiscV, &riscv_lines(&halfwords.collect::<Vec<_>>()), 20);
}

/// Without vectors, over some of whose opcodes the disassembler itself fails.
#[test]
fn random_wide_opcodes_agree() {
    let wide = random(400_000).map(|opcode| opcode | 0xe000_0000);
    let is_calculation = |opcode: &u32| opcode >> 27 != 0x1c && opcode & 0x0c00_0000 != 0x0c00_0000;
    // Calls of Arm code, which the M profile lacks, and around them branches of the future.
    let is_foreign = |opcode: &u32| opcode & 0xf800_d000 == 0xf000_c000;
    let wide = wide.filter(|opcode| is_calculation(opcode) && !is_foreign(opcode));
    let code: Vec<u8> = wide.flat_map(|opcode| opcode.rotate_left(16).to_le_bytes()).collect();
    check_agreement(Encoding::Thumb, &thumb(&code), 20);
    let wide = random(200_000).map(|opcode| opcode | 3).filter(|opcode| opcode & 0x1f != 0x1f);
    let code: Vec<u8> = wide.flat_map(u32::to_le_bytes).collect();
    check_agreement(Encoding::RiscV, &riscv_lines(&code), 20);
}
