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
        let shown = found.iter().map(|field| text(field, !name.is_empty()));
        output::text(&shown.collect::<Vec<_>>().join("\n"));
    }
    Ok(Outcome::Fine)
}

/// A field for people, with the values that it may have if they are wanted.
fn text(field: &Field, with_choices: bool) -> String {
    let Field { file, path, kind, required, description, choices } = field;
    let required = if *required { ", required" } else { "" };
    let mut text = format!("{path} ({file}/NAME.toml; {kind}{required})\n    {description}\n");
    for choice in choices.iter().filter(|_| with_choices) {
        writeln!(text, "    `{}`: {}", choice.value, choice.description)
            .expect("writing to a string cannot fail");
    }
    text
}
