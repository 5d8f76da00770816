//! What the operators' importers see of an ONNX node.

use crate::diag::Code;
use crate::ops::OpError;
use crate::reader::onnx::Node;
use crate::tensor::{Data, Quant, Rounding, TensorType};

/// The version of ONNX's operators that onnxruntime's on integers are like.
const MICROSOFT_OPSET: i64 = 13;

/// An input of a node: the type of the value, and its elements if they are known.
#[derive(Debug, Clone, Copy)]
pub struct Port<'a> {
    /// The type in the graph.
    pub ty: &'a TensorType,
    /// The elements, if they were stored or computed from shapes and constants.
    pub constant: Option<&'a Data>,
}

/// A node of an ONNX model whose inputs are known.
#[derive(Debug, Clone)]
pub struct Layer<'a> {
    /// The node in the file.
    pub node: &'a Node,
    /// Inputs in order, `None` where an optional one is absent.
    pub inputs: Vec<Option<Port<'a>>>,
    /// Whose integer results are the contract.
    pub rounding: Rounding,
    /// Scale and zero point of the first output, where the node computes in integers.
    pub result: Option<Quant>,
}

impl Layer<'_> {
    /// An integer attribute, if it is there.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, OpError> {
        Ok(self.node.get(name)?)
    }

    /// Whether an attribute that stands for a truth value, and else is `default`, is not 0.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, OpError> {
        Ok(self.integer(name)?.map_or(default, |value| value != 0))
    }

    /// A list of integers, if it is there.
    pub fn integers(&self, name: &str) -> Result<Option<Vec<i64>>, OpError> {
        Ok(self.node.ints(name)?.map(<[i64]>::to_vec))
    }

    /// A float attribute, or `default`.
    pub fn float(&self, name: &str, default: f32) -> Result<f32, OpError> {
        Ok(self.node.float(name, default)?)
    }

    /// A text, or `default`.
    pub fn text(&self, name: &str, default: &'static str) -> Result<String, OpError> {
        Ok(self.node.string(name, default)?.to_owned())
    }

    /// A list of texts; empty where it is absent.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, OpError> {
        let list: Option<Vec<&str>> = self.node.get(name)?;
        Ok(list.unwrap_or_default().into_iter().map(str::to_owned).collect())
    }

    /// A text attribute, which must be one of `known`.
    pub fn choice<T: Copy>(
        &self,
        name: &str,
        default: &'static str,
        known: &[(&str, T)],
    ) -> Result<T, OpError> {
        let text = self.text(name, default)?;
        let found = known.iter().find(|(word, _)| *word == text);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<_> = known.iter().map(|(word, _)| format!("`{word}`")).collect();
            OpError::unsupported(format!("attribute `{name}` is `{text}`"))
                .hint(format!("supported are {}", words.join(", ")))
        })
    }

    /// Version of the operator set that the node's operator belongs to. onnxruntime's operators are
    /// like those of a recent version of ONNX's, or say which.
    pub fn opset(&self) -> i64 {
        let own = || self.integer("opset").ok().flatten().unwrap_or(MICROSOFT_OPSET);
        if self.node.domain == "com.microsoft" { own() } else { self.node.version }
    }

    /// How many outputs there are, the last of which is asked for.
    pub fn outputs(&self) -> usize {
        self.node.outputs.len()
    }

    /// Whether output `index` is asked for.
    pub fn wants(&self, index: usize) -> bool {
        self.node.outputs.get(index).is_some_and(Option::is_some)
    }
}

/// An input that has to be there.
pub(super) fn missing(index: usize) -> OpError {
    let text = format!("input {index} is missing");
    OpError { code: Code::Malformed, text, hint: None }
}
