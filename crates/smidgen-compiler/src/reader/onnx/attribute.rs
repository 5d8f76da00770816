//! Attributes of nodes, and typed access to them.

use super::{Bytes, Graph, Node, Tensor};

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// A number.
    Float(f32),
    /// An integer.
    Int(i64),
    /// Text, or bytes where an operator wants them.
    String(Bytes),
    /// A constant; sparse ones are expanded.
    Tensor(Tensor),
    /// A graph that the node runs.
    Graph(Box<Graph>),
    /// A list of numbers.
    Floats(Vec<f32>),
    /// A list of integers.
    Ints(Vec<i64>),
    /// A list of texts.
    Strings(Vec<Bytes>),
    /// A kind that no operator of neural networks has, as the format spells it, such as `TYPE_PROTO`.
    Other(&'static str),
}

/// Why an attribute cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// A required attribute is not there.
    #[error("attribute `{name}` is missing")]
    Missing {
        /// Name of the attribute.
        name: String,
    },
    /// It has another type.
    #[error("attribute `{name}` must be {expected}, not {found}")]
    Type {
        /// Name of the attribute.
        name: String,
        /// What it should be, with an article.
        expected: &'static str,
        /// What it is, with an article.
        found: &'static str,
    },
    /// Text has damaged characters.
    #[error("attribute `{name}` is not UTF-8 text")]
    Text {
        /// Name of the attribute.
        name: String,
    },
}

/// Types that an attribute can be read as.
pub trait FromAttribute<'a>: Sized {
    /// What the attribute must be, with an article.
    const EXPECTED: &'static str;

    /// The value, if it is of this type.
    fn from_attribute(attribute: &'a Attribute) -> Option<Self>;
}

macro_rules! from_attribute {
    ($type:ty, $expected:literal, $pattern:pat => $value:expr) => {
        impl<'a> FromAttribute<'a> for $type {
            const EXPECTED: &'static str = $expected;
            fn from_attribute(attribute: &'a Attribute) -> Option<Self> {
                if let $pattern = attribute { $value } else { None }
            }
        }
    };
}
from_attribute!(f32, "a float", Attribute::Float(value) => Some(*value));
from_attribute!(i64, "an integer", Attribute::Int(value) => Some(*value));
from_attribute!(bool, "0 or 1", Attribute::Int(value @ (0 | 1)) => Some(*value == 1));
from_attribute!(&'a str, "text", Attribute::String(text) => str::from_utf8(text).ok());
from_attribute!(&'a Tensor, "a tensor", Attribute::Tensor(tensor) => Some(tensor));
from_attribute!(&'a Graph, "a graph", Attribute::Graph(graph) => Some(graph));
from_attribute!(&'a [f32], "a list of floats", Attribute::Floats(list) => Some(list));
from_attribute!(&'a [i64], "a list of integers", Attribute::Ints(list) => Some(list));
from_attribute!(Vec<&'a str>, "a list of texts", Attribute::Strings(list) => {
    list.iter().map(|text| str::from_utf8(text).ok()).collect()
});

impl Attribute {
    /// What it is, with an article.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Float(_) => "a float",
            Self::Int(_) => "an integer",
            Self::String(_) => "text",
            Self::Tensor(_) => "a tensor",
            Self::Graph(_) => "a graph",
            Self::Floats(_) => "a list of floats",
            Self::Ints(_) => "a list of integers",
            Self::Strings(_) => "a list of texts",
            Self::Other(kind) => kind,
        }
    }
}

impl Node {
    /// The attribute `name` as a value of type `T`; none where the file leaves it to its default.
    pub fn get<'a, T: FromAttribute<'a>>(
        &'a self,
        name: &str,
    ) -> Result<Option<T>, AttributeError> {
        let Some((_, attribute)) = self.attributes.iter().find(|(key, _)| key == name) else {
            return Ok(None);
        };
        T::from_attribute(attribute).map(Some).ok_or_else(|| {
            let (name, expected, found) = (name.to_owned(), T::EXPECTED, attribute.kind());
            match attribute {
                Attribute::String(_) | Attribute::Strings(_) if expected == found => {
                    AttributeError::Text { name }
                }
                Attribute::Int(_) if expected == bool::EXPECTED => {
                    AttributeError::Type { name, expected, found: "another integer" }
                }
                _ => AttributeError::Type { name, expected, found },
            }
        })
    }

    /// The attribute `name`, which must be there, as a value of type `T`.
    pub fn require<'a, T: FromAttribute<'a>>(&'a self, name: &str) -> Result<T, AttributeError> {
        self.get(name)?.ok_or_else(|| AttributeError::Missing { name: name.to_owned() })
    }

    /// The integer `name`.
    pub fn int(&self, name: &str, default: i64) -> Result<i64, AttributeError> {
        Ok(self.get(name)?.unwrap_or(default))
    }

    /// The integer `name` that stands for a truth value.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, AttributeError> {
        Ok(self.get(name)?.unwrap_or(default))
    }

    /// The number `name`.
    pub fn float(&self, name: &str, default: f32) -> Result<f32, AttributeError> {
        Ok(self.get(name)?.unwrap_or(default))
    }

    /// The text `name`.
    pub fn string<'a>(&'a self, name: &str, default: &'a str) -> Result<&'a str, AttributeError> {
        Ok(self.get(name)?.unwrap_or(default))
    }

    /// The list of integers `name`.
    pub fn ints(&self, name: &str) -> Result<Option<&[i64]>, AttributeError> {
        self.get(name)
    }

    /// The list of numbers `name`.
    pub fn floats(&self, name: &str) -> Result<Option<&[f32]>, AttributeError> {
        self.get(name)
    }

    /// The constant `name`.
    pub fn tensor(&self, name: &str) -> Result<Option<&Tensor>, AttributeError> {
        self.get(name)
    }

    /// The graph `name`, which a node that runs graphs must have.
    pub fn graph(&self, name: &str) -> Result<&Graph, AttributeError> {
        self.require(name)
    }
}
