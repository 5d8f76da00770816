//! Line tables, build IDs, and the memory that steps work on.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use smidgen_run::{Error, Extent, Image, Lines, Mode, build_id, check_origin};
use smidgen_timing::profile::Profile;
use std::collections::BTreeSet;
use support::{board, build, misbehaving, run, sample, tiny};

const DEVICES: &[&str] = &["qemu-m0plus", "qemu-m4", "qemu-m55", "qemu-rv32imc", "qemu-rv32imafc"];

fn image(name: &str) -> Image {
    build(&tiny(), &board(name), Mode::Inference).unwrap()
}

fn profile(image: &Image) -> (Profile, String) {
    let capture = run(image, vec![sample(1), sample(2)]).unwrap();
    (capture.profile.unwrap(), capture.profile_text.unwrap())
}

#[test]
fn instructions_have_lines() {
    let source = tiny().files.into_iter().find(|file| file.path == "model.c").unwrap().text;
    let source: Vec<_> = source.lines().collect();
    for name in DEVICES {
        let image = image(name);
        let lines = Lines::read(&image.program).unwrap();
        let (profile, _) = profile(&image);
        let mut seen = BTreeSet::new();
        for run in profile.executed_runs() {
            let address = u64::from(run.address);
            let frames = lines.at(address).unwrap();
            let function = image.layout.function_at(address);
            assert_eq!(!frames.is_empty(), function.starts_with("tiny_"), "{name}: {function}");
            if let Some(frame) = frames.last() {
                assert_eq!((frame.function.as_str(), frame.file.as_str()), (function, "model.c"));
                seen.insert(source[frame.line as usize - 1].trim());
            }
        }
        let product = "const int32_t product = (x[i] * tiny_scale_weights[i]) >> 2;";
        assert!(seen.contains(product), "{name}: {seen:?}");
    }
}

#[test]
fn inlined_functions_are_a_chain() {
    let mut bundle = tiny();
    let inner = "static inline __attribute__((always_inline)) int32_t tiny_inner(int32_t x) {\n\
                   __asm__ volatile(\"nop\");\n  return x;\n}\n";
    let model = &mut bundle.files[0].text;
    *model = model.replace("/* int8 [16] at 0", &[inner, "/* int8 [16] at 0"].concat());
    *model = model.replace("(x[i] * tiny", "(tiny_inner(x[i]) * tiny");
    let image = build(&bundle, &board("qemu-m4"), Mode::Inference).unwrap();
    let lines = Lines::read(&image.program).unwrap();
    let (profile, _) = profile(&image);
    let instructions = profile
        .executed_runs()
        .into_iter()
        .flat_map(|run| profile.encoding.instructions(run.address, &run.code));
    let chains = instructions.map(|one| lines.at(u64::from(one.address)).unwrap());
    let names: BTreeSet<Vec<_>> =
        chains.map(|chain| chain.into_iter().map(|frame| frame.function).collect()).collect();
    assert!(names.contains(&vec!["tiny_inner".to_owned(), "tiny_scale".to_owned()]), "{names:?}");
}

#[test]
fn programs_say_nothing_of_where_they_were_built() {
    let temporary = std::env::temp_dir().canonicalize().unwrap();
    let temporary = temporary.to_str().unwrap().as_bytes();
    for name in DEVICES {
        let program = image(name).program;
        assert!(!program.windows(temporary.len()).any(|part| part == temporary), "{name}");
    }
}

#[test]
fn equal_inputs_give_equal_programs() {
    for name in DEVICES {
        let board = board(name);
        let options = smidgen_run::BuildOptions::default();
        let link = || {
            smidgen_run::toolchain(board.core.toolchain.unwrap())
                .link(&tiny(), &board, &options)
                .unwrap()
        };
        assert_eq!(link(), link(), "{name}");
    }
}

#[test]
fn profiles_belong_to_their_program() {
    let image = image("qemu-m4");
    let (profile, text) = profile(&image);
    let id = build_id(&image.program).unwrap();
    assert_eq!(id.len(), 40);
    assert!(text.contains(&format!("\nbuild {id}\n")));
    check_origin(&profile, &image.program).unwrap();

    let other = build(&misbehaving("(void)0"), &board("qemu-m4"), Mode::Inference).unwrap();
    let same_code = check_origin(&profile, &other.program);
    let third = build(&misbehaving("((uint8_t *)arena)[0]++"), &board("qemu-m4"), Mode::Inference);
    let other_code = check_origin(&profile, &third.unwrap().program).unwrap_err();
    assert!(matches!(other_code, Error::ForeignProfile { .. }), "{other_code}");
    assert!(other_code.to_string().contains(&id), "{other_code}");
    // Where only debug information differs, the build ID still does.
    assert!(same_code.is_ok() == (build_id(&other.program).unwrap() == id));
}

#[test]
fn changed_code_is_found() {
    let image = image("qemu-m4");
    let (profile, _) = profile(&image);
    let mut program = image.program.clone();
    let run = profile.executed_runs()[0];
    let at = program.windows(run.code.len()).position(|part| part == run.code).unwrap();
    program[at] ^= 1;
    let error = check_origin(&profile, &program).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the code that executed at {:#010x} is not the program's", run.address)
    );
}

#[test]
fn the_stack_is_in_the_profile() {
    let image = image("qemu-rv32imc");
    let capture = run(&image, vec![sample(1)]).unwrap();
    assert!(capture.stack_bytes.is_some_and(|bytes| bytes > 0));
    assert_eq!(capture.profile.unwrap().stack_bytes, capture.stack_bytes);
    let line = format!("\nstack {}\n", capture.stack_bytes.unwrap());
    assert!(capture.profile_text.unwrap().contains(&line));
}

#[test]
fn steps_know_their_memory() {
    for name in DEVICES {
        let image = image(name);
        let arena = image.layout.symbols.iter().find(|s| s.name == "harness_arena").unwrap();
        let of = |symbol: &str| {
            let symbol = image.layout.symbols.iter().find(|s| s.name == symbol).unwrap();
            vec![Extent { address: symbol.address, bytes: 16 }]
        };
        assert_eq!(image.steps[0].constants, of("tiny_scale_weights"), "{name}");
        assert_eq!(image.steps[1].constants, of("tiny_sum_factors"), "{name}");
        let buffers = |step: usize| &image.steps[step].buffers[..];
        assert_eq!(buffers(0), [Extent { address: arena.address, bytes: 32 }]);
        assert_eq!(buffers(1), [Extent { address: arena.address + 16, bytes: 32 }]);
    }
}
