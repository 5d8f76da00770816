//! What can be typed: commands, options and their help.

mod accuracy;
mod data;
mod quantize;

pub(crate) use accuracy::AccuracyArgs;
pub(crate) use data::DataArgs;
pub(crate) use quantize::{CalibrationArgs, MixArgs, OnTheWayArgs, QuantizeArgs, on_the_way};

use crate::quantity;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use smidgen_study::cost::Battery;
use std::path::PathBuf;

/// Fits machine-learning models into microcontrollers.
///
/// Gives a TensorFlow Lite model to the boards you name and says whether it fits, what it needs and
/// what it costs. No board is needed: the firmware runs in an emulator.
#[derive(Debug, Parser)]
#[command(name = "smidgen", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print the result as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Add the boards, chips, cores and pipelines in this folder to the built-in ones.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) targets: Option<PathBuf>,
    /// Show no progress.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  smidgen doctor --install              install compilers and emulators
  smidgen run model.tflite              evaluate a model on an emulated Cortex-M4
  smidgen run model.tflite -b all       latency and energy on every board
  smidgen compile model.tflite -o out   write C for your firmware

Exit codes: 0 all is well, 1 the model or its result is bad, 2 the tool or its environment is.";

/// Commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build a model for boards, run it, check its outputs, and say what it needs and costs.
    ///
    /// Boards that cannot be emulated themselves are priced: the code runs on an emulated board with
    /// the same instruction set, and what was counted there is turned into cycles, time and energy.
    #[command(after_help = RUN_EXAMPLES)]
    Run(Box<RunArgs>),
    /// Show where the cycles go: operators, functions, loops, lines of generated C.
    #[command(after_help = PROFILE_EXAMPLES)]
    Profile(Box<ProfileArgs>),
    /// Write a model as C sources for your own firmware.
    #[command(after_help = COMPILE_EXAMPLES)]
    Compile(CompileArgs),
    /// Write a model as a TFLite file that TFLite Micro and LiteRT run.
    #[command(after_help = CONVERT_EXAMPLES)]
    Convert(ConvertArgs),
    /// Turn a float model into an integer one, with a handful of samples, and say what that loses.
    #[command(after_help = quantize::EXAMPLES)]
    Quantize(Box<QuantizeArgs>),
    /// Show a model's layers, memory map and unsupported operators.
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(InspectArgs),
    /// Compare every layer on every target with the reference.
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
    /// Say how good models are, on samples with labels.
    ///
    /// All samples run through the generated C on this computer. Several models, or one under several
    /// recipes, are compared with the first: float with quantised, for instance.
    #[command(after_help = accuracy::EXAMPLES)]
    Accuracy(Box<AccuracyArgs>),
    /// Evaluate many models on many boards.
    #[command(after_help = BENCH_EXAMPLES)]
    Bench(BenchArgs),
    /// List the boards, or show all that is known of one.
    #[command(after_help = BOARDS_EXAMPLES)]
    Boards(BoardsArgs),
    /// Check that compilers and emulators are installed.
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor(DoctorArgs),
    /// Print completions for a shell.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

const RUN_EXAMPLES: &str = "\
Examples:
  smidgen run model.tflite
  smidgen run model.tflite --board nucleo-l4r5zi --clock 80MHz
  smidgen run model.tflite --board nucleo-l4r5zi --period 1s --battery 220mAh@3V
  smidgen run model.tflite --board all --sort energy
  smidgen run model.tflite --board all --core cortex-m33 --max-price 30
  smidgen run model.tflite --board nucleo-l4r5zi,nucleo-f746zg --csv > boards.csv
  smidgen run model.tflite --board qemu-m0plus --input samples.npz --output results.npz
  smidgen run model.tflite --input photos --fit crop --scale 1/255 --trials 10
  smidgen run model.tflite --board host --trials 100
  smidgen run model.tflite --opt Os --keep generated
  smidgen run model.onnx --shape image=1x3x96x96
  smidgen run model.onnx --quantize --data samples.npz
  smidgen run model.tflite --json | jq .ram_bytes.total";

const PROFILE_EXAMPLES: &str = "\
Examples:
  smidgen profile model.tflite --board nucleo-l4r5zi
  smidgen profile model.tflite --board nucleo-f746zg --caches off --top 20
  smidgen profile model.tflite --flame flame.svg --trace trace.json
  smidgen run model.tflite --board nucleo-l4r5zi --keep kept
  smidgen profile --from kept --board nucleo-l476rg";

const COMPILE_EXAMPLES: &str = "\
Examples:
  smidgen compile model.tflite -o model_c
  smidgen compile model.tflite -o model_c --board qemu-m0plus --force
  smidgen compile model.onnx -o model_c --quantize --data samples.npz";

