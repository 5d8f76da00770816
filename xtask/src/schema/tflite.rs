//! Bindings of the TFLite format.
//!
//! The generator is the `planus` program (`cargo install planus-cli`), kept out of the workspace's dependencies.
//! Its output is thinned: builder types, serde derives and doc comments, which nothing here uses, are half of the text.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// Enumerations whose names users see as the format spells them.
const NAMED: [(&str, &str); 2] =
    [("BuiltinOperator", "BUILTIN_OPERATOR_NAMES"), ("TensorType", "TENSOR_TYPE_NAMES")];

/// Indentation of items in the generated namespace, and of the members of those items.
const ITEM: usize = 8;
const MEMBER: usize = 12;

/// Writes `tflite_generated.rs` and `names_generated.rs` into the crate in `folder`.
pub(crate) fn regenerate(folder: &Path) -> Result<()> {
    let source = "schema/tflite.fbs";
    let output = folder.join("src/tflite_generated.rs");
    let status = Command::new("planus")
        .current_dir(folder)
        .args(["rust", "-o"])
        .arg(&output)
        .arg(source)
        .status()
        .context("cannot run `planus`; install it with `cargo install planus-cli --version 1.3.0 --locked`")?;
    ensure!(status.success(), "`planus` failed on `{source}`");
    let text = std::fs::read_to_string(&output)?;
    std::fs::write(&output, thin(&text)?)?;

    let schema = std::fs::read_to_string(folder.join(source))?;
    std::fs::write(folder.join("src/names_generated.rs"), names(&schema)?)?;
    super::format(folder, &["src/tflite_generated.rs", "src/names_generated.rs"])
}

/// Drops builders, serde derives and doc comments from the output of `planus`.
fn thin(text: &str) -> Result<String> {
    let text = text.replace(", ::serde::Serialize, ::serde::Deserialize", "").replace(
        "            ::serde::Serialize,
            ::serde::Deserialize,
",
        "",
    );
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with("///")).collect();
    let start = lines
        .iter()
        .position(|line| line.starts_with("    pub mod "))
        .context("the output of `planus` has no namespace")?;
    let mut out = String::from(
        "//! @generated from `schema/tflite.fbs` by `cargo xtask schema`: do not edit.\n\n",
    );
    append(&mut out, &lines[..=start]);
    let mut rest = &lines[start + 1..];
    while let Some(length) = item_length(rest, ITEM) {
        let item = without_builder_function(&rest[..length]);
        if !item.iter().any(|line| names_builder(line)) {
            append(&mut out, &item);
        }
        rest = &rest[length..];
    }
    append(&mut out, rest);
    Ok(out)
}

fn append(out: &mut String, lines: &[&str]) {
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
}

/// How many lines the first item takes, with the attributes before it.
fn item_length(lines: &[&str], indent: usize) -> Option<usize> {
    let ends = |line: &&str| {
        let body = line.trim_start();
        line.len() - body.len() == indent
            && (body == "}" || body.ends_with("{}") || body.ends_with(';'))
    };
    lines.iter().position(ends).map(|index| index + 1)
}

/// Removes `fn builder()` from an `impl` block.
fn without_builder_function<'a>(item: &[&'a str]) -> Vec<&'a str> {
    let Some(open) = item.iter().position(|line| line.ends_with('{')) else {
        return item.to_vec();
    };
    let mut kept = item[..=open].to_vec();
    let mut rest = &item[open + 1..];
    while let Some(length) = item_length(rest, MEMBER) {
        if !rest[..length].iter().any(|line| line.trim_start().starts_with("pub fn builder()")) {
            kept.extend_from_slice(&rest[..length]);
        }
        rest = &rest[length..];
    }
    kept.extend_from_slice(rest);
    kept
}

/// Whether a line names a generated builder type, such as `ModelBuilder`.
fn names_builder(line: &str) -> bool {
    line.match_indices("Builder").any(|(at, _)| {
        line[..at].chars().next_back().is_some_and(|before| before.is_ascii_alphanumeric())
    })
}

/// Tables of the names of enumeration values, indexed by value.
fn names(schema: &str) -> Result<String> {
    let mut out = String::from(
        "//! @generated from `schema/tflite.fbs` by `cargo xtask schema`: do not edit.\n",
    );
    for (enumeration, constant) in NAMED {
        let values = enum_values(schema, enumeration)?;
        write!(
            out,
            "\n/// Names of the values of `{enumeration}` as the format spells them, indexed by value.\n\
             pub const {constant}: [&str; {}] = [\n",
            values.len()
        )?;
        for name in values {
            writeln!(out, "    \"{name}\",")?;
        }
        out.push_str("];\n");
    }
    Ok(out)
}

/// The names of an enumeration's values, which must count from 0 without gaps.
fn enum_values<'a>(schema: &'a str, enumeration: &str) -> Result<Vec<&'a str>> {
    let head = format!("enum {enumeration}:");
    let body = schema
        .split_once(&head)
        .and_then(|(_, rest)| rest.split_once('{'))
        .and_then(|(_, rest)| rest.split_once('}'))
        .map(|(body, _)| body)
        .with_context(|| format!("the schema has no `{head}`"))?;
    let mut names = Vec::new();
    for entry in body.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        match entry
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim().parse::<usize>()))
        {
            Some((name, Ok(value))) if names.len() == value => names.push(name),
            _ => bail!("`{enumeration}` is not numbered 0, 1, 2 …: `{entry}`"),
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATED: &str = "\
mod root {
    pub mod tflite {
        /// The table
        #[derive(
            Clone,
            ::serde::Serialize,
            ::serde::Deserialize,
        )]
        pub struct Buffer {
            pub size: u64,
        }

        impl Buffer {
            /// Creates a [BufferBuilder].
            pub fn builder() -> BufferBuilder<()> {
                BufferBuilder(())
            }

            pub fn create(builder: &mut ::planus::Builder) {
            }
        }

        /// Builder
        pub struct BufferBuilder<State>(State);

        impl BufferBuilder<()> {
        }
    }
}
";

    #[test]
    fn builders_and_serde_are_dropped() {
        let thinned = thin(GENERATED).unwrap();
        assert!(!thinned.contains("BufferBuilder") && !thinned.contains("serde"), "{thinned}");
        assert!(thinned.contains("pub fn create(builder: &mut ::planus::Builder)"), "{thinned}");
        assert!(thinned.ends_with("    }\n}\n"), "{thinned}");
    }

    #[test]
    fn names_follow_the_values() {
        assert_eq!(enum_values("enum A: byte { X = 0, Y = 1, }", "A").unwrap(), ["X", "Y"]);
        assert!(enum_values("enum A: byte { X = 0, Y = 2, }", "A").is_err());
    }
}
