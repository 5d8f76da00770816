//! Bounds on what one file may ask for. They lie far above any model that fits a microcontroller.

/// Tensors of all subgraphs together.
pub const MAX_TENSORS: usize = 50_000;

/// Operators of all subgraphs together.
pub const MAX_OPERATORS: usize = 10_000;

/// Subgraphs.
pub const MAX_SUBGRAPHS: usize = 100;

/// Dimensions of a tensor.
pub const MAX_RANK: usize = 8;

/// Bytes of a name; longer names are cut and end in `…`.
pub const MAX_NAME_BYTES: usize = 1024;

/// Problems listed before the rest is only counted.
pub const MAX_PROBLEMS: usize = crate::reader::log::MAX_PROBLEMS;

/// What an entry of a table list costs, in list elements: about the bytes of a small table and its index entry.
pub(super) const TABLE_COST: usize = 16;

/// List elements and bytes of names that may be read from a file of `bytes` bytes.
///
/// A file without overlaps needs at most one per byte, so this leaves room for some sharing.
pub(super) fn list_budget(bytes: usize) -> usize {
    bytes.saturating_mul(2).saturating_add(1024)
}
