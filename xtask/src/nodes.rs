//! Runs ONNX's own node tests through the reference and through generated C on this computer.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::slice::from_ref;

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use smidgen_compiler::diag::Code;
use smidgen_compiler::eval;
use smidgen_compiler::frontend::{GivenConstant, ReadOptions};
use smidgen_compiler::tensor::Data;
use smidgen_study::arrays::{self, Array};
use smidgen_study::{Error, Model, Recipe, Workbench};

use crate::shell;

/// The page with the table of results, relative to the workspace.
pub(crate) const PAGE: &str = "docs/onnx.md";

/// What came out, relative to the workspace.
const RESULTS: &str = "tests/onnx/nodes.csv";

/// Options of `cargo xtask nodes`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Folder that `scripts/onnx/node_tests.py` has written.
    folder: PathBuf,
    /// Run the tests whose names contain this alone.
    #[arg(long)]
    only: Option<String>,
    /// Leave out the generated C.
    #[arg(long)]
    reference_only: bool,
    /// Write the results, of which `cargo xtask docs` makes the table of `docs/onnx.md`.
    #[arg(long)]
    bless: bool,
}

/// A test of the index.
#[derive(Debug, Clone, Deserialize)]
struct Test {
    #[serde(rename = "test")]
    name: String,
    operators: String,
    rtol: f64,
    atol: f64,
    tensors: u8,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    /// The reference and the generated C gave what was wanted.
    Passed,
    /// The outputs follow from constants: there was nothing to compile.
    Folded,
    /// The model is refused in words.
    Refused,
    /// An output differs.
    Wrong,
    /// Its values are no tensors of numbers.
    Untried,
}

/// A row of the results.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    #[serde(rename = "test")]
    name: String,
    operators: String,
    outcome: Outcome,
    /// Inputs that were given as constants.
    constants: String,
    /// Why it was refused, or what was wrong.
    note: String,
}

/// Runs the tests, prints what came out, and writes it if that is asked for.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let index = options.folder.join("index.csv");
    let mut reader = csv::Reader::from_path(&index)
        .with_context(|| format!("`{}`: run scripts/onnx/node_tests.py first", index.display()))?;
    let tests: Vec<Test> = reader.deserialize().collect::<Result<_, _>>()?;
    let wanted = |test: &&Test| options.only.as_ref().is_none_or(|only| test.name.contains(only));
    let tests: Vec<&Test> = tests.iter().filter(wanted).collect();
    ensure!(!tests.is_empty(), "no test has such a name");
    let workbench = Workbench::new()?;
    let bench = Bench { workbench, folder: &options.folder, compiles: !options.reference_only };
    let rows: Vec<Row> = tests.par_iter().map(|test| bench.row(test)).collect();
    for row in rows.iter().filter(|row| options.only.is_some() || row.outcome == Outcome::Wrong) {
        shell::say(&format!("{} {:?} [{}] {}", row.name, row.outcome, row.constants, row.note));
    }
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    shell::say(&format!(
        "{} tests: {} passed, {} folded, {} refused, {} wrong, {} untried",
        rows.len(),
        count(Outcome::Passed),
        count(Outcome::Folded),
        count(Outcome::Refused),
        count(Outcome::Wrong),
        count(Outcome::Untried),
    ));
    if options.bless {
        let path = root.join(RESULTS);
        fs::create_dir_all(path.parent().context("the file has a folder")?)?;
        let mut writer = csv::Writer::from_path(path)?;
        rows.iter().try_for_each(|row| writer.serialize(row))?;
        writer.flush()?;
    }
    ensure!(count(Outcome::Wrong) == 0, "some results are wrong");
    Ok(())
}

struct Bench<'a> {
    workbench: Workbench,
    folder: &'a Path,
    compiles: bool,
}

