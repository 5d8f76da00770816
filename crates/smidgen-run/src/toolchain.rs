//! Turns generated C and the harness into a linked program.

mod cross;
mod host;

use std::path::{Component, Path};
use std::process::Command;
use std::time::Duration;

use serde::Serialize;
use smidgen_compiler::emit::Bundle;
use smidgen_target::{Board, ToolchainId};

use crate::firmware::{self, Mode};
use crate::{Error, Placement, doctor, process};

/// No generated file takes a C compiler longer than this.
const COMPILE_LIMIT: Duration = Duration::from_secs(300);

/// How to compile a model.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct BuildOptions {
    /// Optimisation of the generated C.
    pub optimisation: Optimisation,
    /// What one call of generated code is.
    pub mode: Mode,
    /// Compiles with the address and undefined-behaviour sanitizers, on the host only.
    pub sanitizers: bool,
    /// Where weights and tables are; the host has one memory and ignores it.
    pub weights: Placement,
    /// Where the steps' functions are; the host ignores it. The compiler's support functions are in
    /// flash, whoever calls them.
    pub code: Placement,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            optimisation: Optimisation::O2,
            mode: Mode::Inference,
            sanitizers: false,
            weights: Placement::Flash,
            code: Placement::Flash,
        }
    }
}

/// Optimisation levels of C compilers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
pub enum Optimisation {
    /// None.
    O0,
    /// Little.
    O1,
    /// For speed.
    O2,
    /// For speed at any size.
    O3,
    /// For size.
    Os,
}

impl Optimisation {
    /// The option of the C compiler.
    pub fn flag(self) -> &'static str {
        match self {
            Self::O0 => "-O0",
            Self::O1 => "-O1",
            Self::O2 => "-O2",
            Self::O3 => "-O3",
            Self::Os => "-Os",
        }
    }
}

/// A C compiler with its linker.
pub trait Toolchain {
    /// The compiler's name and version in one line; an error if it is missing or too old.
    fn version(&self) -> Result<String, Error>;

    /// Compiles and links `bundle` with the harness; returns the program file.
    fn link(
        &self,
        bundle: &Bundle,
        board: &Board,
        options: &BuildOptions,
    ) -> Result<Vec<u8>, Error>;
}

/// The toolchain called `id`.
pub fn toolchain(id: ToolchainId) -> &'static dyn Toolchain {
    match id {
        ToolchainId::ArmGcc => &cross::ARM_GCC,
        ToolchainId::RiscvGcc => &cross::RISCV_GCC,
        ToolchainId::Host => &host::HostCc,
    }
}

/// Options that fix the meaning of generated C, for every compiler.
///
/// No contraction: fused multiply-add would change float results from core to core. No identical
/// code folding: two steps must stay two functions.
const MODEL_FLAGS: &[&str] =
    &["-std=c99", "-ffp-contract=off", "-ffunction-sections", "-fdata-sections", "-fno-ipa-icf"];

/// The toolchain that builds for `board`; an error where its core has none.
pub fn toolchain_for(board: &Board) -> Result<&'static dyn Toolchain, Error> {
    board.core.toolchain.map(toolchain).ok_or_else(|| Error::NoCompiler {
        board: board.name.clone(),
        core: board.core.name.clone(),
    })
}

/// The folder of the generated files in a workspace.
pub(crate) const PACKAGE: &str = "model";

/// A folder with all sources of one build, removed when dropped.
struct Workspace {
    folder: tempfile::TempDir,
    program: &'static str,
}

impl Workspace {
    /// Writes the harness, the glue and the generated files.
    fn new(program: &'static str, bundle: &Bundle, mode: Mode) -> Result<Self, Error> {
        let folder =
            tempfile::tempdir().map_err(Error::io("create a folder in", &std::env::temp_dir()))?;
        let workspace = Self { folder, program };
        for (path, text) in firmware::FILES {
            workspace.write(path, text)?;
        }
        workspace.write("glue.c", &firmware::glue(&bundle.name, &bundle.manifest, mode))?;
        for file in &bundle.files {
            let path = Path::new(&file.path);
            let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
            if !plain {
                return Err(Error::Io {
                    action: "write outside the build folder:",
                    path: path.to_owned(),
                    source: std::io::ErrorKind::InvalidInput.into(),
                });
            }
            workspace.write(&format!("{PACKAGE}/{}", file.path), &file.text)?;
        }
        Ok(workspace)
    }

    fn write(&self, path: &str, text: &str) -> Result<(), Error> {
        process::write_file(&self.folder.path().join(path), text)
    }

    /// Compiles every generated file with `flags`; returns the objects.
    fn compile_model(&self, bundle: &Bundle, flags: &[String]) -> Result<Vec<String>, Error> {
        let sources = bundle.files.iter().filter(|file| is_c(&file.path));
        sources.map(|file| self.compile(&format!("{PACKAGE}/{}", file.path), flags)).collect()
    }

    /// Compiles one file with `flags`; returns the object.
    fn compile(&self, source: &str, flags: &[String]) -> Result<String, Error> {
        let object = format!("{source}.o");
        let mut command = self.command();
        command.args(flags).args(["-c", source, "-o", &object]);
        let finished = process::run(self.program, &mut command, COMPILE_LIMIT)?;
        if finished.status.success() { Ok(object) } else { Err(self.refused(source, finished)) }
    }

    /// Options that add a line table, with paths relative to the build folder. They change no code.
    fn line_flags(&self) -> Result<[String; 3], Error> {
        let folder = self.folder.path();
        let folder = folder.canonicalize().map_err(Error::io("find", folder))?;
        Ok([
            "-g1".to_owned(),
            "-gno-record-gcc-switches".to_owned(),
            format!("-ffile-prefix-map={}=.", folder.display()),
        ])
    }

    /// The compiler, in the build folder, with relative paths: its output depends on no place.
    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.current_dir(self.folder.path());
        command
    }

    fn refused(&self, input: &str, finished: process::Finished) -> Error {
        Error::Compile {
            program: self.program.to_owned(),
            input: input.to_owned(),
            log: finished.console,
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        let path = self.folder.path().join(path);
        std::fs::read(&path).map_err(Error::io("read", &path))
    }
}

fn is_c(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "c")
}

/// Puts together the options of one compilation.
fn flags(groups: &[&[&str]], core: &[String]) -> Vec<String> {
    let fixed = groups.iter().flat_map(|group| group.iter().map(|flag| (*flag).to_owned()));
    core.iter().cloned().chain(fixed).collect()
}

/// The version of a compiler that must be there.
fn required_version(id: ToolchainId) -> Result<String, Error> {
    doctor::require(doctor::tool(id.program()))
}
