//! Reads target files, checks them and joins boards with their chips and cores.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

use crate::error::did_you_mean;
use crate::spec::{BoardSpec, ChipSpec, CoreSpec};
use crate::{Board, Chip, Core, Device, Error, Isa, Memory, MemoryKind, Platform};

static BUILTIN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../targets");

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
        let cores = read(files.clone(), "core", |at, spec| Ok(join_core(at, spec)))?;
        let chips = read(files.clone(), "chip", |at, spec| join_chip(at, spec, &cores))?;
        let boards = read(files, "board", |at, spec| join_board(at, spec, &chips))?;
        Ok(Self { boards })
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
}

/// A chip with its core; the chip of the host is a core alone.
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

/// The kind (`core`, `chip`, `board`) and name that a path says.
fn kind_and_name(path: &str) -> Result<(&'static str, &str), Error> {
    let mut parts = path.rsplit('/');
    let stem = parts.next().and_then(|name| name.strip_suffix(".toml")).filter(|s| !s.is_empty());
    let kind = match parts.next() {
        Some("cores") => Some("core"),
        Some("chips") => Some("chip"),
        Some("boards") => Some("board"),
        _ => None,
    };
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
        let spec = toml::from_str(file.text).map_err(|error| Error::Syntax {
            file: file.path.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        let joined = join(At { file: file.path, name }, spec)?;
        if all.insert(name.to_owned(), joined).is_some() {
            return Err(Error::Duplicate { file: file.path.to_owned(), kind });
        }
    }
    Ok(all)
}

fn join_core(at: At<'_>, spec: CoreSpec) -> Core {
    let CoreSpec { isa, features, toolchain, flags } = spec;
    Core { name: at.name.to_owned(), isa, features, toolchain, flags }
}

fn join_chip(
    at: At<'_>,
    spec: ChipSpec,
    cores: &BTreeMap<String, Core>,
) -> Result<JoinedChip, Error> {
    let core = lookup(at, "core", &spec.core, cores)?.clone();
    if core.isa == Isa::Host {
        at.absent("max_clock_hz", spec.max_clock_hz.as_ref())?;
        at.absent("memories", spec.memories.first())?;
        return Ok(JoinedChip { core, chip: None });
    }
    let max_clock_hz = at.required("max_clock_hz", spec.max_clock_hz)?;
    if max_clock_hz == 0 {
        return Err(at.field("max_clock_hz", "must be more than 0"));
    }
    check_memories(at, &spec.memories)?;
    let chip = Chip { name: at.name.to_owned(), max_clock_hz, memories: spec.memories };
    Ok(JoinedChip { core, chip: Some(chip) })
}

fn check_memories(at: At<'_>, memories: &[Memory]) -> Result<(), Error> {
    for (index, memory) in memories.iter().enumerate() {
        let field = format!("memories.{}", memory.name);
        if !memory.name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
            return Err(at.field(field, "a name has letters, digits, `-` and `_` only"));
        }
        if memory.size == 0 {
            return Err(at.field(field, "`size` must be more than 0"));
        }
        if memory.end() > 1 << 32 {
            return Err(at.field(field, "`base` and `size` reach beyond 32-bit addresses"));
        }
        for other in &memories[..index] {
            if other.name == memory.name {
                return Err(at.field(field, "two memories have this name"));
            }
            if u64::from(memory.base) < other.end() && u64::from(other.base) < memory.end() {
                return Err(at.field(field, format!("overlaps memory `{}`", other.name)));
            }
        }
    }
    Ok(())
}

fn join_board(
    at: At<'_>,
    spec: BoardSpec,
    chips: &BTreeMap<String, JoinedChip>,
) -> Result<Board, Error> {
    let JoinedChip { core, chip } = lookup(at, "chip", &spec.chip, chips)?;
    let platform = match chip {
        None => {
            at.absent("clock_hz", spec.clock_hz.as_ref())?;
            at.absent("code", spec.code.as_ref())?;
            at.absent("data", spec.data.as_ref())?;
            at.absent("emulator", spec.emulator.as_ref())?;
            Platform::Host
        }
        Some(chip) => {
            let clock_hz = at.required("clock_hz", spec.clock_hz)?;
            if clock_hz == 0 || clock_hz > chip.max_clock_hz {
                let most = chip.max_clock_hz;
                return Err(at.field("clock_hz", format!("must be from 1 to {most}")));
            }
            let code = memory(at, "code", spec.code, MemoryKind::Flash, chip)?;
            let data = memory(at, "data", spec.data, MemoryKind::Ram, chip)?;
            let emulator = spec.emulator;
            let device = Device { chip: chip.clone(), clock_hz, code, data, emulator };
            Platform::Device(Box::new(device))
        }
    };
    let name = at.name.to_owned();
    Ok(Board { name, description: spec.description, core: core.clone(), platform })
}

/// The memory of `chip` that `field` names, which must be of `kind`.
fn memory(
    at: At<'_>,
    field: &str,
    name: Option<String>,
    kind: MemoryKind,
    chip: &Chip,
) -> Result<Memory, Error> {
    let name = at.required(field, name)?;
    let memories =
        chip.memories.iter().map(|memory| (memory.name.clone(), memory.clone())).collect();
    let memory = lookup(at, field, &name, &memories)?;
    if memory.kind != kind {
        return Err(at.field(field, format!("memory `{name}` must be of kind {kind:?}")));
    }
    Ok(memory.clone())
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
fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a String>) -> Option<String> {
    candidates
        .map(|candidate| (strsim::levenshtein(name, candidate), candidate))
        .filter(|(edits, candidate)| edits * 2 < candidate.len())
        .min()
        .map(|(_, candidate)| candidate.clone())
}

#[cfg(test)]
mod tests;
