//! Emulated runs that can be priced again, from memory or from a folder.

use crate::Error;
use crate::cost::{Cost, Terms, Workload};
use crate::error::file_error;
use crate::report::{RUN_SCHEMA, RunReport};
use crate::workbench::Evaluation;
use smidgen_compiler::emit::BundleFile;
use smidgen_run::{Layout, check_origin};
use smidgen_target::{Board, Registry};
use smidgen_timing::profile::Profile;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest file of a recording that is read, in bytes.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// An emulated run: what ran, what it executed, and what was found.
#[derive(Debug)]
pub struct Recording {
    /// The findings.
    pub report: RunReport,
    /// The linked program.
    pub program: Vec<u8>,
    /// Its symbols.
    pub layout: Layout,
    /// What it executed; one step per operator of the report.
    pub profile: Profile,
    sources: Sources,
    workload: Workload,
}

/// Generated C.
#[derive(Debug)]
enum Sources {
    /// As it was generated.
    Files(Vec<BundleFile>),
    /// In a folder.
    Folder(PathBuf),
}

impl Recording {
    /// The slowest sample of an evaluation; an error where nothing was counted.
    pub fn of(evaluation: Evaluation) -> Result<Self, Error> {
        let Evaluation { report, compiled, image, captures, slowest, .. } = evaluation;
        let capture = captures.into_iter().nth(slowest);
        let profile = capture.and_then(|capture| capture.profile).ok_or_else(|| {
            let board = &report.board;
            Error::Usage(format!(
                "nothing counts instructions on board `{board}`; name another one"
            ))
        })?;
        let sources = Sources::Files(compiled.bundle.files);
        Self::new(report, image.program, profile, sources)
    }

    /// Reads what [`Evaluation::keep`] wrote into `folder`; of several samples, the first.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let wrong = |name: &str, problem: &dyn std::fmt::Display| {
            Error::Data(format!("`{}`: {problem}", folder.join(name).display()))
        };
        let text = |name: &str| {
            String::from_utf8(read(&folder.join(name))?).map_err(|error| wrong(name, &error))
        };
        let report: RunReport = serde_json::from_str(&text("report.json")?)
            .map_err(|error| wrong("report.json", &error))?;
        if report.schema != RUN_SCHEMA {
            let problem = format!("is a `{}`, not a `{RUN_SCHEMA}`", report.schema);
            return Err(wrong("report.json", &problem));
        }
        let name = format!("profile{}.txt", report.slowest_sample);
        let profile = Profile::parse(&text(&name)?).map_err(|error| wrong(&name, &error))?;
        let program = read(&folder.join("firmware.elf"))?;
        check_origin(&profile, &program).map_err(|error| wrong(&name, &error))?;
        if profile.steps.len() != report.operators.len() {
            let (steps, operators) = (profile.steps.len(), report.operators.len());
            let problem = format!("has {operators} operators, but the profile has {steps} steps");
            return Err(wrong("report.json", &problem));
        }
        Self::new(report, program, profile, Sources::Folder(folder.to_owned()))
    }

    fn new(
        report: RunReport,
        program: Vec<u8>,
        profile: Profile,
        sources: Sources,
    ) -> Result<Self, Error> {
        let workload = Workload::new(&profile, &report)?;
        Ok(Self { layout: Layout::read(&program)?, report, program, profile, sources, workload })
    }

    /// Prices the run on `board`, which must be able to execute its code.
    pub fn cost(&self, board: &Board, registry: &Registry, terms: &Terms) -> Result<Cost, Error> {
        let built_for = &registry.board(&self.report.board)?.core;
        let core = &board.core;
        let features: Vec<_> = built_for.features.iter().collect();
        if core.isa != built_for.isa || !core.features.contains_all(&features) {
            return Err(Error::Usage(format!(
                "the profile is of code for `{}` ({}), which `{}` ({}) does not execute; run the \
                 model on a board of that kind",
                built_for.name, built_for.isa, core.name, core.isa
            )));
        }
        let cost = self.workload.cost(board, terms)?;
        let mut cost = cost.ok_or_else(|| {
            Error::Usage(format!("board `{}`: there is no timing of `{}`", board.name, core.name))
        })?;
        if core.flags != built_for.flags {
            let caveat = format!("the code was compiled for `{}`", built_for.name);
            cost.report.caveats.push(caveat);
        }
        Ok(cost)
    }

    /// Lines of generated C by file and number; lines that are not there are left out.
    pub fn source_lines<'a>(
        &self,
        places: impl IntoIterator<Item = (&'a str, u32)>,
    ) -> BTreeMap<(&'a str, u32), String> {
        let mut files: BTreeMap<&str, Option<String>> = BTreeMap::new();
        let mut lines = BTreeMap::new();
        for (file, line) in places {
            let text = files.entry(file).or_insert_with(|| self.sources.text(file));
            let nth = (line as usize).checked_sub(1);
            let found = text.as_deref().zip(nth).and_then(|(text, nth)| text.lines().nth(nth));
            if let Some(found) = found {
                lines.insert((file, line), found.trim().to_string());
            }
        }
        lines
    }
}

impl Sources {
    fn text(&self, path: &str) -> Option<String> {
        match self {
            Self::Files(files) => {
                files.iter().find(|file| file.path == path).map(|file| file.text.clone())
            }
            // The path has ordinary names only; see `Lines`.
            Self::Folder(folder) => String::from_utf8(read(&folder.join(path)).ok()?).ok(),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = |bytes: &mut Vec<u8>| File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(bytes);
    read(&mut bytes).map_err(|error| file_error("read", path, error))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Error::Data(format!("`{}` is too large", path.display())));
    }
    Ok(bytes)
}
