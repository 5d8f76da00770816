//! Rebuilds this crate when a target file changes, is added or removed.
#![expect(clippy::print_stdout, reason = "build scripts talk to Cargo on standard output")]

fn main() {
    println!("cargo::rerun-if-changed=../../targets");
}
