//! C shared by the kernels of several operators.

pub(super) mod movement;

use super::Source;

/// Macros, clamps, copies.
pub(crate) const COMMON: Source =
    Source { file: "smidgen_common.h", text: include_str!("smidgen_common.h") };

/// Fixed-point requantisation.
pub(super) const REQUANTISE: Source =
    Source { file: "smidgen_requantise.h", text: include_str!("smidgen_requantise.h") };

/// Strided copies.
pub(super) const MOVE: Source =
    Source { file: "smidgen_move.h", text: include_str!("smidgen_move.h") };

/// Windows of pools.
pub(super) const POOL: Source =
    Source { file: "smidgen_pool.h", text: include_str!("smidgen_pool.h") };
