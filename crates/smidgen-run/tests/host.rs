//! What only the host can do: look at generated C with sanitizers.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use smidgen_compiler::emit::Bundle;
use smidgen_run::{BuildOptions, Builder, Capture, Error, Placement, Request, runner};
use support::{board, cache, misbehaving, sample, scale, sum, tiny};

const SANITIZE: BuildOptions = BuildOptions {
    optimisation: smidgen_run::Optimisation::O2,
    mode: smidgen_run::Mode::Inference,
    sanitizers: true,
    weights: Placement::Flash,
    code: Placement::Flash,
};

fn run_sanitized(bundle: &Bundle) -> Result<Capture, Error> {
    let image = Builder::new(cache()).build(bundle, &board("host"), &SANITIZE).unwrap();
    runner(&image.board, &cache()).unwrap().run(&image, &Request::new(vec![sample(3)]))
}

/// A sanitizer stops the model when it runs `code`, and its report has `part`.
#[track_caller]
fn check(code: &str, part: &str) {
    let error = run_sanitized(&misbehaving(code)).unwrap_err();
    assert!(error.to_string().contains(part), "{error}");
}

#[test]
fn clean_code_passes() {
    let capture = run_sanitized(&tiny()).unwrap();
    assert_eq!(capture.outputs, [sum(&scale(&sample(3)))]);
}

#[test]
fn store_behind_the_arena() {
    check("(((volatile uint8_t *)arena)[48] = 1)", "global-buffer-overflow");
}

#[test]
fn signed_overflow() {
    check(
        "{ volatile int32_t big = 0x7fffffff; big = big + (arena != 0); }",
        "signed integer overflow",
    );
}

#[test]
fn boards_have_no_sanitizers() {
    let error = Builder::new(cache()).build(&tiny(), &board("qemu-m4"), &SANITIZE).unwrap_err();
    assert_eq!(error.to_string(), "board `qemu-m4` does not support sanitizers");
}
