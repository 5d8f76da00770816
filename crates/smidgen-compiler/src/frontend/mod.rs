//! From the bytes of a model file to a verified graph.

pub mod onnx;
mod rounds;
pub mod tflite;

use crate::diag::{Code, Diagnostic, Origin};
use crate::graph::Graph;
use crate::ops::CustomOperator;
use crate::reader::onnx::Externals;
use crate::tensor::{Data, Rounding};

/// Most bytes that one tensor may take. No microcontroller holds as much, and hostile shapes stop here.
pub const MAX_TENSOR_BYTES: usize = 64 << 20;

/// Most bytes that all tensors of a model may take together.
pub const MAX_MODEL_BYTES: usize = 256 << 20;

/// Most elementary operations of one inference. The largest networks on microcontrollers take a
/// hundredth of it; the reference takes seconds for as many.
pub const MAX_WORK: u64 = 1 << 32;

/// What a reader must know besides the bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// Name of the model, such as the stem of its file name.
    pub name: String,
    /// Integer semantics of operators on which interpreters differ; by default those of the format's
    /// own: TFLite Micro's, and onnxruntime's for ONNX.
    pub rounding: Option<Rounding>,
    /// Operators outside the formats, whose C the user supplies.
    pub customs: Vec<CustomOperator>,
    /// Dimensions of inputs that the file leaves open, by the input's name.
    pub shapes: Vec<(String, Vec<usize>)>,
    /// Whether an ONNX model's inputs and outputs with four axes, `[batch, channels, rows, columns]`,
    /// get their channels last.
    pub channels_last: bool,
    /// Inputs that become constants.
    pub constants: Vec<GivenConstant>,
    /// Inputs that hold from one inference to the next what an output has given, with the outputs. Both
    /// are none of the graph's then; the first inference begins with zeros.
    pub states: Vec<(String, String)>,
    /// Contents of the files that [`external_files`] names.
    pub externals: Externals,
}

/// What the user puts in the place of an input.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenConstant {
    /// The input's name.
    pub name: String,
    /// Dimensions, outermost first.
    pub dims: Vec<usize>,
    /// The elements.
    pub data: Data,
}

/// A file format of models.
pub trait Frontend: Sync {
    /// Name of the format.
    fn name(&self) -> &'static str;

    /// Whether the bytes look like this format.
    fn detect(&self, bytes: &[u8]) -> bool;

    /// Names of the files beside the model that hold a part of it, relative to its folder and never above it.
    ///
    /// # Errors
    /// What makes the file unreadable, or every name that leads out of the folder.
    fn external_files(&self, bytes: &[u8]) -> Result<Vec<String>, Vec<Diagnostic>> {
        let _ = bytes;
        Ok(Vec::new())
    }

    /// Whose integer results are the contract where nothing else is said.
    fn rounding(&self) -> Rounding;

    /// Reads a model into a verified graph.
    ///
    /// # Errors
    /// All problems that can be told from each other, such as every unsupported layer.
    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Graph, Vec<Diagnostic>>;
}

/// All formats.
pub const ALL: &[&dyn Frontend] = &[&tflite::Tflite, &onnx::Onnx];

/// Whose integer results count for a model: what the options say, else the format's own.
pub fn rounding(bytes: &[u8], options: &ReadOptions) -> Rounding {
    let frontend = ALL.iter().find(|frontend| frontend.detect(bytes));
    let own = frontend.map_or(Rounding::default(), |frontend| frontend.rounding());
    options.rounding.unwrap_or(own)
}

/// Names of the files beside a model that hold a part of it; none where the format is unknown.
///
/// # Errors
/// What makes the file unreadable, or every name that leads out of the model's folder.
pub fn external_files(bytes: &[u8]) -> Result<Vec<String>, Vec<Diagnostic>> {
    let frontend = ALL.iter().find(|frontend| frontend.detect(bytes));
    frontend.map_or(Ok(Vec::new()), |frontend| frontend.external_files(bytes))
}

/// Reads a model of any known format.
///
/// # Errors
/// All problems that can be told from each other, or that the format is unknown.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Graph, Vec<Diagnostic>> {
    if let Some(frontend) = ALL.iter().find(|frontend| frontend.detect(bytes)) {
        return frontend.read(bytes, options);
    }
    let names: Vec<_> = ALL.iter().map(|frontend| frontend.name()).collect();
    let text = format!("the {} bytes are no model of a known format", bytes.len());
    let hint = format!("known formats: {}", names.join(", "));
    Err(vec![Diagnostic::new(Code::Malformed, Origin::Model, text).hint(hint)])
}
