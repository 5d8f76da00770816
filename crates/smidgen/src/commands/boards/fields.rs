//! What the fields of target files mean.

use crate::cli::Cli;
use crate::commands::Outcome;
use crate::output;
use serde_json::json;
use smidgen_study::Error;
use smidgen_target::{Field, explain, fields};
use std::fmt::Write;

/// Explains the fields of a name; all fields if it is empty.
pub(super) fn run(name: &str, cli: &Cli) -> Result<Outcome, Error> {
    let found = match name {
        "" => fields(),
        _ => explain(name).map_err(|error| Error::Usage(error.to_string()))?,
    };
    if cli.json {
        output::json(&json!({ "schema": "smidgen.fields/1", "fields": found }));
    } else {
        output::text(&found.iter().map(text).collect::<Vec<_>>().join("\n"));
    }
    Ok(Outcome::Fine)
}

fn text(field: &Field) -> String {
    let Field { file, path, kind, required, description, choices } = field;
    let required = if *required { ", required" } else { "" };
    let mut text = format!("{path} ({file}/NAME.toml; {kind}{required})\n    {description}\n");
    for choice in choices {
        writeln!(text, "    `{}`: {}", choice.value, choice.description)
            .expect("writing to a string cannot fail");
    }
    text
}
