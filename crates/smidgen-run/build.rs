//! Compiles both variants of the emulator plug-in, which travel inside the program.
//!
//! The plug-in has no dependencies, so one compiler call per variant is enough; a cargo dependency
//! could give only one of them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let manifest = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let sources = manifest.join("../smidgen-qemu-plugin/src");
    println!("cargo::rerun-if-changed={}", sources.display());
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(variable("OUT_DIR"));
    compile(&sources, &out.join("plugin_v1.so"), &["--cfg", "qemu_plugin_v1"]);
    compile(&sources, &out.join("plugin_v3.so"), &[]);
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets `{name}` for build scripts"))
}

/// Compiles the plug-in to `object`; leaves an empty file where QEMU loads no plug-ins.
fn compile(sources: &Path, object: &Path, flags: &[&str]) {
    if variable("CARGO_CFG_TARGET_FAMILY") != "unix" {
        std::fs::write(object, []).expect("the output directory is writable");
        return;
    }
    let mut command = Command::new(variable("RUSTC"));
    command
        .args(["--crate-name", "smidgen_qemu_plugin", "--crate-type", "cdylib"])
        .args(["--edition", "2024", "-O", "-C", "panic=abort", "-C", "strip=symbols"])
        .args(["--target", &variable("TARGET")])
        .args(flags)
        .arg("-o")
        .arg(object)
        .arg(sources.join("lib.rs"));
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        command.arg("-C").arg(format!("linker={linker}"));
    }
    if variable("CARGO_CFG_TARGET_OS") == "macos" {
        command.args(["-C", "link-arg=-undefined", "-C", "link-arg=dynamic_lookup"]);
    }
    let status = command.status().expect("the Rust compiler starts");
    assert!(status.success(), "the emulator plug-in does not compile");
}
