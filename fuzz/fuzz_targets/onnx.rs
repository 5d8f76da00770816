//! Any bytes: the ONNX reader gives checked views or problems.

#![no_main]

use libfuzzer_sys::fuzz_target;
use smidgen_compiler::reader::onnx::{Externals, Model, external_files};

fuzz_target!(|bytes: &[u8]| {
    drop(external_files(bytes));
    match Model::parse(bytes, &Externals::new()) {
        Ok(model) => assert!(!model.opsets.is_empty()),
        Err(problems) => assert!(!problems.is_empty()),
    }
});
