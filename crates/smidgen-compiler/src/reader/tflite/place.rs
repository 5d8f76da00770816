//! Places in a file, and how problems there are noted.

use std::fmt;

pub(super) use crate::reader::log::Log;

use crate::diag::{Code, Diagnostic, Origin};

/// A place in a file, worded for error messages.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    File,
    OperatorCode(usize),
    Buffer(usize),
    SubGraph(usize),
    Tensor { subgraph: usize, tensor: usize, name: &'a str },
    Operator { subgraph: usize, operator: usize, kind: &'a str },
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("file"),
            Self::OperatorCode(index) => write!(f, "operator code {index}"),
            Self::Buffer(index) => write!(f, "buffer {index}"),
            Self::SubGraph(index) => write!(f, "subgraph {index}"),
            Self::Tensor { subgraph, tensor, name: "" } => {
                write!(f, "subgraph {subgraph}, tensor {tensor}")
            }
            Self::Tensor { subgraph, tensor, name } => {
                write!(f, "subgraph {subgraph}, tensor {tensor} (`{name}`)")
            }
            Self::Operator { subgraph, operator, kind: "" } => {
                write!(f, "subgraph {subgraph}, operator {operator}")
            }
            Self::Operator { subgraph, operator, kind } => {
                write!(f, "subgraph {subgraph}, operator {operator} ({kind})")
            }
        }
    }
}

impl Log {
    /// Notes that the file is malformed at a place.
    pub(super) fn malformed_at(&mut self, place: Place, text: impl fmt::Display) {
        self.note_at(Code::Malformed, place, text);
    }

    /// Notes a problem at a place.
    pub(super) fn note_at(&mut self, code: Code, place: Place, text: impl fmt::Display) {
        self.note(|| Diagnostic::new(code, Origin::Model, format!("{place}{text}")));
    }

    /// Takes what an access of the bindings gave; an error is noted, with the default in its place.
    pub(super) fn take<T: Default>(
        &mut self,
        place: Place,
        field: &str,
        read: smidgen_schema::planus::Result<T>,
    ) -> T {
        read.unwrap_or_else(|error| {
            self.malformed_at(place, format_args!(", {field}: {}", reason(&error)));
            T::default()
        })
    }

    /// Pays for `count` list elements; notes the problem where the file shares its lists too often.
    pub(super) fn pay_at(&mut self, place: Place, count: usize) -> bool {
        self.pay(count, || {
            let text = format!("{place}: the lists of this file overlap, reading stops");
            Diagnostic::new(Code::TooLarge, Origin::Model, text)
        })
    }
}

/// What is wrong at one field, in words.
fn reason(error: &smidgen_schema::planus::Error) -> String {
    use smidgen_schema::planus::errors::ErrorKind;
    match error.error_kind {
        ErrorKind::InvalidOffset => "points outside the file".to_owned(),
        ErrorKind::InvalidLength => "reaches past the end of the file".to_owned(),
        ErrorKind::UnknownEnumTag { source } => format!("unknown value {}", source.tag),
        ErrorKind::UnknownUnionTag { tag } => format!("unknown kind {tag}"),
        ErrorKind::InvalidVtableLength { .. } => "has a damaged field table".to_owned(),
        ErrorKind::MissingRequired => "is missing".to_owned(),
        other => other.to_string(),
    }
}
