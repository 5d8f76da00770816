//! Execution profiles and what they say about a chip.

pub mod isa;
pub mod profile;
