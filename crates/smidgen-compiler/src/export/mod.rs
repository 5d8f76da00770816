//! From a graph to the bytes of a model file.

pub mod tflite;
