//! Writes a graph as a TFLite file (schema version 3) that interpreters run and that reads back as the
//! same graph.
//!
//! What differs after reading, and computes the same: a graph holds no uint8 inside, weights of 4 bits
//! and of half precision are as wide as they are used, and shapes, axes and the like that layers computed
//! are constants. No file says whose rounding counts, or which numbers layers of one name have.

mod control;
mod file;
mod states;
mod tensor;
mod writer;

use self::file::File;
use self::writer::Writer;
use crate::diag::Diagnostic;
use crate::graph::Graph;

/// The bytes of a TFLite file that computes what the graph does. Equal graphs give equal bytes.
///
/// Tensors keep the names of their values; layers are named by what they compute first. Constants of
/// equal content are stored once, each at a multiple of 16 bytes.
///
/// # Errors
/// All nodes that no layer of the format can stand for, or where the graph contradicts itself.
pub fn write(graph: &Graph) -> Result<Vec<u8>, Vec<Diagnostic>> {
    graph.verify()?;
    let mut file = File::default();
    let entry = file.reserve();
    let mut problems = Vec::new();
    Writer::new(&mut file, &mut problems, graph).write(entry, &[]);
    if problems.is_empty() { file.bytes().map_err(|problem| vec![problem]) } else { Err(problems) }
}
