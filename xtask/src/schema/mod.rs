//! Regenerates the model format bindings from the committed schemas.

mod onnx;
mod tflite;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Writes the generated files of `smidgen-schema`. `root` is the workspace's folder.
pub(crate) fn regenerate(root: &Path) -> Result<()> {
    let crate_dir = root.join("crates/smidgen-schema");
    onnx::regenerate(&crate_dir)?;
    tflite::regenerate(&crate_dir)
}

/// Formats files of `folder` in place, as the project's sources are.
fn format(folder: &Path, files: &[&str]) -> Result<()> {
    let status = Command::new("rustfmt")
        .current_dir(folder)
        .args(["--edition", "2024", "--config-path"])
        .arg(crate::root())
        .args(files)
        .status()
        .context("cannot run `rustfmt`")?;
    ensure!(status.success(), "`rustfmt` failed on the generated bindings");
    Ok(())
}

/// `TensorShapeProto` becomes `tensor_shape_proto`.
fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
