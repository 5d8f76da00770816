//! Plain, checked data from model files: what a frontend needs and nothing that can still be malformed.

pub mod tflite;
