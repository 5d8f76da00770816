//! Builds and runs a model of two steps on every board.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use smidgen_run::Mode;
use support::{board, build, run, sample, scale, sum, tiny};

/// Runs three samples as a whole and step by step; the outputs must be exact.
#[track_caller]
fn check(name: &str) {
    let board = board(name);
    let samples: Vec<_> = (0..3).map(sample).collect();

    let image = build(&tiny(), &board, Mode::Inference).unwrap();
    let capture = run(&image, samples.clone()).unwrap();
    let expected: Vec<_> = samples.iter().map(|x| sum(&scale(x))).collect();
    assert_eq!(capture.outputs, expected);
    assert_eq!(capture.stack_bytes.is_none(), name == "host");

    // The second step gets an input that the first did not compute.
    let image = build(&tiny(), &board, Mode::Steps).unwrap();
    let samples: Vec<_> = (0..3).map(|i| [sample(i), sample(i + 50)].concat()).collect();
    let capture = run(&image, samples.clone()).unwrap();
    let expected: Vec<_> =
        samples.iter().map(|s| [scale(&s[..16]), sum(&s[16..])].concat()).collect();
    assert_eq!(capture.outputs, expected);
}

#[test]
fn host() {
    check("host");
}

support::on_every_core!(check);
