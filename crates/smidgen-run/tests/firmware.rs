//! The harness compiles without warnings for every core and for the host.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::process::Command;

use smidgen_target::{Registry, ToolchainId};

const COMMON: &[&str] = &["harness/harness.c"];
const BARE: &[&str] = &["harness/runtime.c", "transport/semihosting.c"];

/// Compiles the harness's files for the cores of one toolchain, warnings being errors.
#[track_caller]
fn check(toolchain: ToolchainId, own: &[&str]) {
    let registry = Registry::builtin();
    let boards = registry.boards().filter(|board| board.core.toolchain == Some(toolchain));
    let cores: BTreeMap<_, _> = boards.map(|board| (&board.core.name, &board.core)).collect();
    assert!(!cores.is_empty());
    for core in cores.values() {
        for file in COMMON.iter().chain(own) {
            let output = Command::new(toolchain.program())
                .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../firmware"))
                .args(&core.flags)
                .args(["-std=c99", "-Os", "-Wall", "-Wextra", "-Wconversion", "-Werror"])
                .args(if toolchain == ToolchainId::Host { &[][..] } else { &["-ffreestanding"] })
                .args(["-c", file, "-o", "/dev/null"])
                .output()
                .unwrap();
            let messages = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{} on {}: {messages}", file, core.name);
        }
    }
}

#[test]
fn arm() {
    check(ToolchainId::ArmGcc, &[BARE, &["arch/arm.c"]].concat());
}

#[test]
fn riscv() {
    check(ToolchainId::RiscvGcc, &[BARE, &["arch/riscv.c"]].concat());
}

#[test]
fn host() {
    check(ToolchainId::Host, &["transport/stdio.c"]);
}
