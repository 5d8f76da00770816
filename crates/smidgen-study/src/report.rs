//! Results as plain data, serialised as the documented JSON.

use crate::Recipe;
use crate::cost::{CostReport, Cycles, FitReport};
use serde::{Deserialize, Serialize};
use smidgen_compiler::tensor::Rounding;
use smidgen_target::Device;
pub use smidgen_timing::price::WorkingSet;

/// Version of the JSON that [`RunReport`] serialises to.
pub const RUN_SCHEMA: &str = "smidgen.run/1";

/// One model on one board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// [`RUN_SCHEMA`].
    pub schema: String,
    /// The model.
    pub model: ModelReport,
    /// Name of the board.
    pub board: String,
    /// Name of its core.
    pub core: String,
    /// Name of the emulated board that ran the firmware in the board's place; none where the board
    /// itself did.
    pub emulated_on: Option<String>,
    /// How the model was compiled.
    pub recipe: Recipe,
    /// Version of the C compiler.
    pub toolchain: String,
    /// What executed the firmware, with its version.
    pub runner: String,
    /// Number of inferences that were run and compared.
    pub samples: usize,
    /// Index of the one that took the most instructions, which all figures are of.
    #[serde(default)]
    pub slowest_sample: usize,
    /// How the outputs compare with the reference.
    pub verdict: Verdict,
    /// Largest difference of an output element: integer steps, or real values of float outputs.
    pub max_difference: f64,
    /// Instructions of one inference (the largest over all samples), exactly counted; none where
    /// nothing counts them.
    pub instructions: Option<u64>,
    /// What one inference costs in time and energy.
    #[serde(flatten)]
    pub cost: CostReport,
    /// Index of the operator that takes the most cycles.
    pub bottleneck: Option<usize>,
    /// Whether the model fits into the board's memories; none on the host.
    pub fit: Option<FitReport>,
    /// Memory that is written, in bytes.
    pub ram_bytes: RamBytes,
    /// Memory that is only read, in bytes; none on the host, which has no flash.
    pub flash_bytes: Option<FlashBytes>,
    /// What the harness itself takes and is not counted above, in bytes; none on the host.
    pub harness_bytes: Option<HarnessBytes>,
    /// Operators in execution order.
    pub operators: Vec<OperatorReport>,
    /// Flash symbols of the model, largest first.
    pub symbols: Vec<SymbolReport>,
}

impl RunReport {
    /// Whether the model fits into the memories of `device`; `None` for reports of the host.
    pub fn fit_on(&self, device: &Device) -> Option<FitReport> {
        let (ram, flash) = (self.ram_bytes.total?, self.flash_bytes?.total);
        Some(FitReport::new(device, ram, flash))
    }
}

/// What a model is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelReport {
    /// File name without its ending.
    pub name: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Whose integer results are the contract.
    #[serde(default)]
    pub rounding: Rounding,
    /// Multiply-accumulate operations of one inference, after optimisation.
    pub macs: u64,
    /// Elements of all weights and biases, after optimisation.
    pub parameters: u64,
}

/// How outputs compare with the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Equal to the bit.
    Exact,
    /// Floats within 1e-5 of the output's range.
    Within,
    /// Different.
    Wrong,
}

impl Verdict {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Within => "within",
            Self::Wrong => "WRONG",
        }
    }
}

/// A number with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Most likely value.
    pub value: f64,
    /// Lower end of the error band.
    pub low: f64,
    /// Upper end of the error band.
    pub high: f64,
    /// `estimated` or `measured`.
    pub source: String,
}

/// Memory that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RamBytes {
    /// Inputs, outputs, activations and scratch.
    pub arena: u64,
    /// What the model keeps from one inference to the next.
    #[serde(default)]
    pub state: u64,
    /// Variables outside the arena; not known on the host.
    #[serde(rename = "static")]
    pub statics: Option<u64>,
    /// High-water mark of the stack during inference; not known on the host.
    pub stack: Option<u64>,
    /// Sum; not known on the host.
    pub total: Option<u64>,
}

/// Memory that is only read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FlashBytes {
    /// Weights and biases.
    pub weights: u64,
    /// Tables and other constants.
    pub constants: u64,
    /// Machine code, with the compiler's support library.
    pub code: u64,
    /// Sum.
    pub total: u64,
}

/// What the harness takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HarnessBytes {
    /// Flash of an empty firmware.
    pub flash: u64,
    /// Static RAM of an empty firmware.
    pub ram: u64,
}

/// One operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperatorReport {
    /// Name of the source layer.
    pub name: String,
    /// Operator name, such as `CONV_2D`.
    pub kind: String,
    /// Multiply-accumulate operations.
    pub macs: u64,
    /// Elements of its weights and biases.
    pub parameters: u64,
    /// Instructions of one execution.
    pub instructions: Option<u64>,
    /// Cycles of one execution.
    pub cycles: Option<Estimate>,
    /// The same by cause.
    pub cycle_causes: Option<Cycles>,
    /// Different bytes that it reads.
    #[serde(default)]
    pub working_set: WorkingSet,
    /// Arena bytes in use while it runs.
    pub ram_bytes: u64,
    /// Its constants and code, but for what an earlier operator shares with it; none on the host.
    pub flash_bytes: Option<u64>,
}

/// One symbol of the firmware.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolReport {
    /// C symbol.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Size in bytes.
    pub bytes: u64,
}
