//! Options of `accuracy`.

use super::{DataArgs, RecipeArgs, TermsArgs};
use clap::{Args, ValueEnum};
use smidgen_study::accuracy::{Bound, Goal, Memory, Metric, Task};
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
Examples:
  smidgen accuracy model.tflite --data test.npz
  smidgen accuracy float.tflite int8.tflite --data test.npz --board nucleo-l4r5zi
  smidgen accuracy model.tflite --data photos --fit crop --scale 1/255 --metric top1,top5,f1
  smidgen accuracy model.tflite --data test.npz --at-least top1=0.9 --at-most drop=0.01
  smidgen accuracy model.tflite --data test.npz --also litert.toml
  smidgen accuracy forecast.tflite --data test.csv --metric mae,within:0.5
  smidgen accuracy gru.onnx --data frames.npz --sequence 100
  smidgen accuracy model.tflite --data test.npz --json | jq '.models[].values.top1'";

/// Options of `accuracy`.
#[derive(Debug, Args)]
pub(crate) struct AccuracyArgs {
    /// Models, `.tflite` or `.onnx` files; all are compared with the first.
    #[arg(required = true)]
    pub(crate) models: Vec<PathBuf>,
    /// Run every model under the compile configuration in this file too; may be given several times.
    #[arg(long, value_name = "RECIPE.toml")]
    pub(crate) also: Vec<PathBuf>,
    /// What the models are asked; found out from the data by default.
    #[arg(long, value_enum)]
    pub(crate) task: Option<TaskArg>,
    /// What to work out, such as `top1`, `f1`, `auc`, `mae` or `within:0.1`; by default what suits
    /// the task.
    #[arg(long, value_name = "METRIC,…", value_delimiter = ',')]
    pub(crate) metric: Vec<Metric>,
    /// Fail if a metric is less, such as `top1=0.9`; may be given several times.
    #[arg(long, value_name = "METRIC=X", value_parser = |text: &str| Goal::parse(text, Bound::AtLeast))]
    pub(crate) at_least: Vec<Goal>,
    /// Fail if a metric is more, such as `mae=0.1` or `drop=0.01`; may be given several times.
    #[arg(long, value_name = "METRIC=X", value_parser = |text: &str| Goal::parse(text, Bound::AtMost))]
    pub(crate) at_most: Vec<Goal>,
    /// Name or number of the output to look at; the first by default.
    #[arg(long, value_name = "OUTPUT")]
    pub(crate) model_output: Option<String>,
    /// Above it an output of one number means the second of two classes.
    #[arg(long, value_name = "X", default_value_t = 0.5, allow_negative_numbers = true)]
    pub(crate) threshold: f32,
    /// So many samples, or `all`, follow each other for models with a memory; by default each
    /// sample meets a model that remembers nothing.
    #[arg(long, value_name = "N", value_parser = sequence)]
    pub(crate) sequence: Option<Memory>,
    /// Let the code for this board compute some samples too, and say what the models need there.
    #[arg(long, short)]
    pub(crate) board: Option<String>,
    /// How many samples the board computes.
    #[arg(long, value_name = "N", default_value_t = 3, requires = "board", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) emulated: u16,
    /// Show the confusion matrix and the figures of every class of each model.
    #[arg(long)]
    pub(crate) confusion: bool,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
    /// Samples and their labels: an `.npz`, `.npy`, CSV, PNG, JPEG or WAV file, or a folder of
    /// pictures or WAV files.
    #[arg(long, visible_alias = "input", value_name = "PATH")]
    pub(crate) data: PathBuf,
    /// Use the first N samples; all by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) trials: Option<u32>,
    /// Seed of `--shuffle`; 1 by default.
    #[arg(long, value_name = "SEED", requires = "shuffle")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) numbers: DataArgs,
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
}

/// Tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TaskArg {
    /// Which class a sample is of.
    Classification,
    /// Which numbers belong to a sample.
    Regression,
    /// Whether a sample is unlike others: the model reproduces it badly.
    Anomaly,
    /// Only how far the models' outputs differ.
    Comparison,
}

impl From<TaskArg> for Task {
    fn from(task: TaskArg) -> Self {
        match task {
            TaskArg::Classification => Self::Classification,
            TaskArg::Regression => Self::Regression,
            TaskArg::Anomaly => Self::Anomaly,
            TaskArg::Comparison => Self::Comparison,
        }
    }
}

/// The length of a sequence.
fn sequence(text: &str) -> Result<Memory, String> {
    let length = if text == "all" { Some(usize::MAX) } else { text.parse().ok() };
    let length = length.filter(|&length| length > 0);
    length.map(Memory::Sequence).ok_or_else(|| "expected a number of samples or `all`".into())
}
