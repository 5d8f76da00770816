//! Writes a model as a TFLite file, completely or not at all.

use crate::error::file_error;
use crate::{Error, Model};
use smidgen_compiler::export::tflite;
use std::path::Path;

/// Writes the model as it was imported, before optimisation, as a TFLite file; returns its size in
/// bytes. A file of that name is replaced.
///
/// # Errors
/// All layers that the format cannot say, or that the file cannot be written.
pub fn write_tflite(model: &Model, path: &Path) -> Result<usize, Error> {
    let bytes = tflite::write(&model.source)
        .map_err(|problems| Error::Model { name: model.name.clone(), problems })?;
    write_file(&bytes, path)?;
    Ok(bytes.len())
}

/// Writes a file, completely or not at all. A file of that name is replaced.
///
/// # Errors
/// The file cannot be written.
pub fn write_file(bytes: &[u8], path: &Path) -> Result<(), Error> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let staging = tempfile::Builder::new().prefix(".smidgen-").tempdir_in(parent);
    let staging = staging.map_err(|error| file_error("create a folder in", parent, error))?;
    let staged = staging.path().join("file");
    let write = || {
        std::fs::write(&staged, bytes)?;
        std::fs::rename(&staged, path)
    };
    write().map_err(|error| file_error("write", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use smidgen_compiler::frontend::{self, ReadOptions};

    #[test]
    fn a_model_is_written_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("again.tflite");
        let bytes = include_bytes!("../../../models/mixed_int8.tflite");
        let model = Model::from_bytes("mixed", bytes, &crate::Recipe::default()).unwrap();
        let size = write_tflite(&model, &path).unwrap();
        let written = std::fs::read(&path).unwrap();
        assert_eq!(written.len(), size);
        assert!(frontend::read(&written, &ReadOptions::default()).is_ok());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write_tflite(&model, &folder.path().join("none/again.tflite")).is_err());
    }
}
