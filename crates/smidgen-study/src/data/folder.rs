//! Files of one sample each: which there are, and what classes their folders or a table give them.

use super::labels::Labels;
use super::source::{MAX_SAMPLES, ending};
use super::spec::Spec;
use super::table::{self, Rows};
use crate::Error;
use crate::arrays::listed;
use crate::error::{data_error, file_error};
use std::path::{Component, Path, PathBuf};

/// What files of one sample hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// PNG or JPEG.
    Images,
    /// WAV.
    Sound,
}

impl Content {
    /// What a file with this ending holds, if it is a sample.
    pub(super) fn of(ending: &str) -> Option<Self> {
        match ending {
            "png" | "jpg" | "jpeg" => Some(Self::Images),
            "wav" => Some(Self::Sound),
            _ => None,
        }
    }
}

/// Files in the order of the samples.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) content: Content,
    pub(super) paths: Vec<PathBuf>,
    pub(super) labels: Option<Labels>,
}

/// Lists the files that `spec` names.
pub(super) fn list(spec: &Spec) -> Result<Files, Error> {
    let root = &spec.path;
    if root.is_file() {
        return classified(root, vec![root.clone()], None);
    }
    if let Some(table) = spec.labels.as_ref().filter(|path| is_table(path))
        && let Some(files) = of_table(table, spec)?
    {
        return Ok(files);
    }
    let Entries { samples, folders } = entries(root)?;
    if folders.is_empty() {
        return classified(root, samples, None);
    }
    if !samples.is_empty() {
        let text = format!(
            "holds samples (`{}`) beside folders of classes (`{}`); have either",
            name(&samples[0]),
            name(&folders[0])
        );
        return Err(data_error(root, text));
    }
    let files = of_classes(spec, &folders)?;
    // Labels of a file of their own win.
    let labels = files.labels.filter(|_| spec.labels.is_none());
    Ok(Files { labels, ..files })
}

/// A folder's samples and folders, sorted; hidden ones and other files are passed over.
#[derive(Debug, Default)]
struct Entries {
    samples: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

fn entries(folder: &Path) -> Result<Entries, Error> {
    let fail = |source| file_error("read", folder, source);
    let mut found = Entries::default();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if name(&path).starts_with('.') {
            continue;
        }
        if path.is_dir() {
            found.folders.push(path);
        } else if Content::of(&ending(&path)).is_some() {
            found.samples.push(path);
        }
        if found.samples.len() > MAX_SAMPLES || found.folders.len() > MAX_SAMPLES {
            return Err(data_error(folder, format!("has more than {MAX_SAMPLES} files")));
        }
    }
    found.samples.sort();
    found.folders.sort();
    Ok(found)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Every folder is a class.
fn of_classes(spec: &Spec, folders: &[PathBuf]) -> Result<Files, Error> {
    let names: Vec<String> = folders.iter().map(|folder| name(folder)).collect();
    let classes = if spec.classes.is_empty() { names.clone() } else { spec.classes.clone() };
    let (mut files, mut indices) = (Vec::new(), Vec::new());
    for (folder, name) in folders.iter().zip(&names) {
        let Some(class) = classes.iter().position(|class| class == name) else {
            let text = format!("folder `{name}` is none of the classes {}", listed(&classes));
            return Err(data_error(&spec.path, text));
        };
        let inside = entries(folder)?;
        if let Some(deeper) = inside.folders.first() {
            return Err(data_error(deeper, "is a folder inside the folder of a class"));
        }
        indices.resize(indices.len() + inside.samples.len(), class);
        files.extend(inside.samples);
    }
    classified(&spec.path, files, Some(Labels::of_classes(indices, classes)))
}

/// Finds out what the files hold.
fn classified(root: &Path, paths: Vec<PathBuf>, labels: Option<Labels>) -> Result<Files, Error> {
    let content = |path: &PathBuf| Content::of(&ending(path));
    let Some(first) = paths.first() else {
        return Err(data_error(root, "has no `.png`, `.jpg` or `.wav` files"));
    };
    if let Some(other) = paths.iter().find(|path| content(path) != content(first)) {
        let text = format!("mixes pictures and sound: `{}`, `{}`", name(first), name(other));
        return Err(data_error(root, text));
    }
    let content = content(first).ok_or_else(|| data_error(first, "is no picture or sound"))?;
    Ok(Files { content, paths, labels })
}

fn is_table(path: &Path) -> bool {
    matches!(ending(path).as_str(), "csv" | "tsv" | "txt")
}

/// The files that a table with a column of names and one of labels lists, in its order; none if it
/// has one column alone.
fn of_table(path: &Path, spec: &Spec) -> Result<Option<Files>, Error> {
    let mut rows = Rows::open(path)?;
    let first = rows.first().to_vec();
    if first.len() < 2 {
        return Ok(None);
    }
    let named = first.iter().position(|cell| is_file_name(cell));
    let file_column = named.unwrap_or(0);
    let is_there = safe(&first[file_column]).is_some_and(|file| spec.path.join(file).is_file());
    let is_header = spec.header.unwrap_or(named.is_some() || !is_there);
    let header = is_header.then_some(&first[..]);
    let label_column = table::label_column(spec, header, first.len())
        .map_err(|text| data_error(path, text))?
        .unwrap_or(first.len() - 1);
    rows.skip_header(is_header)?;
    let (mut files, mut texts) = (Vec::new(), Vec::new());
    while let Some((line, row)) = rows.next_row()? {
        let wrong =
            |text: &str| data_error(path, format!("line {line}: `{}` {text}", &row[file_column]));
        let relative = safe(&row[file_column]).ok_or_else(|| wrong("leads out of the folder"))?;
        let file = spec.path.join(relative);
        if !file.is_file() {
            return Err(wrong("is no file in the folder of samples"));
        }
        if files.len() == MAX_SAMPLES {
            return Err(data_error(path, format!("has more than {MAX_SAMPLES} rows")));
        }
        files.push(file);
        texts.push(row[label_column].to_string());
    }
    let labels = Labels::of_texts(&texts, &spec.classes).map_err(|text| data_error(path, text))?;
    classified(&spec.path, files, Some(labels)).map(Some)
}

fn is_file_name(cell: &str) -> bool {
    ["file", "filename", "file_name", "path", "image"].iter().any(|n| n.eq_ignore_ascii_case(cell))
}

/// A path below the folder of samples.
fn safe(cell: &str) -> Option<&Path> {
    let path = Path::new(cell);
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        .then_some(path)
}
