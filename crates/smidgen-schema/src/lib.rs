//! Bindings of the model file formats that smidgen reads.
//!
//! Everything here is generated; the logic lives in the reader of `smidgen-compiler`.

mod names_generated;
#[allow(
    missing_docs,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    unused_imports,
    dead_code,
    clippy::all,
    clippy::pedantic
)]
mod tflite_generated;

pub use names_generated::{BUILTIN_OPERATOR_NAMES, TENSOR_TYPE_NAMES};
pub use planus;
pub use tflite_generated::tflite;
