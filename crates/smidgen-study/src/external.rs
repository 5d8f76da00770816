//! Files beside a model that hold a part of it: nothing outside of the model's folder is read.

use crate::Error;
use crate::error::file_error;
use crate::model::read_file;
use smidgen_compiler::reader::onnx::Externals;
use std::path::Path;

/// Reads the files of the names `files`, relative to the folder of `model`, of at most `limit` bytes together.
pub(crate) fn read(model: &Path, files: &[String], limit: u64) -> Result<Externals, Error> {
    let folder = match model.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(|e| file_error("read", folder, e))?;
    let mut left = limit;
    let mut externals = Externals::new();
    for name in files {
        let path = folder.join(name);
        let target = path.canonicalize().map_err(|e| file_error("read", &path, e))?;
        // A link may lead anywhere, and what is no plain file may never end.
        if !target.starts_with(&folder) || !target.is_file() {
            let text = "is no file in the model's folder";
            return Err(Error::Data(format!("`{}`, a part of the model, {text}", path.display())));
        }
        let bytes = read_file(&target, left)?;
        left -= bytes.len() as u64;
        externals.insert(name.clone(), bytes.into());
    }
    Ok(externals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Model, Recipe};
    use smidgen_compiler::tensor::Data;
    use std::fs;

    /// Reads `name` beside a model in a folder with a file `weights.bin` of 4 bytes; gives its content or the problem.
    fn check(name: &str, expected: Result<&[u8], &str>) {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("model");
        fs::create_dir_all(folder.join("parts")).unwrap();
        fs::write(outside.path().join("secret"), b"no").unwrap();
        fs::write(folder.join("weights.bin"), b"1234").unwrap();
        fs::write(folder.join("parts/more.bin"), b"5").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../secret", folder.join("leak")).unwrap();
            std::os::unix::fs::symlink("weights.bin", folder.join("link")).unwrap();
        }
        let read = read(&folder.join("model.onnx"), &[name.to_owned()], 4);
        match (read, expected) {
            (Ok(externals), Ok(content)) => assert_eq!(externals[name], content),
            (Err(error), Err(text)) => assert!(error.to_string().contains(text), "{error}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn a_file_beside_the_model() {
        check("weights.bin", Ok(b"1234"));
    }

    #[test]
    fn a_file_below_the_model() {
        check("parts/more.bin", Ok(b"5"));
    }

    #[test]
    fn a_name_that_leads_out() {
        check("../secret", Err("is no file in the model's folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out() {
        check("leak", Err("is no file in the model's folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_stays() {
        check("link", Ok(b"1234"));
    }

    #[test]
    fn a_folder() {
        check("parts", Err("is no file in the model's folder"));
    }

    #[test]
    fn no_file() {
        check("absent.bin", Err("cannot read"));
    }

    #[test]
    fn a_file_above_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("weights.bin"), b"12345").unwrap();
        let read = read(&folder.path().join("model.onnx"), &["weights.bin".to_owned()], 4);
        assert!(read.unwrap_err().to_string().contains("larger than"));
    }

    fn load(fixture: &str) -> Result<Model, Error> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/onnx");
        Model::load(&folder.join(fixture), &Recipe::default())
    }

    #[test]
    fn a_model_with_a_part_in_another_file() {
        let model = load("good/external_data.onnx").unwrap();
        let whole = Data::F32((0..10_u8).map(f32::from).collect());
        let values = model.source.values();
        assert!(values.iter().any(|value| value.constant.as_deref() == Some(&whole)));
    }

    #[test]
    fn a_model_whose_part_is_missing() {
        let error = load("bad/external_missing.onnx").unwrap_err().to_string();
        assert!(error.contains("cannot read") && error.contains("absent.bin"), "{error}");
    }

    #[test]
    fn a_model_whose_part_lies_elsewhere() {
        let error = load("bad/external_escapes.onnx").unwrap_err().to_string();
        assert!(error.contains("`../weights.bin`, which is not below"), "{error}");
    }
}
