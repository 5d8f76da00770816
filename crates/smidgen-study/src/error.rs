//! What can go wrong, and whose fault it is.

use smidgen_compiler::diag::Diagnostic;
use std::fmt;
use std::path::{Path, PathBuf};

/// A failure, in the words of the person who meets it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The model cannot be used.
    #[error("{}", Problems(name, problems))]
    Model {
        /// Name of the model.
        name: String,
        /// All problems that were found.
        problems: Vec<Diagnostic>,
    },
    /// Input data do not suit the model or are unreadable.
    #[error("{0}")]
    Data(String),
    /// An option or a recipe makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read or written.
    #[error("cannot {action} `{path}`: {source}", path = path.display())]
    File {
        /// What was attempted, such as `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A board is unknown or badly described.
    #[error(transparent)]
    Target(#[from] smidgen_target::Error),
    /// A run cannot be priced.
    #[error(transparent)]
    Price(#[from] smidgen_timing::price::Error),
    /// Building or running failed.
    #[error(transparent)]
    Run(#[from] smidgen_run::Error),
}

impl Error {
    /// Whether the model or its result is to blame rather than the tool or its environment.
    pub fn blames_model(&self) -> bool {
        match self {
            Self::Model { .. } | Self::Data(_) => true,
            Self::Usage(_) | Self::File { .. } | Self::Target(_) | Self::Price(_) => false,
            Self::Run(error) => error.class() == smidgen_run::ErrorClass::Model,
        }
    }
}

impl Error {
    /// The single problems of a model, in words.
    pub fn problems(&self) -> Vec<String> {
        match self {
            Self::Model { problems, .. } => problems.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    }
}

/// Lists problems, one per line.
struct Problems<'a>(&'a str, &'a [Diagnostic]);

impl fmt::Display for Problems<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name, problems) = self;
        let s = if problems.len() == 1 { "" } else { "s" };
        write!(f, "cannot use model `{name}`: {} problem{s}", problems.len())?;
        for problem in *problems {
            write!(f, "\n  {}", problem.to_string().replace('\n', "\n  "))?;
        }
        Ok(())
    }
}

/// A failed access to `path`.
pub(crate) fn file_error(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::File { action, path: path.to_owned(), source }
}

/// A data file or folder that cannot be used, and why.
pub(crate) fn data_error(path: &Path, text: impl fmt::Display) -> Error {
    Error::Data(format!("`{}`: {text}", path.display()))
}
