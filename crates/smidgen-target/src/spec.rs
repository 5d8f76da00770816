//! The fields of the TOML files, as they are written.

use serde::Deserialize;

use crate::{Emulator, Features, Isa, Memory, ToolchainId};

/// `cores/NAME.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CoreSpec {
    pub(crate) isa: Isa,
    pub(crate) features: Features,
    pub(crate) toolchain: ToolchainId,
    pub(crate) flags: Vec<String>,
}

/// `chips/NAME.toml`. Only the chip of the host has no clock and no memories.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChipSpec {
    pub(crate) core: String,
    pub(crate) max_clock_hz: Option<u64>,
    #[serde(default)]
    pub(crate) memories: Vec<Memory>,
}

/// `boards/NAME.toml`. Only the host has no clock, code and data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BoardSpec {
    pub(crate) description: String,
    pub(crate) chip: String,
    pub(crate) clock_hz: Option<u64>,
    pub(crate) code: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) emulator: Option<Emulator>,
}
