//! Bindings of the ONNX format: structs by `prost-build`, and a table of what decoding them allocates.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use protox::prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::{format, snake_case};

/// The schema, relative to the crate's folder.
const SCHEMA: &str = "schema/onnx.proto";

/// The generated files, relative to the folder of the crate's sources.
const BINDINGS: &str = "onnx_generated.rs";
const LAYOUT: &str = "onnx_layout_generated.rs";

/// Fields that few attributes have, so that the others stay small.
const BOXED: [&str; 3] = ["t", "g", "sparse_tensor"];

/// Writes the bindings and the table into the crate in `folder`.
pub(crate) fn regenerate(folder: &Path) -> Result<()> {
    generate(folder, &folder.join("src"))
}

/// Writes both files for the crate in `folder` to the folder `output`.
fn generate(folder: &Path, output: &Path) -> Result<()> {
    let mut compiler = protox::Compiler::new([folder])?;
    compiler.open_file(folder.join(SCHEMA)).context("the schema of ONNX is broken")?;
    let head = "//! @generated from `schema/onnx.proto` by `cargo xtask schema`: do not edit.\n\n";

    let scratch = tempfile::tempdir()?;
    let mut config = prost_build::Config::new();
    config.out_dir(scratch.path()).bytes(["."]);
    for field in BOXED {
        config.boxed(format!(".onnx.AttributeProto.{field}"));
    }
    config.compile_fds(compiler.file_descriptor_set())?;
    let bindings = std::fs::read_to_string(scratch.path().join("onnx.rs"))?;
    std::fs::write(output.join(BINDINGS), head.to_owned() + &bindings)?;

    let mut table =
        format!("{head}use crate::layout::{{Field, Layout}};\nuse crate::onnx_generated::*;\n");
    for message in compiler.descriptor_pool().all_messages() {
        write!(table, "\n{}", layout(&message))?;
    }
    std::fs::write(output.join(LAYOUT), table)?;
    format(output, &[BINDINGS, LAYOUT])
}

/// The table of one message.
fn layout(message: &MessageDescriptor) -> String {
    let fields: String = message
        .fields()
        .filter_map(|field| Some(format!("({}, Field::{}),", field.number(), kind(&field)?)))
        .collect();
    format!(
        "/// What decoding a `{}` allocates.\npub static {}: Layout = Layout {{ bytes: size_of::<{}>(), fields: &[{fields}] }};\n",
        message.name(),
        constant(message),
        path(message)
    )
}

/// What a field allocates, if it does.
fn kind(field: &FieldDescriptor) -> Option<String> {
    Some(match (field.kind(), field.is_list()) {
        (Kind::Message(message), false) => format!("Message(&{})", constant(&message)),
        (Kind::Message(message), true) => format!("Messages(&{})", constant(&message)),
        (Kind::String, false) => "Text".to_owned(),
        (Kind::String, true) => "Texts".to_owned(),
        (Kind::Bytes, true) => "Contents".to_owned(),
        (Kind::Int32, true) => "Varints(4)".to_owned(),
        (Kind::Int64 | Kind::Uint64, true) => "Varints(8)".to_owned(),
        (Kind::Float, true) => "Numbers(4)".to_owned(),
        (Kind::Double, true) => "Numbers(8)".to_owned(),
        (_, false) => return None,
        (other, true) => unreachable!("no list of {other:?} is in the schema"),
    })
}

/// Name of a message's table.
fn constant(message: &MessageDescriptor) -> String {
    let parents = message.parent_message().map(|parent| constant(&parent) + "_");
    parents.unwrap_or_default() + &snake_case(message.name()).to_uppercase()
}

/// Path of a message's struct as `prost-build` names it.
fn path(message: &MessageDescriptor) -> String {
    let parents = message.parent_message().map(|parent| snake_case(parent.name()) + "::");
    parents.unwrap_or_default() + message.name()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_bindings_are_fresh() {
        let folder = crate::root().join("crates/smidgen-schema");
        let output = tempfile::tempdir().unwrap();
        generate(&folder, output.path()).unwrap();
        for file in [BINDINGS, LAYOUT] {
            let [fresh, committed] = [output.path(), &folder.join("src")]
                .map(|folder| std::fs::read_to_string(folder.join(file)).unwrap());
            assert!(fresh == committed, "{file} is stale: run `cargo xtask schema`");
        }
    }
}
