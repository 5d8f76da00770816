//! What can be wrong with target files and names.

/// A target file that cannot be used, or a board that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file's place does not say what it describes.
    #[error(
        "{file}: expected a path that ends in `pipelines/NAME.toml`, `cores/NAME.toml`, `chips/NAME.toml` or `boards/NAME.toml`"
    )]
    Place {
        /// Path of the file.
        file: String,
    },
    /// A folder has no target files.
    #[error(
        "{folder}: expected a folder with folders `boards`, `chips`, `cores` or `pipelines` in it"
    )]
    Folder {
        /// Path of the folder.
        folder: String,
    },
    /// A file or folder cannot be read.
    #[error("cannot read `{file}`: {message}")]
    Unreadable {
        /// Path of the file.
        file: String,
        /// Why.
        message: String,
    },
    /// A file's name cannot be typed, or stands for something else.
    #[error(
        "{file}: a file's name has letters, digits, `-` and `_` only, and no board is called `all` or `emulated`"
    )]
    Name {
        /// Path of the file.
        file: String,
    },
    /// Two files describe the same thing.
    #[error("{file}: there is already a {kind} of this name; rename one of the files")]
    Duplicate {
        /// Path of the second file.
        file: String,
        /// `pipeline`, `core`, `chip` or `board`.
        kind: &'static str,
    },
    /// Not TOML, or fields that are missing, unknown or of the wrong type.
    #[error("{file}: {message}")]
    Syntax {
        /// Path of the file.
        file: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// A field whose value makes no sense.
    #[error("{file}: field `{field}`: {message}")]
    Field {
        /// Path of the file.
        file: String,
        /// Name of the field.
        field: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// No board has this name.
    #[error("there is no board `{name}`{}", which_board(.nearest.as_deref()))]
    UnknownBoard {
        /// The name that was asked for.
        name: String,
        /// The board with the most similar name.
        nearest: Option<String>,
    },
}

/// `; did you mean …` where there is a name to suggest.
fn which_board(nearest: Option<&str>) -> String {
    match nearest {
        None => "; `smidgen boards` lists them".to_owned(),
        nearest => did_you_mean(nearest),
    }
}

pub(crate) fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}
