//! Model bytes in, C text out: a pure function.
//!
//! Module order is the allowed direction of dependency: a module uses those above it only.

pub mod tensor;

pub mod diag;

pub mod reader;

pub mod ops;

pub mod graph;

pub mod frontend;

pub mod export;

pub mod eval;

pub mod passes;

pub mod quant;

pub mod plan;

pub mod lower;

pub mod emit;

mod compile;

pub use compile::{Compiled, compile};
