//! The built-in targets as a whole.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;

use smidgen_target::{Platform, Registry};

/// Names of the built-in files in a folder of `targets`.
fn files(folder: &str) -> BTreeSet<String> {
    let path = format!("{}/../../targets/{folder}", env!("CARGO_MANIFEST_DIR"));
    let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.to_str().unwrap().strip_suffix(".toml").unwrap().to_owned()).collect()
}

#[test]
fn every_file_is_a_board_or_used_by_one() {
    let registry = Registry::builtin();
    let boards: BTreeSet<_> = registry.boards().map(|board| board.name.clone()).collect();
    let cores: BTreeSet<_> = registry.boards().map(|board| board.core.name.clone()).collect();
    let chip = |platform: &Platform| match platform {
        Platform::Host => "host".to_owned(),
        Platform::Device(device) => device.chip.name.clone(),
    };
    let chips: BTreeSet<_> = registry.boards().map(|board| chip(&board.platform)).collect();
    assert_eq!((boards, chips, cores), (files("boards"), files("chips"), files("cores")));
}

#[test]
fn every_emulated_board_stands_for_its_core() {
    let registry = Registry::builtin();
    for board in registry.boards().filter(|board| board.is_runnable()) {
        assert_eq!(registry.stand_in(board).as_ref(), Some(board));
        assert_eq!(board.core.emulated_on.is_some(), board.device().is_some(), "{}", board.name);
    }
}
