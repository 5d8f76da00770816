//! Cores, chips, boards and toolchains as data.
//!
//! The data are TOML files, one per core, chip or board. [`Registry`] reads, checks and joins them;
//! everything else in this crate is the plain values that come out.

mod class;
mod core;
mod error;
mod hardware;
mod registry;
mod spec;

pub use crate::class::Class;
pub use crate::core::{Core, Feature, Features, Isa, ToolchainId};
pub use crate::error::Error;
pub use crate::hardware::{Board, Chip, Device, Emulator, Memory, MemoryKind, Platform};
pub use crate::registry::{Registry, SourceFile};
