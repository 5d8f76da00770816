//! Execution profiles and what they say about a chip.

pub mod band;
pub mod decode;
pub mod energy;
pub mod flow;
pub mod isa;
pub mod memory;
pub mod profile;
