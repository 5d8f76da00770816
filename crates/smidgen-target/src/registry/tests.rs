//! Every built-in file loads; every kind of mistake is named with its file and field.

use super::*;

const CHIP: SourceFile<'_> = SourceFile {
    path: "mine/chips/c1.toml",
    text: r#"
        core = "cortex-m4"
        max_clock_hz = 100
        [[memories]]
        name = "flash"
        kind = "flash"
        base = 0
        size = 1024
        [[memories]]
        name = "ram"
        kind = "ram"
        base = 0x20000000
        size = 512
    "#,
};

const BOARD: SourceFile<'_> = SourceFile {
    path: "mine/boards/b1.toml",
    text: r#"
        description = "Mine"
        chip = "c1"
        clock_hz = 80
        code = "flash"
        data = "ram"
    "#,
};

/// Replaces `from` by `to` in the sample chip (or board) and expects an error with `message`.
#[track_caller]
fn check_error(file: SourceFile<'_>, from: &str, to: &str, message: &str) {
    assert!(file.text.contains(from));
    let changed = SourceFile { path: file.path, text: &file.text.replacen(from, to, 1) };
    let files = [CHIP, BOARD].map(|f| if f.path == file.path { changed } else { f });
    let error = Registry::load(&files).unwrap_err().to_string();
    assert!(error.contains(file.path), "{error}");
    assert!(error.contains(message), "{error}");
}

#[test]
fn builtin_boards_load() {
    let registry = Registry::builtin();
    let names: Vec<_> = registry.boards().map(|board| board.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "host",
            "qemu-m0plus",
            "qemu-m3",
            "qemu-m33",
            "qemu-m4",
            "qemu-m55",
            "qemu-m7",
            "qemu-rv32imac",
            "qemu-rv32imafc",
            "qemu-rv32imc"
        ]
    );
}

#[test]
fn every_builtin_chip_and_core_is_used() {
    let registry = Registry::builtin();
    let chips = BUILTIN.get_dir("chips").unwrap().files().count();
    let cores = BUILTIN.get_dir("cores").unwrap().files().count();
    let used_cores: std::collections::BTreeSet<_> =
        registry.boards().map(|board| &board.core.name).collect();
    let used_chips: std::collections::BTreeSet<_> = registry
        .boards()
        .map(|board| match &board.platform {
            Platform::Host => "host",
            Platform::Device(device) => &device.chip.name,
        })
        .collect();
    assert_eq!((chips, cores), (used_chips.len(), used_cores.len()));
}

#[test]
fn own_board_joins_own_chip_and_builtin_core() {
    let registry = Registry::load(&[CHIP, BOARD]).unwrap();
    let board = registry.board("b1").unwrap();
    assert_eq!(board.core, registry.board("qemu-m4").unwrap().core);
    let Platform::Device(device) = &board.platform else { panic!("a device") };
    assert_eq!((device.code.size, device.data.size, device.clock_hz), (1024, 512, 80));
}

#[test]
fn unknown_board_suggests_the_nearest() {
    let error = Registry::builtin().board("quemu-m4").unwrap_err();
    assert_eq!(error.to_string(), "there is no board `quemu-m4`; did you mean `qemu-m4`?");
    let error = Registry::builtin().board("xyzzy").unwrap_err();
    assert_eq!(error.to_string(), "there is no board `xyzzy`; `smidgen boards` lists them");
}

#[test]
fn wrong_place() {
    let file = SourceFile { path: "mine/b1.toml", text: "" };
    assert_eq!(
        Registry::load(&[file]).unwrap_err(),
        Error::Place { file: "mine/b1.toml".to_owned() }
    );
}

#[test]
fn same_name_twice() {
    let file = SourceFile { path: "mine/boards/qemu-m4.toml", ..BOARD };
    let error = Registry::load(&[CHIP, file]).unwrap_err();
    assert!(matches!(error, Error::Duplicate { kind: "board", .. }), "{error}");
}

#[test]
fn unknown_field() {
    check_error(BOARD, "clock_hz", "clock", "unknown field `clock`");
}

#[test]
fn missing_field() {
    check_error(BOARD, "clock_hz = 80", "", "field `clock_hz`: missing");
}

#[test]
fn unknown_chip() {
    check_error(BOARD, "\"c1\"", "\"an38\"", "field `chip`: there is no `an38`; did you mean");
}

#[test]
fn unknown_core() {
    check_error(CHIP, "cortex-m4", "cortex-m5", "field `core`: there is no `cortex-m5`");
}

#[test]
fn unknown_memory() {
    check_error(BOARD, "code = \"flash\"", "code = \"flesh\"", "field `code`: there is no `flesh`");
}

#[test]
fn memory_of_the_wrong_kind() {
    check_error(BOARD, "code = \"flash\"", "code = \"ram\"", "field `code`: memory `ram` must be");
}

#[test]
fn clock_above_the_chip() {
    check_error(BOARD, "80", "101", "field `clock_hz`: must be from 1 to 100");
}

#[test]
fn empty_memory() {
    check_error(CHIP, "size = 512", "size = 0", "field `memories.ram`: `size` must be more than 0");
}

#[test]
fn overlapping_memories() {
    check_error(CHIP, "0x20000000", "1023", "field `memories.ram`: overlaps memory `flash`");
}

#[test]
fn memory_beyond_the_address_space() {
    check_error(CHIP, "0x20000000", "0xFFFFFFFF", "reach beyond 32-bit addresses");
}

#[test]
fn two_memories_of_one_name() {
    check_error(CHIP, "name = \"ram\"", "name = \"flash\"", "two memories have this name");
}

#[test]
fn host_has_no_memories() {
    check_error(CHIP, "cortex-m4", "host", "field `max_clock_hz`: the host has none");
}

#[test]
fn memory_with_a_space_in_its_name() {
    check_error(CHIP, "\"ram\"", "\"r m\"", "field `memories.r m`: a name has letters");
}
