//! Firmware that misbehaves, and models that do not fit: the error says what, and where.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::time::Duration;

use smidgen_compiler::emit::Bundle;
use smidgen_run::{Error, ErrorClass, Mode, Request, runner};
use support::{board, build, cache, misbehaving, run, sample, tiny};

/// Runs the model with `code` behind its last step.
fn error_of(name: &str, code: &str) -> Error {
    let image = build(&misbehaving(code), &board(name), Mode::Inference).unwrap();
    let request = Request {
        time_limit: Duration::from_secs(30),
        instruction_limit: 1_000_000,
        ..Request::new(vec![sample(1)])
    };
    runner(&image.board, &cache()).unwrap().run(&image, &request).unwrap_err()
}

/// The error is the model's fault, and its message has all the `parts`.
#[track_caller]
fn check(name: &str, code: &str, parts: &[&str]) {
    let error = error_of(name, code);
    assert_eq!(error.class(), ErrorClass::Model, "{error}");
    let message = error.to_string();
    assert!(parts.iter().all(|part| message.contains(part)), "{message}");
}

const TRAP: &str = "((void)arena, __builtin_trap())";
const MISALIGNED: &str = "(*(volatile uint32_t *)((uint8_t *)arena + 1) = 1)";
const HANG: &str = "for (volatile int on = 1; on;) (void)arena";

#[test]
fn trap_on_v6m() {
    check("qemu-m0plus", TRAP, &["fault on `qemu-m0plus`", "hard fault", "`tiny_run`"]);
}

#[test]
fn trap_on_v8m() {
    check("qemu-m33", TRAP, &["fault on `qemu-m33`", "hard fault", "`tiny_run`"]);
}

#[test]
fn trap_on_riscv() {
    check("qemu-rv32imc", TRAP, &["fault on `qemu-rv32imc`", "breakpoint", "`tiny_run`"]);
}

#[test]
fn access_to_nowhere_faults() {
    check("qemu-m4", "(*(volatile int *)0xB0000000u = (arena != 0))", &["fault", "`tiny_run`"]);
}

#[test]
fn misaligned_store_on_v6m() {
    check("qemu-m0plus", MISALIGNED, &["violation", "misaligned", "`tiny_run`"]);
}

#[test]
fn misaligned_store_on_riscv() {
    check("qemu-rv32imac", MISALIGNED, &["violation", "misaligned", "`tiny_run`"]);
}

#[test]
fn misaligned_store_on_v7m_is_fine() {
    let image = build(&misbehaving(MISALIGNED), &board("qemu-m3"), Mode::Inference).unwrap();
    run(&image, vec![sample(1)]).unwrap();
}

#[test]
fn store_to_flash() {
    let code = "(*(volatile uint32_t *)0x00300000u = (uint32_t)(arena != 0))";
    check("qemu-m4", code, &["violation", "store", "read-only", "`tiny_run`"]);
}

#[test]
fn foreign_instruction_on_v6m() {
    // UDIV r0, r0, r0: the emulated Cortex-M3 has it, the Cortex-M0+ does not.
    let code = "((void)arena, ({ __asm__ volatile(\".short 0xfbb0, 0xf0f0\" ::: \"r0\"); }))";
    check("qemu-m0plus", code, &["violation", "fbb0f0f0 is not in armv6-m", "`tiny_run`"]);
}

#[test]
fn endless_loop() {
    check("qemu-m4", HANG, &["did not end within 1000000 instructions"]);
}

#[test]
fn endless_sleep() {
    let code = "for (;;) __asm__ volatile(\"wfi\" : : \"r\"(arena))";
    let image = build(&misbehaving(code), &board("qemu-m3"), Mode::Inference).unwrap();
    let request = Request { time_limit: Duration::from_secs(1), ..Request::new(vec![sample(1)]) };
    let error = runner(&image.board, &cache()).unwrap().run(&image, &request).unwrap_err();
    assert!(matches!(error, Error::TimedOut { seconds: 1, .. }), "{error}");
}

#[test]
fn endless_recursion() {
    let code = "{ extern void tiny_run(void *); __asm__ volatile(\"\" ::: \"memory\"); \
                volatile uint8_t frame[4096]; frame[0] = 1; tiny_run(arena); frame[1] = 1; }";
    // The stack runs over variables, code and the end of the memory: what exactly stops it depends
    // on what it hits first.
    let error = error_of("qemu-m4", code);
    assert!(!matches!(error, Error::Incomplete { .. }), "{error}");
}

#[test]
fn deep_stack() {
    let code = "{ volatile uint8_t frame[0x20000]; for (uint32_t i = 0; i < sizeof frame; i++) \
                frame[i] = (uint8_t)(arena != 0); }";
    check("qemu-m4", code, &["more stack than `qemu-m4` has left"]);
}

#[test]
fn trap_on_the_host() {
    let error = error_of("host", TRAP);
    assert!(matches!(&error, Error::Crashed { .. }), "{error}");
}

#[test]
fn wrong_input_size() {
    let image = build(&tiny(), &board("host"), Mode::Inference).unwrap();
    let error = run(&image, vec![sample(1), vec![0; 15]]).unwrap_err();
    let expected = "sample 1 has 15 bytes, but the model's inputs take 16";
    assert_eq!(error.to_string(), expected);
}

/// Makes the arena, or else the weights, larger than the board and expects the right excess.
#[track_caller]
fn check_size(name: &str, bundle: &Bundle, message: &str) {
    let error = build(bundle, &board(name), Mode::Inference).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Model);
    assert!(error.to_string().contains(message), "{error}");
}

fn with_arena(bytes: usize) -> Bundle {
    let mut bundle = tiny();
    bundle.manifest.arena_bytes = bytes;
    bundle
}

#[test]
fn arena_larger_than_the_memory() {
    let message = "does not fit: `qemu-m33` has 2097152 bytes of ram, 16 bytes too few; \
                   largest: `arena` 2097168 bytes";
    check_size("qemu-m33", &with_arena(0x20_0010), message);
}

#[test]
fn arena_that_leaves_no_stack() {
    let message = "bytes too few; largest: `arena` 4194304 bytes";
    check_size("qemu-m4", &with_arena(0x40_0000), message);
}

#[test]
fn arena_larger_than_any_memory() {
    check_size("host", &with_arena(usize::MAX), "does not fit: `host`");
    check_size("qemu-rv32imc", &with_arena(usize::MAX), "does not fit: `qemu-rv32imc`");
}

#[test]
fn weights_larger_than_the_memory() {
    let mut bundle = tiny();
    bundle.files[0].text.push_str(
        "extern const uint8_t tiny_huge[];\n\
         const uint8_t tiny_huge[0x200000] __attribute__((used)) = {1};\n\
         const void *tiny_keep(void);\n\
         __attribute__((used, section(\".start\"))) const void *const tiny_kept = tiny_huge;\n",
    );
    let message = "largest: `tiny_huge` 2097152 bytes";
    check_size("qemu-m55", &bundle, message);
}

#[test]
fn generated_code_that_does_not_compile() {
    let error = build(&misbehaving("no_such_thing + ;"), &board("qemu-m4"), Mode::Inference);
    let error = error.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Environment);
    assert!(error.to_string().contains("`arm-none-eabi-gcc` failed on `model/model.c`"), "{error}");
}

#[test]
fn generated_files_stay_in_their_folder() {
    let mut bundle = tiny();
    bundle.files[1].path = "../outside.h".to_owned();
    let error = build(&bundle, &board("host"), Mode::Inference).unwrap_err();
    assert!(error.to_string().contains("outside"), "{error}");
}
