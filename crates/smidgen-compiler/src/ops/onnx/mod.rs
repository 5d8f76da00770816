//! ONNX operators as compositions of smidgen's own.
//!
//! A node becomes the operators that compute literally what ONNX says, in its order of axes. What is
//! lost on the way, such as transpositions around convolutions, is made good afterwards by rewrites of
//! the whole graph.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of `Build` fixes its lifetime, which a table of functions must not"
)]

mod activation;
mod algebra;
mod arithmetic;
mod attention;
mod build;
mod convolution;
mod integer;
mod layer;
mod matrix;
mod movement;
mod normalization;
mod order;
mod pool;
mod recurrent;
mod reduction;
mod resize;
mod scatter;
pub mod shape;

pub use activation::GELU;
pub use build::{Build, Item, Step, Term};
pub use layer::{Layer, Port};

use super::OpError;

/// Reads a node: appends what it computes, and names its outputs.
type Read = fn(&mut Build) -> Result<Vec<Term>, OpError>;

/// An operator of a domain, and how it is read.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    read: Read,
}

const fn row(name: &'static str, read: Read) -> Row {
    Row { name, read }
}

/// Operators by family; those of ONNX's own domain.
const FAMILIES: &[&[Row]] = &[
    activation::ROWS,
    arithmetic::ROWS,
    attention::ROWS,
    convolution::ROWS,
    integer::ROWS,
    matrix::ROWS,
    movement::ROWS,
    normalization::ROWS,
    order::ROWS,
    pool::ROWS,
    recurrent::ROWS,
    reduction::ROWS,
    resize::ROWS,
    scatter::ROWS,
    shape::ROWS,
];

/// The operator `name` of a domain: ONNX's own, or onnxruntime's.
pub fn find(domain: &str, name: &str) -> Option<Row> {
    let families = match domain {
        "" | "ai.onnx" => FAMILIES,
        "com.microsoft" => &[integer::MICROSOFT],
        _ => &[],
    };
    families.iter().copied().flatten().find(|row| row.name == name).copied()
}

/// Names of all operators that can be read.
pub fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().copied().flatten().map(|row| row.name)
}

impl Row {
    /// Reads a node.
    pub fn read(&self, build: &mut Build) -> Result<Vec<Term>, OpError> {
        (self.read)(build)
    }
}
