//! Targets from a folder of the user's own.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use smidgen_target::Registry;

const BOARD: &str = "description = \"Mine\"\nchip = \"stm32l4r5zi\"\nclock_hz = 80_000_000\n\
                     code = \"flash\"\ndata = \"sram\"\n";

/// Puts `content` at `path` in an empty folder, then loads the folder.
fn load(path: &str, content: &[u8]) -> Result<Registry, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, content).unwrap();
    Registry::with_folder(folder.path()).map_err(|error| error.to_string())
}

#[track_caller]
fn check_error(path: &str, content: &[u8], message: &str) {
    let error = load(path, content).map(|_| ()).unwrap_err();
    assert!(error.contains(message), "{error}");
}

#[test]
fn own_boards_join_the_built_in_ones() {
    let registry = load("boards/mine.toml", BOARD.as_bytes()).unwrap();
    assert_eq!(registry.board("mine").unwrap().device().unwrap().clock_hz, 80_000_000);
    registry.board("qemu-m4").unwrap();
}

#[test]
fn files_that_are_not_toml_are_left_alone() {
    assert!(load("boards/README.md", b"\xff").is_ok());
}

#[test]
fn the_right_folder_is_asked_for() {
    check_error("mine.toml", BOARD.as_bytes(), "expected a folder with folders `boards`, `chips`");
}

#[test]
fn a_missing_folder_is_no_folder() {
    let error = Registry::with_folder(Path::new("/nonexistent")).unwrap_err().to_string();
    assert!(error.starts_with("/nonexistent: expected a folder"), "{error}");
}

#[test]
fn text_is_utf_8() {
    check_error("boards/b.toml", b"\xff", "/boards/b.toml`: stream did not contain valid UTF-8");
}

#[test]
fn files_have_a_sane_size() {
    let content = vec![b' '; (1 << 20) + 1];
    check_error("boards/b.toml", &content, "/boards/b.toml`: larger than 1048576 bytes");
}

#[test]
fn a_folder_is_no_file() {
    check_error("boards/b.toml/x", b"", "/boards/b.toml`: not a file");
}

#[test]
fn mistakes_name_their_file() {
    check_error("chips/c.toml", b"core = 1", "/chips/c.toml: ");
    check_error("boards/qemu-m4.toml", BOARD.as_bytes(), "there is already a board of this name");
}
