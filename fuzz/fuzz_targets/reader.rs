//! Any bytes: the TFLite reader gives plain data or problems.

#![no_main]

use libfuzzer_sys::fuzz_target;
use smidgen_compiler::reader::tflite::Model;

fuzz_target!(|bytes: &[u8]| {
    match Model::parse(bytes) {
        Ok(model) => assert!(!model.subgraphs.is_empty()),
        Err(problems) => assert!(!problems.is_empty()),
    }
});
