//! Plain, checked data from model files: what a frontend needs and nothing that can still be malformed.

mod log;
pub mod onnx;
pub mod tflite;
