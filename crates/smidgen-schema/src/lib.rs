//! Bindings of the model file formats that smidgen reads.
//!
//! Everything here is generated, but for the types of a table; the logic lives in the reader of `smidgen-compiler`.

mod layout;
mod names_generated;
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
mod onnx_generated;
mod onnx_layout_generated;
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

/// The ONNX format: protobuf messages.
pub mod onnx {
    pub use crate::layout::{Field, Layout};
    pub use crate::onnx_generated::*;
    pub use crate::onnx_layout_generated::MODEL_PROTO;
}

pub use names_generated::{BUILTIN_OPERATOR_NAMES, TENSOR_TYPE_NAMES};
pub use planus;
pub use prost;
pub use tflite_generated::tflite;
