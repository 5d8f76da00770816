//! Rebuilds this crate when a target file changes, is added or removed.

fn main() {
    println!("cargo::rerun-if-changed=../../targets");
}
