//! Reads the target files of a folder.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::registry::FOLDERS;
use crate::{Error, Registry, SourceFile};

/// Target files are a few kilobytes; a larger one is something else.
const FILE_MOST: u64 = 1 << 20;
/// More files are not a catalogue.
const FILES_MOST: usize = 10_000;

impl Registry {
    /// The built-in targets and those in `folder`, which has folders `cores`, `chips`, `boards` and
    /// `pipelines`, at least one of them.
    pub fn with_folder(folder: &Path) -> Result<Self, Error> {
        let mut files = Vec::new();
        let mut found = false;
        for kind in FOLDERS {
            let place = folder.join(kind);
            if place.is_dir() {
                found = true;
                read_into(&place, &format!("{}/{kind}", folder.display()), &mut files)?;
            }
        }
        if !found {
            return Err(Error::Folder { folder: folder.display().to_string() });
        }
        let files: Vec<_> = files.iter().map(|(path, text)| SourceFile { path, text }).collect();
        Self::load(&files)
    }
}

/// Reads all TOML files right in `place`, sorted by name. `shown` is its path in messages.
fn read_into(place: &Path, shown: &str, files: &mut Vec<(String, String)>) -> Result<(), Error> {
    let unreadable = |what: &str, error: &dyn ToString| Error::Unreadable {
        file: what.to_owned(),
        message: error.to_string(),
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(place).map_err(|e| unreadable(shown, &e))? {
        let path = entry.map_err(|e| unreadable(shown, &e))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
        if paths.len() + files.len() > FILES_MOST {
            return Err(unreadable(shown, &format!("more than {FILES_MOST} files")));
        }
    }
    paths.sort();
    for path in paths {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let shown = format!("{shown}/{name}");
        let text = read(&path).map_err(|error| unreadable(&shown, &error))?;
        files.push((shown, text));
    }
    Ok(())
}

fn read(path: &Path) -> std::io::Result<String> {
    // Pipes and devices may never end, and opening some of them already waits.
    if !fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("not a file"));
    }
    let mut text = String::new();
    fs::File::open(path)?.take(FILE_MOST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > FILE_MOST {
        return Err(std::io::Error::other(format!("larger than {FILE_MOST} bytes")));
    }
    Ok(text)
}