impl Bench<'_> {
    fn row(&self, test: &Test) -> Row {
        let (outcome, constants, note) = match self.outcome(test) {
            Ok((outcome, constants)) => (outcome, constants, String::new()),
            Err(Trouble { outcome, note }) => {
                // The results say nothing of the place where the tests are.
                let folder = format!("{}/", self.folder.display());
                (outcome, String::new(), note.replace(&folder, ""))
            }
        };
        let (name, operators) = (test.name.clone(), test.operators.clone());
        Row { name, operators, outcome, constants, note }
    }

    fn outcome(&self, test: &Test) -> Result<(Outcome, String), Trouble> {
        if test.tensors == 0 {
            return Err(Trouble { outcome: Outcome::Untried, note: String::new() });
        }
        let folder = self.folder.join(&test.name);
        let read = |name: &str| -> Result<Vec<Array>, Trouble> {
            let path = folder.join(name);
            let count = arrays::names(&path)?.len();
            let prefix = name.trim_end_matches("puts.npz");
            let names: Vec<String> = (0..count).map(|i| format!("{prefix}{i}")).collect();
            Ok(arrays::read(&path, &names)?)
        };
        let (inputs, outputs) = (read("inputs.npz")?, read("outputs.npz")?);
        let bytes = fs::read(folder.join("model.onnx")).map_err(anyhow::Error::from)?;
        // Inputs that have to be known are, as few as will do.
        let choices: [&dyn Fn(usize) -> bool; 3] = [&|_| false, &|index| index > 0, &|_| true];
        let mut refused = None;
        for fixed in choices {
            let model = Self::model(&bytes, &inputs, fixed);
            match model.and_then(|model| self.check(test, &model, &inputs, &outputs, fixed)) {
                Err(trouble) if trouble.outcome == Outcome::Refused => {
                    refused = refused.or(Some(trouble));
                }
                result => return result,
            }
        }
        Err(refused.expect("there are choices"))
    }

    /// The model with some inputs as constants.
    fn model(
        bytes: &[u8],
        inputs: &[Array],
        fixed: &dyn Fn(usize) -> bool,
    ) -> Result<Model, Trouble> {
        let names = smidgen_compiler::frontend::onnx::input_names(bytes, &BTreeMap::default())
            .unwrap_or_default();
        let constant = |(index, array): (usize, &Array)| {
            let name = names.get(index).filter(|_| fixed(index))?.clone();
            Some(GivenConstant { name, dims: array.shape.clone(), data: array.data.clone() })
        };
        let constants = inputs.iter().enumerate().filter_map(constant).collect();
        let options = ReadOptions { name: "node".into(), constants, ..ReadOptions::default() };
        Ok(Model::with_options(bytes, &options, &Recipe::default())?)
    }

    fn check(
        &self,
        test: &Test,
        model: &Model,
        inputs: &[Array],
        outputs: &[Array],
        fixed: &dyn Fn(usize) -> bool,
    ) -> Result<(Outcome, String), Trouble> {
        let fed = inputs.iter().enumerate().filter(|&(index, _)| !fixed(index));
        let sample: Vec<Data> = fed.map(|(_, array)| array.data.clone()).collect();
        let graph = &model.source;
        let values = eval::evaluate(graph, &sample).map_err(|e| Trouble::wrong(e.to_string()))?;
        let types = graph.outputs().iter().map(|&id| graph.value(id).ty.shape.dims().to_vec());
        for (index, (dims, array)) in types.zip(outputs).enumerate() {
            if dims != array.shape {
                let text = format!("output {index} has shape {dims:?}, not {:?}", array.shape);
                return Err(Trouble::wrong(text));
            }
        }
        let close = |outputs_of: &str, results: &[Data]| {
            for (index, (result, array)) in results.iter().zip(outputs).enumerate() {
                if let Some(text) = difference(test, result, &array.data) {
                    return Err(Trouble::wrong(format!("{outputs_of}, output {index}: {text}")));
                }
            }
            Ok(())
        };
        close("reference", &eval::outputs(graph, &values))?;
        let constants = (0..inputs.len()).filter(|&index| fixed(index));
        let constants: Vec<String> = constants.map(|index| index.to_string()).collect();
        let constants = constants.join(" ");
        if sample.is_empty() {
            return Ok((Outcome::Folded, constants));
        }
        if self.compiles {
            let board = self.workbench.board("host")?;
            let results =
                self.workbench.infer(model, board, &Recipe::default(), from_ref(&sample))?;
            close("generated C", &results[0])?;
        }
        Ok((Outcome::Passed, constants))
    }
}

/// Why a test did not pass.
struct Trouble {
    outcome: Outcome,
    note: String,
}

impl Trouble {
    fn wrong(note: String) -> Self {
        Self { outcome: Outcome::Wrong, note }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let note = error.to_string().lines().collect::<Vec<_>>().join("; ");
        let outcome = match &error {
            Error::Model { problems, .. } if problems.iter().all(|p| p.code != Code::Internal) => {
                Outcome::Refused
            }
            Error::Data(_) => Outcome::Refused,
            _ => Outcome::Wrong,
        };
        Self { outcome, note }
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::wrong(error.to_string())
    }
}

