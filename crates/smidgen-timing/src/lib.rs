//! Execution profiles and what they say about a chip.

pub mod band;
pub mod cycles;
pub mod decode;
pub mod energy;
pub mod flow;
pub mod isa;
pub mod memory;
pub mod pipeline;
pub mod price;
pub mod profile;
