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

#[test]
fn all_boards_of_the_catalogue_are_there() {
    let registry = Registry::builtin();
    let real: Vec<_> = registry.boards().filter(|board| !board.is_runnable()).collect();
    let chips: BTreeSet<_> = real.iter().map(|b| &b.device().unwrap().chip.name).collect();
    assert_eq!((real.len(), chips.len()), (82, 73));
}

#[test]
fn boards_of_published_comparisons_are_there() {
    let registry = Registry::builtin();
    for name in [
        // U-TOE
        "arduino-zero",
        "b-l072z-lrwan1",
        "b-l475e-iot01a",
        "dwm1001",
        "esp32-wroom-32",
        "esp32c3-devkit",
        "firefly",
        "hifive1b",
        "iotlab-m3",
        "microbit-v1",
        "nrf52840dk",
        "nrf52dk",
        "nucleo-wl55jc",
        "openmote-b",
        "rpi-pico",
        "samr21-xpro",
        "samr30-xpro",
        "samr34-xpro",
        "sipeed-longan-nano",
        "stm32f746g-disco",
        // Design-space exploration
        "mimxrt1170-evk",
        "nucleo-f746zg",
        "nucleo-l4r5zi",
        // MLPerf Tiny
        "cy8cproto-062-4343w",
        "ek-ra6m4",
        "ek-ra8d1",
        "nrf5340dk",
        "nucleo-g0b1re",
        "nucleo-h7a3zi-q",
        "nucleo-l4r5zi-p",
        "nucleo-u385rg-q",
        "nucleo-u575zi-q",
        "numaker-m467hj",
        "xg24-dk2601b",
    ] {
        registry.board(name).unwrap();
    }
}

#[test]
fn every_file_says_where_it_comes_from() {
    for board in Registry::builtin().boards().filter(|board| board.name != "host") {
        let chip = &board.device().unwrap().chip;
        for (name, provenance) in [(&board.name, &board.provenance), (&chip.name, &chip.provenance)]
        {
            assert!(!provenance.sources.is_empty(), "{name}");
        }
    }
}

#[test]
fn every_board_has_a_stand_in_unless_its_core_cannot_be_emulated() {
    let registry = Registry::builtin();
    let lacking = registry.boards().filter(|board| registry.stand_in(board).is_none());
    let cores: BTreeSet<_> = lacking.map(|board| board.core.name.as_str()).collect();
    assert_eq!(cores, BTreeSet::from(["qingke-v2a", "xtensa-lx6", "xtensa-lx7"]));
}

#[test]
fn code_and_data_share_a_memory_only_in_chips_without_flash() {
    let registry = Registry::builtin();
    let shared = registry.boards().filter(|b| b.device().is_some_and(|d| d.code == d.data));
    let names: Vec<_> = shared.map(|board| board.name.as_str()).collect();
    assert_eq!(names, ["gap9-evk", "gapuino"]);
}

/// The documentation shows whole files: each block of TOML behind the path of one.
#[test]
fn documented_files_are_the_real_ones() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let page = fs::read_to_string(format!("{root}/docs/boards.md")).unwrap();
    let parts = page.split("\n```toml\n").collect::<Vec<_>>();
    let mut files = 0;
    for pair in parts.windows(2) {
        let Some(path) = pair[0].trim_end().strip_suffix("`:") else { continue };
        let path = path.rsplit('`').next().unwrap();
        let shown = pair[1].split("\n```\n").next().unwrap();
        let real = fs::read_to_string(format!("{root}/{path}")).unwrap();
        let parse = |text: &str| text.parse::<toml::Table>().unwrap();
        assert_eq!(parse(shown), parse(&real), "{path}");
        files += 1;
    }
    assert_eq!(files, 4);
}