const CONVERT_EXAMPLES: &str = "\
Examples:
  smidgen convert model.tflite -o again.tflite
  smidgen convert model.tflite -o again.tflite --json | jq .bytes";

const INSPECT_EXAMPLES: &str = "\
Examples:
  smidgen inspect model.tflite
  smidgen inspect model.tflite --json | jq '.operators[] | {name, macs}'";

const VERIFY_EXAMPLES: &str = "\
Examples:
  smidgen verify model.tflite --all-cores
  smidgen verify model.tflite --board qemu-m4 --board host --layers";

const BENCH_EXAMPLES: &str = "\
Examples:
  smidgen bench a.tflite b.tflite --board qemu-m4 --board qemu-rv32imc
  smidgen bench models/*.tflite --board all --csv > matrix.csv";

const BOARDS_EXAMPLES: &str = "\
Examples:
  smidgen boards --core cortex-m4 --min-ram 128K --sort price
  smidgen boards nucleo-l4r5zi
  smidgen boards --explain-field wait_states
  smidgen boards --json | jq '.boards[].name'";

const DOCTOR_EXAMPLES: &str = "\
Examples:
  smidgen doctor
  smidgen doctor --install";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  smidgen completions bash > ~/.local/share/bash-completion/completions/smidgen";

/// How a model is compiled.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Compilation")]
pub(crate) struct RecipeArgs {
    /// Read the compile configuration from a TOML file; options given here win.
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) recipe: Option<PathBuf>,
    /// Optimisation level of the C compiler.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) opt: Option<Opt>,
    /// Whose integer results are reproduced; by default TFLite Micro's, and onnxruntime's for ONNX.
    #[arg(long, value_enum)]
    pub(crate) rounding: Option<RoundingArg>,
    /// Memory that weights are read from; RAM takes a copy of what flash holds.
    #[arg(long, value_enum, value_name = "MEMORY")]
    pub(crate) weights_in: Option<MemoryArg>,
    /// Memory that code executes from; RAM takes a copy of what flash holds.
    #[arg(long, value_enum, value_name = "MEMORY")]
    pub(crate) code_in: Option<MemoryArg>,
    /// Kernels to choose from: the best for the core, or those in plain C that run everywhere.
    #[arg(long, value_enum)]
    pub(crate) kernels: Option<KernelsArg>,
    /// Take the C of custom operators that the file lists; may be given several times.
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) custom: Vec<PathBuf>,
    /// Dimensions of an input that an ONNX model leaves open, such as `image=1x3x96x96`; may be given
    /// several times.
    #[arg(long, value_name = "INPUT=SHAPE", value_parser = shape)]
    pub(crate) shape: Vec<(String, Vec<usize>)>,
    /// Keep what an output of an ONNX model gives for an input of the next inference, as the states of a
    /// recurrent network, such as `h0=hn`; may be given several times.
    #[arg(long, value_name = "INPUT=OUTPUT", value_parser = state)]
    pub(crate) state: Vec<(String, String)>,
    /// Take and give tensors of four axes with channels last, as cameras do, where an ONNX model has
    /// them second.
    #[arg(long)]
    pub(crate) channels_last: bool,
}

/// Names of an input and of an output.
fn state(text: &str) -> Result<(String, String), String> {
    let parts =
        text.split_once('=').filter(|(input, output)| !input.is_empty() && !output.is_empty());
    let (input, output) = parts.ok_or_else(|| "write it like `h0=hn`".to_owned())?;
    Ok((input.to_owned(), output.to_owned()))
}

/// An input's name and its dimensions, such as `image=1x3x96x96`.
fn shape(text: &str) -> Result<(String, Vec<usize>), String> {
    let wrong = || "write it like `image=1x3x96x96`".to_owned();
    let (name, dims) = text.rsplit_once('=').ok_or_else(wrong)?;
    let dim = |dim: &str| dim.parse().ok().filter(|&dim| dim > 0);
    let dims: Option<Vec<usize>> = dims.split('x').map(dim).collect();
    Ok((name.to_owned(), dims.ok_or_else(wrong)?))
}

/// Which kernels may be chosen.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KernelsArg {
    /// The best for the core.
    Best,
    /// Plain C.
    Portable,
}

/// Memories of a board.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum MemoryArg {
    /// Flash.
    Flash,
    /// RAM.
    Ram,
}

/// Optimisation levels.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "verbatim")]
pub(crate) enum Opt {
    /// None.
    O0,
    /// Little.
    O1,
    /// For speed.
    O2,
    /// For speed at any size.
    O3,
    /// For size.
    Os,
}

/// Rounding profiles.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoundingArg {
    /// TFLite Micro's reference kernels.
    Tflm,
    /// LiteRT's reference kernels.
    Litert,
    /// onnxruntime without graph optimisation.
    Onnx,
}

/// Where inputs come from.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// Read inputs from an `.npz`, `.npy`, CSV, PNG, JPEG or WAV file, or from a folder of pictures
    /// or WAV files; `--data` is the same.
    #[arg(long, id = "data_path", visible_alias = "data", value_name = "PATH")]
    pub(crate) input: Option<PathBuf>,
    /// Number of inferences: the first N samples of the input (all by default, 1 with `--quantize`),
    /// or random ones (1).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) trials: Option<u32>,
    /// Seed of random inputs, or of `--shuffle`; 1 by default.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) quantisation: OnTheWayArgs,
}

/// What the estimate is for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Estimate")]
pub(crate) struct TermsArgs {
    /// Core clock, such as `80MHz`; wait states follow it. The board's own by default.
    #[arg(long, value_name = "CLOCK", value_parser = quantity::clock)]
    pub(crate) clock: Option<u64>,
    /// All caches on or off; as the board has them by default.
    #[arg(long, value_enum, value_name = "on|off")]
    pub(crate) caches: Option<Switch>,
}

/// Options that work out power over time.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Power")]
pub(crate) struct DutyArgs {
    /// Start an inference this often, such as `1s` or `100ms`, and sleep in between.
    #[arg(long, value_name = "TIME", value_parser = quantity::time)]
    pub(crate) period: Option<f64>,
    /// A battery, such as `220mAh@3V`, whose life is worked out.
    #[arg(long, value_name = "CAPACITY@VOLTAGE", value_parser = quantity::battery, requires = "period")]
    pub(crate) battery: Option<Battery>,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// Switched on.
    On,
    /// Switched off.
    Off,
}

/// Options of `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The model, a `.tflite` or `.onnx` file.
    pub(crate) model: PathBuf,
    /// A board, several with commas between them, `all` for every real board, or `emulated`; may be
    /// given more than once. `smidgen boards` lists them.
    #[arg(long, short, value_delimiter = ',', default_value = "qemu-m4", value_name = "BOARDS")]
    pub(crate) board: Vec<String>,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
    #[command(flatten)]
    pub(crate) duty: DutyArgs,
    #[command(flatten)]
    pub(crate) table: TableArgs,
    #[command(flatten)]
    pub(crate) filters: Filters,
    #[command(flatten)]
    pub(crate) inputs: InputArgs,
    /// Save what the target computed as arrays `out0`, `out1`, … of an `.npz` file.
    #[arg(long, value_name = "FILE.npz")]
    pub(crate) output: Option<PathBuf>,
    /// Keep everything generated in this folder: C sources, firmware, profile, report.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
}

/// Options of a table of boards.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Several boards")]
pub(crate) struct TableArgs {
    /// Order of the boards, the least first; what is unknown comes last. By latency unless told
    /// otherwise.
    #[arg(long, value_enum, value_name = "FIGURE")]
    pub(crate) sort: Option<SortKey>,
    /// Print one line per board as CSV.
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

/// What boards are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortKey {
    /// Time of one inference.
    Latency,
    /// Energy of one inference.
    Energy,
    /// Price of the board.
    Price,
    /// RAM of the board.
    Ram,
    /// Flash of the board.
    Flash,
    /// Name of the board.
    Name,
}

/// Options of `profile`.
#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    /// The model, a `.tflite` or `.onnx` file.
    #[arg(required_unless_present = "from")]
    pub(crate) model: Option<PathBuf>,
    /// The board; the one of the kept run, or else the emulated Cortex-M4, by default.
    #[arg(long, short)]
    pub(crate) board: Option<String>,
    /// Price what `smidgen run --keep DIR` saved instead of running a model.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["model", "data_path", "quantize", "trials", "seed", "recipe", "opt", "rounding", "weights_in", "code_in", "kernels", "data_options"])]
    pub(crate) from: Option<PathBuf>,
    /// Most functions, classes of instructions, loops and lines to list.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) top: u16,
    /// Write a flame graph.
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) flame: Option<PathBuf>,
    /// Write a time line for Perfetto or `chrome://tracing`.
    #[arg(long, value_name = "FILE.json")]
    pub(crate) trace: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
    #[command(flatten)]
    pub(crate) inputs: InputArgs,
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
}

/// Options of `compile`.
#[derive(Debug, Args)]
pub(crate) struct CompileArgs {
    /// The model, a `.tflite` or `.onnx` file.
    pub(crate) model: PathBuf,
    /// The folder to write; it must not exist or be empty.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// The board whose core the code is for; portable C by default.
    #[arg(long, short)]
    pub(crate) board: Option<String>,
    /// Overwrite files of an earlier run.
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) calibration: CalibrationArgs,
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
}

/// Options of `convert`.
#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// The model, a `.tflite` file.
    pub(crate) model: PathBuf,
    /// The file to write; a file of that name is replaced.
    #[arg(long, short, value_name = "FILE.tflite")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
}

/// Options of `inspect`.
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// The model, a `.tflite` or `.onnx` file.
    pub(crate) model: PathBuf,
    /// The board whose kernels the memory map is for.
    #[arg(long, short, default_value = "qemu-m4")]
    pub(crate) board: String,
    #[command(flatten)]
    pub(crate) calibration: CalibrationArgs,
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The model, a `.tflite` or `.onnx` file.
    pub(crate) model: PathBuf,
    /// A board; may be given more than once. The host and the Cortex-M4 by default.
    #[arg(long, short, conflicts_with = "all_cores")]
    pub(crate) board: Vec<String>,
    /// The host and every emulated core.
    #[arg(long)]
    pub(crate) all_cores: bool,
    /// Show every layer, not only those that differ.
    #[arg(long)]
    pub(crate) layers: bool,
    #[command(flatten)]
    pub(crate) inputs: InputArgs,
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
}

/// Options of `bench`.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Models, `.tflite` files.
    #[arg(required = true)]
    pub(crate) models: Vec<PathBuf>,
    /// A board, or `all` for every emulated one; may be given more than once.
    #[arg(long, short, default_value = "qemu-m4")]
    pub(crate) board: Vec<String>,
    /// Print the result as CSV.
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// Number of pairs that are worked on at the same time; one per processor by default.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    #[command(flatten)]
    pub(crate) inputs: InputArgs,
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
}

/// Options of `boards`.
#[derive(Debug, Args)]
pub(crate) struct BoardsArgs {
    /// Show all that is known of this board.
    #[arg(conflicts_with_all = ["Filters", "sort", "explain_field"])]
    pub(crate) board: Option<String>,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Order of the list: the cheapest first, or the largest or fastest first.
    #[arg(long, value_enum, default_value_t = Sort::Name)]
    pub(crate) sort: Sort,
    /// Explain a field of the files that describe boards, chips, cores and pipelines; all fields by
    /// default.
    #[arg(
        long,
        value_name = "FIELD",
        num_args = 0..=1,
        default_missing_value = "",
        conflicts_with_all = ["Filters", "sort"],
    )]
    pub(crate) explain_field: Option<String>,
}

/// Which boards to list.
#[derive(Debug, Args)]
#[group(multiple = true)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// With this core, such as `cortex-m4`; may be given more than once.
    #[arg(long)]
    pub(crate) core: Vec<String>,
    /// With a chip of this vendor, or of a vendor whose name contains this.
    #[arg(long)]
    pub(crate) vendor: Option<String>,
    /// With a core that has this feature; may be given more than once.
    #[arg(long, value_enum)]
    pub(crate) feature: Vec<FeatureArg>,
    /// With at least so much RAM for variables, arena and stack, such as `128K`.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) min_ram: Option<u64>,
    /// With at least so much memory for code and constants, such as `1M`.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) min_flash: Option<u64>,
    /// With at least this core clock, such as `150MHz`.
    #[arg(long, value_name = "CLOCK", value_parser = quantity::clock)]
    pub(crate) min_clock: Option<u64>,
    /// At most this expensive; boards of unknown price are left out.
    #[arg(long, value_name = "USD")]
    pub(crate) max_price: Option<f64>,
    /// Whose code runs here in an emulator.
    #[arg(long)]
    pub(crate) emulated: bool,
    /// With this text in its name, description or chip, in upper or lower case.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
}

/// Orders of the list of boards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// By name.
    Name,
    /// By price.
    Price,
    /// By RAM.
    Ram,
    /// By flash.
    Flash,
    /// By clock.
    Clock,
}

/// Features of cores.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FeatureArg {
    /// The Arm DSP extension.
    Dsp,
    /// Floating point, 32 bits.
    FpuSingle,
    /// Floating point, 64 bits.
    FpuDouble,
    /// The Arm vector extension, Helium.
    Mve,
    /// Misaligned loads and stores.
    MisalignedAccess,
}

/// Reads a number of bytes: digits, then nothing, `K` or `M` for 1024 or 1024² bytes.
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        _ => return Err("a number of bytes is like 65536, 64K or 1M".to_string()),
    };
    let number: u64 = digits.parse().map_err(|e| format!("{e}: `{digits}`"))?;
    number.checked_mul(factor).ok_or_else(|| "too large".to_string())
}

/// Options of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Install what is missing through the system's package manager.
    #[arg(long)]
    pub(crate) install: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn options_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn bytes_have_units() {
        for (text, expected) in [("0", 0), ("65536", 65536), ("64K", 65536), ("1MiB", 1 << 20)] {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["", "K", "1T", "-1", "1.5M", "99999999999999999999", "18446744073709551615M"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
