//! Problems with a model, each with its place and what to do about it.

use std::fmt;

/// One problem, worded for the person who made the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable kind of the problem.
    pub code: Code,
    /// Where the problem is.
    pub at: Origin,
    /// What is wrong; no full stop at the end.
    pub text: String,
    /// What the user can do about it.
    pub hints: Vec<String>,
}

/// Stable kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// The file is no well-formed model.
    Malformed,
    /// The operator is not known or not implemented.
    UnsupportedOperator,
    /// The operator is known, but not with these types, shapes or attributes.
    UnsupportedForm,
    /// Types, shapes or quantisation contradict each other.
    Inconsistent,
    /// A shape is not known before the model runs.
    DynamicShape,
    /// A size exceeds a stated limit.
    TooLarge,
    /// The graph contradicts itself after a rewrite: a defect of smidgen.
    Internal,
}

impl Code {
    /// The name shown to users and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnsupportedOperator => "unsupported-operator",
            Self::UnsupportedForm => "unsupported-form",
            Self::Inconsistent => "inconsistent",
            Self::DynamicShape => "dynamic-shape",
            Self::TooLarge => "too-large",
            Self::Internal => "internal",
        }
    }
}

/// A place in a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The model as a whole.
    Model,
    /// A layer.
    Layer {
        /// Position in the source model.
        index: usize,
        /// Operator name, such as `CONV_2D`.
        kind: String,
        /// Name of the layer.
        name: String,
    },
    /// A tensor.
    Value {
        /// Name of the tensor.
        name: String,
    },
}

impl Diagnostic {
    /// A problem without hints.
    pub fn new(code: Code, at: Origin, text: impl Into<String>) -> Self {
        Self { code, at, text: text.into(), hints: Vec::new() }
    }

    /// Adds advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model => f.write_str("model"),
            Self::Layer { index, kind, name } => write!(f, "layer {index} {kind} `{name}`"),
            Self::Value { name } => write!(f, "tensor `{name}`"),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.text)?;
        self.hints.iter().try_for_each(|hint| write!(f, "\n  hint: {hint}"))
    }
}

impl std::error::Error for Diagnostic {}
