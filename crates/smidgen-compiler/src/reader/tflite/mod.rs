//! A TFLite file (schema version 3) as plain data whose indices and sizes have been checked.
//!
//! Lists are copied, because a flatbuffer may share one list between many owners: the copies are counted against
//! [`limits`], so that a small file cannot ask for much work or memory. Names and tensor contents are borrowed.

pub mod limits;
mod list;
mod operator;
mod parse;
mod place;
#[cfg(test)]
pub(crate) mod sample;
mod tensor;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use smidgen_schema::tflite::{
    BuiltinOperator, BuiltinOptions2Ref, BuiltinOptionsRef, TensorType,
};
use smidgen_schema::{BUILTIN_OPERATOR_NAMES, TENSOR_TYPE_NAMES};

use crate::diag::Diagnostic;

/// A whole file.
#[derive(Debug, Clone)]
pub struct Model<'a> {
    /// Free text of the converter, possibly empty.
    pub description: Cow<'a, str>,
    /// Graphs; the first is the one that runs. At least one.
    pub subgraphs: Vec<SubGraph<'a>>,
}

/// A graph of operators over tensors.
#[derive(Debug, Clone)]
pub struct SubGraph<'a> {
    /// Name, possibly empty.
    pub name: Cow<'a, str>,
    /// Tensors, which all other fields refer to by index.
    pub tensors: Vec<Tensor<'a>>,
    /// Tensors that the caller fills; valid indices.
    pub inputs: Vec<usize>,
    /// Tensors that the caller reads; valid indices.
    pub outputs: Vec<usize>,
    /// Operators in the order of execution.
    pub operators: Vec<Operator<'a>>,
}

/// A tensor's type and, where it is constant, its content.
#[derive(Debug, Clone)]
pub struct Tensor<'a> {
    /// Name, possibly empty, at most [`limits::MAX_NAME_BYTES`] long.
    pub name: Cow<'a, str>,
    /// Element type.
    pub element: TensorType,
    /// Dimensions, outermost first; as stored, so entries may be negative or zero.
    pub shape: Vec<i32>,
    /// Dimensions with -1 where the size is not known before the model runs; empty where all are.
    pub shape_signature: Vec<i32>,
    /// Content in little-endian row-major order; none where the tensor is computed. Not yet compared with the shape.
    pub data: Option<&'a [u8]>,
    /// Quantisation, where the file states any.
    pub quantization: Option<Quantization>,
    /// Whether the value outlives one inference.
    pub is_variable: bool,
    /// Whether the content is stored sparsely, which smidgen does not decode.
    pub is_sparse: bool,
}

/// Affine quantisation: real = scale · (stored − zero point).
#[derive(Debug, Clone, PartialEq)]
pub struct Quantization {
    /// Scales, one per tensor or one per index of the axis; empty in other schemes alone.
    pub scale: Vec<f32>,
    /// Zero points; empty or as many as scales.
    pub zero_point: Vec<i64>,
    /// Axis that several scales belong to; a valid axis of the tensor where there are several.
    pub axis: usize,
    /// Whether the file states a scheme other than per tensor and per axis (blockwise, multi-axis, custom).
    pub other_scheme: bool,
}

/// One operator of a graph.
#[derive(Debug, Clone)]
pub struct Operator<'a> {
    /// What it computes.
    pub code: OperatorCode<'a>,
    /// Version of the operator's semantics.
    pub version: i32,
    /// Tensors read, `None` where an optional input is absent; valid indices.
    pub inputs: Vec<Option<usize>>,
    /// Tensors written, `None` where an optional output is absent; valid indices.
    pub outputs: Vec<Option<usize>>,
    /// Tensors that say how numbers inside the operator are quantised; valid indices.
    pub intermediates: Vec<Option<usize>>,
    /// Attributes of a builtin operator; their scalar fields are read on access and may still be malformed.
    pub options: Option<BuiltinOptionsRef<'a>>,
    /// Attributes of newer builtin operators.
    pub options2: Option<BuiltinOptions2Ref<'a>>,
    /// Attributes of a custom operator, in a format of its own.
    pub custom_options: &'a [u8],
}

/// What an operator computes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperatorCode<'a> {
    /// An operator of the schema.
    Builtin(BuiltinOperator),
    /// A builtin operator newer than this schema.
    Unknown(i32),
    /// An operator outside the schema, by name.
    Custom(Cow<'a, str>),
}

impl<'a> Model<'a> {
    /// Whether the bytes carry the identifier of a TFLite file.
    pub fn detect(bytes: &[u8]) -> bool {
        bytes.get(4..8) == Some(b"TFL3")
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// All problems that can be told from each other, at most [`limits::MAX_PROBLEMS`], each naming its place.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Vec<Diagnostic>> {
        parse::model(bytes)
    }
}

impl OperatorCode<'_> {
    /// Name as the format spells it: `CONV_2D`, a custom operator's own name, or `BUILTIN_999`.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Builtin(code) => Cow::Borrowed(operator_name(*code)),
            Self::Unknown(code) => Cow::Owned(format!("BUILTIN_{code}")),
            Self::Custom(name) => Cow::Borrowed(name),
        }
    }
}

/// Name of a builtin operator as the format spells it, such as `CONV_2D`.
pub fn operator_name(code: BuiltinOperator) -> &'static str {
    BUILTIN_OPERATOR_NAMES[code as usize]
}

/// Name of an element type as the format spells it, such as `FLOAT32`.
pub fn type_name(element: TensorType) -> &'static str {
    TENSOR_TYPE_NAMES[element as usize]
}
