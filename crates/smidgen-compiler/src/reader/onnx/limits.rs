//! Bounds on what one file may ask for. They lie far above any model that fits a microcontroller.

pub use crate::reader::log::MAX_PROBLEMS;

/// Versions of the file's structure that are known.
pub const IR_VERSIONS: std::ops::RangeInclusive<i64> = 3..=14;

/// Nodes of all graphs together, after functions were inlined.
pub const MAX_NODES: usize = 50_000;

/// How deep graphs and calls of functions may be nested.
pub const MAX_DEPTH: usize = 32;

/// How deep messages may be nested; the bindings stop there, too.
pub const MAX_MESSAGE_DEPTH: usize = 100;

/// Dimensions of a tensor.
pub const MAX_RANK: usize = 8;

/// Bytes of one tensor.
pub const MAX_TENSOR_BYTES: usize = 64 << 20;

/// Bytes of a name that messages show; the rest becomes `…`.
pub const MAX_SHOWN_BYTES: usize = 256;

/// Bytes that decoding a file of `bytes` bytes and inlining its functions may take; the views take at most as much
/// again.
pub(super) fn memory_budget(bytes: usize) -> usize {
    bytes.saturating_mul(3).saturating_add(24 << 20)
}
