//! The compiler's product: C text plus what a harness must know to drive it.

use crate::tensor::DType;
use serde::{Deserialize, Serialize};

/// Generated C sources and their description. Equal inputs give equal bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// Prefix of every C identifier; a valid C identifier itself.
    pub name: String,
    /// Generated files, sorted by path.
    pub files: Vec<BundleFile>,
    /// What a harness must know to drive the files.
    pub manifest: Manifest,
}

/// One generated text file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BundleFile {
    /// Path relative to the bundle, with `/` as separator.
    pub path: String,
    /// Content, UTF-8 with `\n` line ends.
    pub text: String,
}

/// Sizes, ports and steps of a generated model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Bytes of the arena, which holds inputs, outputs, activations and scratch. Aligned to 16.
    pub arena_bytes: usize,
    /// Bytes of the memory that keeps its content between inferences; 0 if the model has no state.
    pub state_bytes: usize,
    /// States in order, in the state memory.
    pub states: Vec<PortSpec>,
    /// Model inputs in order. Valid until the first step runs.
    pub inputs: Vec<PortSpec>,
    /// Model outputs in order. Valid after the last step.
    pub outputs: Vec<PortSpec>,
    /// Steps in execution order.
    pub steps: Vec<StepSpec>,
    /// Constant arrays, each content once.
    pub constants: Vec<ConstantSpec>,
}

/// A constant array of the generated code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConstantSpec {
    /// C symbol.
    pub symbol: String,
    /// Size in bytes.
    pub bytes: usize,
    /// Whether it holds the model's parameters (weights, biases) rather than smidgen's tables.
    pub is_weight: bool,
}

/// The memories that the caller of a model provides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// Working memory of one inference.
    #[default]
    Arena,
    /// Memory that keeps its content between inferences.
    State,
}

/// A tensor at a fixed place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortSpec {
    /// Name in the source model.
    pub name: String,
    /// The memory that it lies in.
    pub region: Region,
    /// Byte offset in the memory.
    pub offset: usize,
    /// Size in bytes.
    pub bytes: usize,
    /// Element type.
    pub element: ElementType,
    /// Dimensions, outermost first.
    pub shape: Vec<usize>,
    /// Scale, where the tensor is quantised per tensor.
    pub scale: Option<f32>,
    /// Zero point, where the tensor is quantised per tensor.
    pub zero_point: Option<i32>,
}

/// A part of the arena that a step uses while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScratchSpec {
    /// Byte offset in the arena.
    pub offset: usize,
    /// Size in bytes.
    pub bytes: usize,
}

/// Element types that ports can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ElementType {
    /// Signed 8-bit integer.
    Int8,
    /// Unsigned 8-bit integer.
    Uint8,
    /// Signed 16-bit integer.
    Int16,
    /// Signed 32-bit integer.
    Int32,
    /// Signed 64-bit integer.
    Int64,
    /// IEEE 754 binary32.
    Float32,
    /// One byte, 0 or 1.
    Bool,
}

/// One call of a kernel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepSpec {
    /// The source layer's name.
    pub name: String,
    /// The operator's name, such as `CONV_2D`.
    pub kind: String,
    /// C symbol of the step's function, never inlined: `void f(uint8_t *arena)`, or
    /// `void f(uint8_t *arena, uint8_t *state)` in a model with state.
    pub function: String,
    /// Multiply-accumulate operations of one inference.
    pub macs: u64,
    /// Parameters (weights and biases) in the source model.
    pub parameters: u64,
    /// Activations that the step reads.
    pub inputs: Vec<PortSpec>,
    /// Activations that the step writes.
    pub outputs: Vec<PortSpec>,
    /// Working memory of the step alone.
    pub scratch: Option<ScratchSpec>,
    /// C symbols of the constants that the step reads.
    pub constants: Vec<String>,
    /// C symbols of shared kernel functions that the step calls.
    pub kernels: Vec<String>,
}

impl ElementType {
    /// The element type in the graph.
    pub fn dtype(self) -> DType {
        match self {
            Self::Int8 => DType::I8,
            Self::Uint8 => DType::U8,
            Self::Int16 => DType::I16,
            Self::Int32 => DType::I32,
            Self::Int64 => DType::I64,
            Self::Float32 => DType::F32,
            Self::Bool => DType::Bool,
        }
    }
}

impl From<DType> for ElementType {
    fn from(dtype: DType) -> Self {
        match dtype {
            DType::I8 => Self::Int8,
            DType::U8 => Self::Uint8,
            DType::I16 => Self::Int16,
            DType::I32 => Self::Int32,
            DType::I64 => Self::Int64,
            DType::F32 => Self::Float32,
            DType::Bool => Self::Bool,
        }
    }
}
