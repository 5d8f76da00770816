//! An ONNX file (IR versions 3 to 14) as plain data that has been checked.
//!
//! Functions of the model are inlined, external contents are resolved, and every tensor's content has the same form
//! however the file stores it. Every name that a node reads is defined before it, by its own graph or by one around
//! it. What decoding and inlining may take is counted against [`limits`] beforehand, so that a small file cannot ask
//! for much work or memory.

mod attribute;
mod check;
mod convert;
mod external;
mod functions;
pub mod limits;
mod names;
mod parse;
mod sparse;
mod tensor;
mod wire;

use std::collections::BTreeMap;

pub use smidgen_schema::onnx::tensor_proto::DataType as ElementType;
pub use smidgen_schema::prost::bytes::Bytes;

pub use self::attribute::{Attribute, AttributeError, FromAttribute};
pub use self::external::{Externals, external_files};
pub use self::tensor::{Tensor, element_bits};
use crate::diag::Diagnostic;

/// A whole file.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Version of the file's structure, from 3 on.
    pub ir_version: i64,
    /// Versions of the operator sets that the model imports, by domain; the domain of ONNX itself is empty.
    ///
    /// A function may import others, so that [`Node::version`] decides for a node.
    pub opsets: BTreeMap<String, i64>,
    /// The graph that runs.
    pub graph: Graph,
}

/// A graph of nodes over named values. A name means its innermost definition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// Name, possibly empty.
    pub name: String,
    /// Values that the caller fills: without those that an initializer fills.
    pub inputs: Vec<ValueInfo>,
    /// Values that the caller reads; each is defined.
    pub outputs: Vec<ValueInfo>,
    /// What the file states of other values; hints of a converter, which may be wrong.
    pub value_infos: Vec<ValueInfo>,
    /// Constants by name.
    pub initializers: Vec<Tensor>,
    /// Nodes in an order in which they can run.
    pub nodes: Vec<Node>,
}

/// One operator of a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Name for people, never empty; that of the first output where the file states none.
    pub name: String,
    /// What it computes, such as `Conv`.
    pub op_type: String,
    /// Where the operator is defined: empty for ONNX itself, or a name such as `com.microsoft`.
    pub domain: String,
    /// Version of the operator set of `domain` that the node is bound to.
    pub version: i64,
    /// Values read, `None` where an optional input is absent; the last one is present.
    pub inputs: Vec<Option<String>>,
    /// Values written, `None` where an optional output is absent; the last one is present.
    pub outputs: Vec<Option<String>>,
    /// Attributes in the order of the file; names are distinct.
    pub attributes: Vec<(String, Attribute)>,
}

/// What the file states of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueInfo {
    /// Name, never empty.
    pub name: String,
    /// Its type.
    pub ty: ValueType,
}

/// The type of a value, as far as the file states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueType {
    /// The file states none, as it may inside of graphs.
    Unknown,
    /// A tensor.
    Tensor {
        /// Element type; never `Undefined`.
        element: ElementType,
        /// Dimensions, outermost first; none where not even the rank is known.
        dims: Option<Vec<Dim>>,
    },
    /// Something else, in words: `sequence`, `map`, `optional`, `sparse tensor`, `opaque`.
    Other(&'static str),
}

/// A dimension of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dim {
    /// A size.
    Fixed(usize),
    /// A size that is the same wherever the name stands, never empty.
    Named(String),
    /// A size that only the running model knows.
    Open,
}

impl Model {
    /// Whether the bytes look like an ONNX file: the fields of a model, with a version and a graph among them.
    pub fn detect(bytes: &[u8]) -> bool {
        wire::detect(bytes)
    }

    /// Reads a whole file, with the contents of the files that [`external_files`] names.
    ///
    /// # Errors
    /// All problems that can be told from each other, at most [`limits::MAX_PROBLEMS`], each naming its place.
    pub fn parse(bytes: &[u8], externals: &Externals) -> Result<Self, Vec<Diagnostic>> {
        parse::model(bytes, externals)
    }
}

impl Node {
    /// Name of input `index`, where there is one.
    pub fn input(&self, index: usize) -> Option<&str> {
        self.inputs.get(index)?.as_deref()
    }

    /// Name of output `index`, where there is one.
    pub fn output(&self, index: usize) -> Option<&str> {
        self.outputs.get(index)?.as_deref()
    }
}
