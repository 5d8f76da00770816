//! Cores, chips, boards and toolchains as data.
//!
//! The data are TOML files, one per pipeline, core, chip or board. [`Registry`] reads, checks and joins them;
//! everything else in this crate is the plain values that come out.

mod class;
mod core;
mod error;
mod facts;
mod fields;
mod folder;
mod hardware;
mod memory;
pub mod pipeline;
mod registry;
mod spec;

pub use crate::class::Class;
pub use crate::core::{Core, Feature, Features, Isa, ToolchainId};
pub use crate::error::Error;
pub use crate::facts::{Draw, Port, Power, PowerMode, Price, Provenance, Software, Testbed};
pub use crate::fields::{Choice, Field, UnknownField, explain, fields};
pub use crate::hardware::{Board, Chip, Device, Emulator, Platform};
pub use crate::memory::{
    Cache, CacheKind, Delay, Memory, MemoryKind, ReadTiming, Role, WaitStates,
};
pub use crate::pipeline::Pipeline;
pub use crate::registry::{Registry, SourceFile};
