//! What is known of hardware beyond what runs: power, prices, and where each fact comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Power that a chip draws in one mode.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Power {
    /// What it does.
    pub mode: PowerMode,
    /// How much it draws.
    #[serde(flatten)]
    pub draw: Draw,
    /// Core clock in hertz; `None` for sleep.
    pub clock_hz: Option<u64>,
    /// Under which conditions: program, regulator, temperature, what else is running.
    pub conditions: String,
    /// Where this comes from.
    pub source: String,
    /// Whether the source was read; otherwise the figure is remembered or inferred.
    pub verified: bool,
}

/// How much a chip draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Draw {
    /// Current at a supply voltage.
    Current {
        /// Current in milliamperes.
        milliamps: f64,
        /// Supply voltage in volts.
        volts: f64,
    },
    /// Power.
    Power {
        /// Power in milliwatts.
        milliwatts: f64,
    },
}

impl Draw {
    /// Power in milliwatts.
    pub fn milliwatts(self) -> f64 {
        match self {
            Self::Current { milliamps, volts } => milliamps * volts,
            Self::Power { milliwatts } => milliwatts,
        }
    }
}

/// What a chip does while it draws power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PowerMode {
    /// Executes a benchmark or a loop.
    Active,
    /// Executes an integer neural network; closer to the truth than `active`.
    Network,
    /// Waits for the next inference and keeps the content of its RAM.
    Sleep,
}

/// What one piece costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Price in US dollars, without taxes.
    pub usd: f64,
    /// Year of the price.
    pub year: u16,
    /// What kind of price it is: list price, quantity.
    pub basis: Option<String>,
}

/// Where the facts of a file come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Sources of everything that has no source of its own.
    pub sources: Vec<String>,
    /// Fields whose value is remembered or inferred, not read in a source.
    pub unverified: Vec<String>,
    /// What else one should know.
    pub notes: Vec<String>,
}

impl Provenance {
    /// Whether `unverified` names `path`, something that it is in, or something in it. Paths are
    /// names joined by dots, such as `memories.sram.size`.
    pub fn doubts(&self, path: &str) -> bool {
        let inside = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.unverified.iter().any(|doubt| inside(path, doubt) || inside(doubt, path))
    }
}

/// How an operating system or framework calls a board, and what it makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// Name of the board there; unknown where only the clock is known.
    pub name: Option<String>,
    /// Core clock in hertz that it sets by default.
    pub clock_hz: Option<u64>,
}

/// The software that supports a board.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Software {
    /// RIOT.
    pub riot: Option<Port>,
    /// Zephyr.
    pub zephyr: Option<Port>,
    /// Arduino; the name is the fully qualified board name.
    pub arduino: Option<Port>,
    /// `PlatformIO`.
    pub platformio: Option<Port>,
}

/// Where a board stands in the FIT IoT-LAB testbed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Testbed {
    /// The testbed's name of the board, such as `m3:at86rf231`.
    pub archi: String,
    /// Site.
    pub site: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubts_reach_inwards_and_outwards() {
        let unverified = vec!["memories.ram.size".to_owned(), "price".to_owned()];
        let provenance = Provenance { unverified, ..Provenance::default() };
        for (path, doubted) in [
            ("price", true),
            ("price.usd", true),
            ("prices", false),
            ("memories.ram", true),
            ("memories.ram.size", true),
            ("memories.ram.base", false),
            ("memories.ram2", false),
        ] {
            assert_eq!(provenance.doubts(path), doubted, "{path}");
        }
    }

    #[test]
    fn power_of_either_kind_is_milliwatts() {
        let current = Draw::Current { milliamps: 2.0, volts: 3.0 };
        let power = Draw::Power { milliwatts: 6.0 };
        assert_eq!([current, power].map(|draw| draw.milliwatts() as u32), [6, 6]);
    }
}