/// How a result differs from what the test wants: by more than its tolerances, or for integers at all.
fn difference(test: &Test, result: &Data, wanted: &Data) -> Option<String> {
    if result.dtype() != wanted.dtype() || result.len() != wanted.len() {
        let types = (result.dtype(), result.len(), wanted.dtype(), wanted.len());
        return Some(format!("{} x {} instead of {} x {}", types.0, types.1, types.2, types.3));
    }
    let (Data::F32(result), Data::F32(wanted)) = (result, wanted) else {
        return (result != wanted)
            .then(|| format!("{result:?} instead of {wanted:?}").chars().take(200).collect());
    };
    let far = |&(a, b): &(&f32, &f32)| {
        let (a, b) = (f64::from(*a), f64::from(*b));
        let tolerance = test.atol + test.rtol * b.abs();
        let near = (a - b).abs() <= tolerance;
        !near && a.to_bits() != b.to_bits() && !(a.is_nan() && b.is_nan())
    };
    let place = result.iter().zip(wanted).position(|pair| far(&pair))?;
    Some(format!("element {place} is {}, not {}", result[place], wanted[place]))
}

const HEAD: &str = "\
<!-- @generated by `cargo xtask docs`: do not edit. -->
# ONNX

Every command that takes a `.tflite` file takes a `.onnx` file as well: opsets from 7 on, tensors in files beside the model, functions of the model's own.

```text
smidgen run model.onnx --shape image=1x3x96x96
```

- **Shapes** must be known. A first dimension that alone is open counts as 1; `--shape` gives others. Shape arithmetic is carried out when the model is read.
- **Layout**: what ONNX computes with channels before rows and columns runs with channels last, as TFLite models do. Transpositions are carried through the layers until they cancel; layers that read a flattened image get their weights in its order. Inputs and outputs stay as the file has them, so that data for the model fits: an image with several channels is transposed once where it comes in. `--channels-last` lets the firmware take and give tensors of four axes with channels last instead, and saves that step too.
- **Batch normalisation**, and other products and sums with constants per channel, become part of the weights and biases of the layer before them. Such floats are rounded in another order than onnxruntime does.
- **Quantised models** compute in integers, with the kernels of TFLite models: `QuantizeLinear` and `DequantizeLinear` around an operator, and operators that name their scales (`QLinearConv`, `QLinearMatMul`, `QGemm`, `QLinearAdd` and others), become the same operators. uint8 becomes int8. Results are [onnxruntime's](oracles/onnx.md), to the bit where it computes with integers; `--rounding tflm` gives TFLite Micro's instead. What has no integer form is computed in floats between integers.
- **Floats** of half and double precision are computed in single precision.
- **State**: `LSTM`, `GRU` and `RNN` begin with the states that the model gives them, zeros as a rule. Where states are inputs and outputs of the model, `--state h0=hn` keeps output `hn` for input `h0` of the next inference.
- **Control flow**: `If` runs one of its graphs, or vanishes where the condition is known. `Loop` and `Scan` are not read yet.

What is not supported is refused, all at once, with the layer and the reason.

## Evidence

ONNX's own node tests, each a model of mostly one operator with inputs and outputs, run through the reference and through generated C on this computer. Floats must lie within the tests' own tolerances, integers must be equal.

```text
python3 scripts/onnx/node_tests.py nodes
cargo xtask nodes nodes --bless
cargo xtask docs
```
";

/// The page: what is committed of the results, by operator.
pub(crate) fn page(root: &Path) -> Result<String> {
    let mut reader = csv::Reader::from_path(root.join(RESULTS))?;
    let rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>()?;
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    let mut table: BTreeMap<&str, BTreeMap<Outcome, usize>> = BTreeMap::new();
    for row in &rows {
        *table.entry(&row.operators).or_default().entry(row.outcome).or_default() += 1;
    }
    let mut text = format!(
        "{HEAD}\n**{} of {} tests pass**, {} of them without anything to compile, as all follows from \
         constants; {} are wrong; {} are refused; {} have values that are no tensors of numbers.\n\n\
         | operator | passed | refused |\n|---|---|---|\n",
        count(Outcome::Passed) + count(Outcome::Folded),
        rows.len(),
        count(Outcome::Folded),
        count(Outcome::Wrong),
        count(Outcome::Refused),
        count(Outcome::Untried),
    );
    let number = |counts: &BTreeMap<Outcome, usize>, outcomes: &[Outcome]| -> usize {
        outcomes.iter().filter_map(|outcome| counts.get(outcome)).sum()
    };
    let mut refused = Vec::new();
    for (operator, counts) in &table {
        let passed = number(counts, &[Outcome::Passed, Outcome::Folded]);
        let others = number(counts, &[Outcome::Refused, Outcome::Wrong]);
        if passed == 0 {
            refused.push(format!("`{operator}`"));
            continue;
        }
        let others = if others == 0 { String::new() } else { others.to_string() };
        writeln!(text, "| `{operator}` | {passed} | {others} |")?;
    }
    write!(text, "\nRefused in all of their tests: {}.\n", refused.join(", "))?;
    Ok(text)
}
