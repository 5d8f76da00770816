//! Options of quantisation.

use super::{DataArgs, Switch};
use crate::quantity;
use clap::{Args, ValueEnum};
use smidgen_study::quantise::{Method, Precision, QuantiseSpec};
use std::path::{Path, PathBuf};

pub(super) const EXAMPLES: &str = "\
Examples:
  smidgen quantize model.onnx --data samples.npz -o model_int8.tflite
  smidgen quantize model.tflite --data photos --fit crop --scale 1/255 -o model_int8.tflite
  smidgen quantize model.tflite --data samples.npz --type int16 --io float -o model_int16.tflite
  smidgen quantize model.tflite --data samples.npz --mixed --max-ram 20K -o model_mixed.tflite
  smidgen quantize model.tflite --data samples.npz --method min-max --layers -o model_int8.tflite
  smidgen run model.onnx --quantize --data samples.npz --board nucleo-l4r5zi";

/// Options of `quantize`.
#[derive(Debug, Args)]
pub(crate) struct QuantizeArgs {
    /// The float model, a `.tflite` or `.onnx` file.
    pub(crate) model: PathBuf,
    /// The file to write; a file of that name is replaced.
    #[arg(long, short, value_name = "FILE.tflite")]
    pub(crate) output: PathBuf,
    /// Calibration samples, like those that the model will see: an `.npz`, `.npy`, CSV, PNG, JPEG or WAV
    /// file, or a folder of pictures or WAV files.
    #[arg(long, value_name = "PATH")]
    pub(crate) data: PathBuf,
    /// Use the first N samples at most.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) samples: u32,
    /// Seed of `--shuffle`.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Integers of the activations; weights have 8 bits.
    #[arg(long = "type", value_enum, default_value_t = TypeArg::Int8)]
    pub(crate) precision: TypeArg,
    #[command(flatten)]
    pub(crate) mix: MixArgs,
    /// How ranges are chosen: `min-max`, `percentile:99.99`, `mse` or `entropy`. By default all are
    /// tried, and the one that loses least is taken.
    #[arg(long)]
    pub(crate) method: Option<Method>,
    /// Let biases take up what the rounding of weights adds to the mean; if it helps, by default.
    #[arg(long, value_enum, value_name = "on|off")]
    pub(crate) bias_correction: Option<Switch>,
    /// Scale channels so that they use a common scale better; if it helps, by default.
    #[arg(long, value_enum, value_name = "on|off")]
    pub(crate) equalize: Option<Switch>,
    /// What inputs and outputs of the written model are.
    #[arg(long, value_enum, default_value_t = PortsArg::Integer)]
    pub(crate) io: PortsArg,
    /// Show every layer, not only those that lose most.
    #[arg(long)]
    pub(crate) layers: bool,
    #[command(flatten)]
    pub(crate) numbers: DataArgs,
    #[command(flatten)]
    pub(crate) recipe: super::RecipeArgs,
}

/// How far layers get 16 bits.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Mixed precision")]
pub(crate) struct MixArgs {
    /// Give 16 bits to the layers that gain most by them, as far as the limits below allow.
    #[arg(long, conflicts_with = "precision")]
    pub(crate) mixed: bool,
    /// Stop when the outputs have this signal-to-quantisation-noise ratio, in decibels.
    #[arg(long, value_name = "DB", requires = "mixed")]
    pub(crate) enough: Option<f64>,
    /// Most RAM of the model on the board, such as `20K`.
    #[arg(long, value_name = "BYTES", value_parser = super::bytes, requires = "mixed")]
    pub(crate) max_ram: Option<u64>,
    /// Longest inference on the board, such as `50ms`.
    #[arg(long, value_name = "TIME", value_parser = quantity::time, requires = "mixed")]
    pub(crate) max_latency: Option<f64>,
    /// The board that the limits are for.
    #[arg(long, short, default_value = "qemu-m4", requires = "mixed")]
    pub(crate) board: String,
}

/// Integers of activations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TypeArg {
    /// 8 bits.
    Int8,
    /// 16 bits: finer, slower, and twice the memory.
    Int16,
}

impl From<TypeArg> for Precision {
    fn from(choice: TypeArg) -> Self {
        match choice {
            TypeArg::Int8 => Self::Int8,
            TypeArg::Int16 => Self::Int16,
        }
    }
}

/// What inputs and outputs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PortsArg {
    /// Quantised integers.
    Integer,
    /// Floats, as in the float model.
    Float,
}

impl QuantizeArgs {
    /// What the options say.
    pub(crate) fn spec(&self) -> QuantiseSpec {
        let is_on = |switch: Option<Switch>| switch.map(|switch| switch == Switch::On);
        let data = self.numbers.spec(&self.data, Some(self.samples as usize), self.seed);
        QuantiseSpec {
            precision: self.precision.into(),
            method: self.method,
            correct_bias: is_on(self.bias_correction),
            equalise: is_on(self.equalize),
            float_ports: self.io == PortsArg::Float,
            ..QuantiseSpec::new(data)
        }
    }
}

/// Quantisation on the way to something else.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Quantisation")]
pub(crate) struct OnTheWayArgs {
    /// Quantise a float model first, with samples of `--data`; see `smidgen quantize`.
    #[arg(
        long,
        value_enum,
        value_name = "TYPE",
        num_args = 0..=1,
        default_missing_value = "int8",
        requires = "data_path"
    )]
    pub(crate) quantize: Option<TypeArg>,
}

/// Quantisation for commands that run nothing.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Quantisation")]
pub(crate) struct CalibrationArgs {
    #[command(flatten)]
    pub(crate) quantisation: OnTheWayArgs,
    /// Calibration samples.
    #[arg(long, id = "data_path", value_name = "PATH", requires = "quantize")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) numbers: DataArgs,
}

/// How to quantise to `precision` with samples from `path`, which are shuffled with `seed` if they are.
pub(crate) fn on_the_way(
    precision: TypeArg,
    path: &Path,
    numbers: &DataArgs,
    seed: u64,
) -> QuantiseSpec {
    let spec = QuantiseSpec::new(numbers.spec(path, None, seed));
    QuantiseSpec { precision: precision.into(), ..spec }
}
