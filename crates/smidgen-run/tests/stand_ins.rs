//! Cores that no board with an emulator has run on the machine of another one.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use smidgen_run::Mode;
use smidgen_target::{Board, Registry};
use std::collections::BTreeMap;
use support::{build, run, sample, scale, sum, tiny};

/// One stand-in for each core of the catalogue that needs one.
fn stand_ins() -> BTreeMap<String, Board> {
    let registry = Registry::builtin();
    let boards = registry.boards().filter(|board| !board.is_runnable());
    let stand_ins = boards.filter_map(|board| registry.stand_in(board));
    stand_ins.map(|board| (board.core.name.clone(), board)).collect()
}

#[test]
fn every_core_runs() {
    let stand_ins = stand_ins();
    assert!(stand_ins.len() > 10, "{:?}", stand_ins.keys());
    for (core, board) in stand_ins {
        let image =
            build(&tiny(), &board, Mode::Inference).unwrap_or_else(|e| panic!("{core}: {e}"));
        let capture = run(&image, vec![sample(7)]).unwrap_or_else(|e| panic!("{core}: {e}"));
        assert_eq!(capture.outputs, [sum(&scale(&sample(7)))], "{core}");
    }
}

#[test]
fn instructions_that_a_core_lacks_are_found() {
    let registry = Registry::builtin();
    let double =
        "{ double x; __asm__ volatile(\".fpu fpv5-d16\\n vmov.f64 %P0, #1.0\" : \"=w\"(x)); }";
    for (name, code, found) in [("cortex-m7-sp", double, true), ("cortex-m7", double, false)] {
        let board = registry.boards().find(|board| board.core.name == name).unwrap();
        let board = registry.stand_in(board).unwrap();
        let image = build(&support::misbehaving(code), &board, Mode::Inference).unwrap();
        let error = run(&image, vec![sample(7)]).err().map(|error| error.to_string());
        assert_eq!(error.is_some(), found, "{name}: {error:?}");
        assert!(error.is_none_or(|error| error.contains("is not in armv7e-m")));
    }
}
