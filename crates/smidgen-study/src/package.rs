//! Writes a generated model as a folder of C sources, completely or not at all.

use crate::Error;
use crate::error::file_error;
use smidgen_compiler::emit::{Bundle, BundleFile, package_files};
use std::fs;
use std::path::Path;

/// Writes the bundle with an example and a `CMakeLists.txt` into `folder`, which must not exist or
/// be empty unless `force` allows to overwrite. Returns the paths of the files, relative to it.
pub fn write_package(bundle: &Bundle, folder: &Path, force: bool) -> Result<Vec<String>, Error> {
    let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !force {
        return Err(Error::Usage(format!(
            "folder `{}` is not empty; choose another one or pass `--force`",
            folder.display()
        )));
    }
    let mut files = bundle.files.clone();
    files.extend(package_files(bundle));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    write_files(&files, folder)?;
    Ok(files.into_iter().map(|file| file.path).collect())
}

/// Writes files into a new folder beside `folder`, then moves them into place.
pub(crate) fn write_files(files: &[BundleFile], folder: &Path) -> Result<(), Error> {
    let parent = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|e| file_error("create", parent, e))?;
    let staging = tempfile::Builder::new().prefix(".smidgen-").tempdir_in(parent);
    let staging = staging.map_err(|e| file_error("create a folder in", parent, e))?;
    for file in files {
        let path = staging.path().join(&file.path);
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(staging.path()))?;
            fs::write(&path, &file.text)
        };
        write().map_err(|e| file_error("write", &path, e))?;
    }
    for file in files {
        let (from, to) = (staging.path().join(&file.path), folder.join(&file.path));
        let place = || {
            fs::create_dir_all(to.parent().unwrap_or(folder))?;
            fs::rename(&from, &to)
        };
        place().map_err(|e| file_error("write", &to, e))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_content_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = |text: &str| BundleFile { path: "a/b.c".into(), text: text.into() };
        let to = folder.path().join("x/y");
        write_files(&[file("one")], &to).unwrap();
        write_files(&[file("two")], &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("a/b.c")).unwrap(), "two");
        let manifest = smidgen_compiler::emit::Manifest {
            arena_bytes: 8,
            state_bytes: 0,
            states: vec![],
            inputs: vec![],
            outputs: vec![],
            steps: vec![],
            constants: vec![],
        };
        let bundle = Bundle { name: "m".into(), files: vec![file("three")], manifest };
        assert!(write_package(&bundle, &to, false).is_err());
        assert_eq!(fs::read_to_string(to.join("a/b.c")).unwrap(), "two");
        write_package(&bundle, &to, true).unwrap();
        assert_eq!(fs::read_to_string(to.join("a/b.c")).unwrap(), "three");
        assert_eq!(fs::read_dir(folder.path().join("x")).unwrap().count(), 1);
    }
}
