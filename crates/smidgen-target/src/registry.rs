//! Reads target files, checks them and joins boards with their chips and cores.

use std::collections::BTreeMap;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

use crate::error::did_you_mean;
use crate::{Board, Chip, Core, Error, Pipeline};

mod check;
mod join;
mod unverified;

static BUILTIN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../targets");

/// The folders that targets are in.
pub(crate) const FOLDERS: [&str; 4] = ["boards", "chips", "cores", "pipelines"];

/// Words that stand for several boards where boards are named.
const RESERVED: [&str; 2] = ["all", "emulated"];

/// One target file: where it stands and what it says.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Path with `/` as separator. Its last folder says the kind, its stem is the name.
    pub path: &'a str,
    /// Content.
    pub text: &'a str,
}

/// All boards that are known, checked and joined.
#[derive(Debug, Clone)]
pub struct Registry {
    boards: BTreeMap<String, Board>,
    pipelines: BTreeMap<String, Arc<Pipeline>>,
}

impl Registry {
    /// The targets that this crate was built with.
    pub fn builtin() -> Self {
        Self::load(&[]).expect("the built-in target files are loaded by a test")
    }

    /// The built-in targets and those in `files`, which may use the built-in ones.
    pub fn load(files: &[SourceFile<'_>]) -> Result<Self, Error> {
        let mut builtin = Vec::new();
        collect(&BUILTIN, &mut builtin);
        Self::from_files(builtin.iter().chain(files))
    }

    /// The targets in `files` alone.
    fn from_files<'a>(
        files: impl Iterator<Item = &'a SourceFile<'a>> + Clone,
    ) -> Result<Self, Error> {
        for file in files.clone() {
            kind_and_name(file.path)?;
        }
        let pipelines = read(files.clone(), "pipeline", join::pipeline)?;
        let cores = read(files.clone(), "core", |at, spec| join::core(at, spec, &pipelines))?;
        let chips = read(files.clone(), "chip", |at, spec| join::chip(at, spec, &cores))?;
        let boards = read(files.clone(), "board", |at, spec| join::board(at, spec, &chips))?;
        for file in files {
            if let ("core", name) = kind_and_name(file.path)? {
                check::emulation(At { file: file.path, name }, &cores[name], &boards)?;
            }
        }
        Ok(Self { boards, pipelines })
    }

    /// All pipelines, sorted by name.
    pub fn pipelines(&self) -> impl Iterator<Item = &Arc<Pipeline>> {
        self.pipelines.values()
    }

    /// All boards, sorted by name.
    pub fn boards(&self) -> impl Iterator<Item = &Board> {
        self.boards.values()
    }

    /// The board called `name`; the error suggests the nearest name.
    pub fn board(&self, name: &str) -> Result<&Board, Error> {
        self.boards.get(name).ok_or_else(|| Error::UnknownBoard {
            name: name.to_owned(),
            nearest: nearest(name, self.boards.keys()),
        })
    }

    /// What to build for and run on in the place of `board`: itself where it can be run, else the
    /// emulated board that runs its core's code, with `board`'s core. `None` where nothing does.
    ///
    /// Boards whose cores have the same instruction set, features, toolchain, flags and emulated
    /// board behave alike there.
    pub fn stand_in(&self, board: &Board) -> Option<Board> {
        if board.is_runnable() {
            return Some(board.clone());
        }
        let emulated = self.boards.get(board.core.emulated_on.as_ref()?)?;
        Some(Board { core: board.core.clone(), ..emulated.clone() })
    }
}

/// A chip with its core; the chip of the host is a core alone.
#[derive(Debug)]
struct JoinedChip {
    core: Core,
    chip: Option<Chip>,
}

/// The file under inspection, for messages.
#[derive(Clone, Copy)]
struct At<'a> {
    file: &'a str,
    name: &'a str,
}

impl At<'_> {
    fn field(self, field: impl Into<String>, message: impl Into<String>) -> Error {
        Error::Field { file: self.file.to_owned(), field: field.into(), message: message.into() }
    }

    fn required<T>(self, field: &str, value: Option<T>) -> Result<T, Error> {
        value.ok_or_else(|| self.field(field, "missing; every board but the host needs it"))
    }

    fn absent<T>(self, field: &str, value: Option<&T>) -> Result<(), Error> {
        value.map_or(Ok(()), |_| Err(self.field(field, "the host has none; remove it")))
    }
}

fn collect(dir: &'static Dir<'static>, into: &mut Vec<SourceFile<'static>>) {
    for file in dir.files() {
        let path = file.path().to_str().expect("target files have ASCII names");
        let text = file.contents_utf8().expect("target files are UTF-8");
        into.push(SourceFile { path, text });
    }
    for child in dir.dirs() {
        collect(child, into);
    }
}

/// The kind (`pipeline`, `core`, `chip`, `board`) and name that a path says.
fn kind_and_name(path: &str) -> Result<(&'static str, &str), Error> {
    let mut parts = path.rsplit('/');
    let stem = parts.next().and_then(|name| name.strip_suffix(".toml")).filter(|s| !s.is_empty());
    // Kinds are called as their folder, without the `s`.
    let kind = parts.next().and_then(|found| FOLDERS.iter().find(|folder| **folder == found));
    let kind = kind.map(|folder| &folder[..folder.len() - 1]);
    kind.zip(stem).ok_or_else(|| Error::Place { file: path.to_owned() })
}

/// Parses and joins all files of one kind, by name.
fn read<'a, Spec: DeserializeOwned, T>(
    files: impl Iterator<Item = &'a SourceFile<'a>>,
    kind: &'static str,
    join: impl Fn(At<'_>, Spec) -> Result<T, Error>,
) -> Result<BTreeMap<String, T>, Error> {
    let mut all = BTreeMap::new();
    for file in files {
        let (file_kind, name) = kind_and_name(file.path)?;
        if file_kind != kind {
            continue;
        }
        if !check::is_name(name) || (kind == "board" && RESERVED.contains(&name)) {
            return Err(Error::Name { file: file.path.to_owned() });
        }
        let spec = parse(file)?;
        let at = At { file: file.path, name };
        unverified::check(at, &parse(file)?)?;
        let joined = join(at, spec)?;
        if all.insert(name.to_owned(), joined).is_some() {
            return Err(Error::Duplicate { file: file.path.to_owned(), kind });
        }
    }
    Ok(all)
}

/// Most characters that a message shows of what a parser says: it quotes the line, however long.
const MOST_SHOWN: usize = 600;

fn parse<T: DeserializeOwned>(file: &SourceFile<'_>) -> Result<T, Error> {
    toml::from_str(file.text).map_err(|error| Error::Syntax {
        file: file.path.to_owned(),
        message: error.to_string().trim_end().chars().take(MOST_SHOWN).collect(),
    })
}

fn lookup<'a, T>(
    at: At<'_>,
    field: &str,
    name: &str,
    all: &'a BTreeMap<String, T>,
) -> Result<&'a T, Error> {
    all.get(name).ok_or_else(|| {
        let nearest = nearest(name, all.keys());
        at.field(field, format!("there is no `{name}`{}", did_you_mean(nearest.as_deref())))
    })
}

/// The candidate that takes the fewest edits, if that is fewer than half of its letters.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a String>,
) -> Option<String> {
    candidates
        .map(|candidate| (strsim::levenshtein(name, candidate), candidate))
        .filter(|(edits, candidate)| edits * 2 < candidate.len())
        .min()
        .map(|(_, candidate)| candidate.clone())
}

#[cfg(test)]
mod tests;
