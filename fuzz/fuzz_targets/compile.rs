//! Any bytes: the compiler gives C or problems.

#![no_main]

use libfuzzer_sys::fuzz_target;
use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::tensor::Rounding;
use smidgen_compiler::{compile, plan};
use smidgen_target::Features;

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions { name: "fuzz".to_owned(), ..ReadOptions::default() };
    match frontend::read(bytes, &options) {
        Ok(graph) => drop(compile(graph, &Features::default(), plan::ALL[0])),
        Err(problems) => assert!(!problems.is_empty()),
    }
});
