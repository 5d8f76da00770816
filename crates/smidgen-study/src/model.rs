//! Loading a model: file → checked, optimised graph.

use crate::custom::CustomSpec;
use crate::error::file_error;
use crate::external;
use crate::report::ModelReport;
use crate::{Error, Recipe};
use sha2::{Digest, Sha256};
use smidgen_compiler::diag::Diagnostic;
use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::graph::Graph;
use smidgen_compiler::passes;
use smidgen_compiler::reader::onnx::Externals;
use smidgen_compiler::tensor::Rounding;
use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Largest model file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// A model that can be compiled.
#[derive(Debug, Clone)]
pub struct Model {
    /// File name without its ending.
    pub name: String,
    /// SHA-256 of the file, followed by the files that hold parts of it, in hexadecimal digits.
    pub sha256: String,
    /// Whose integer results are the contract.
    pub rounding: Rounding,
    /// The graph as imported.
    pub source: Graph,
    /// The graph after optimisation.
    pub graph: Graph,
}

impl Model {
    /// Reads and optimises the model in a file.
    pub fn load(path: &Path, recipe: &Recipe) -> Result<Self, Error> {
        let name = path.file_stem().map_or("model".into(), |stem| stem.to_string_lossy());
        let bytes = read_file(path, MAX_FILE_BYTES)?;
        let failed = |problems| Error::Model { name: name.to_string(), problems };
        let files = frontend::external_files(&bytes).map_err(failed)?;
        let externals = external::read(path, &files, MAX_FILE_BYTES - bytes.len() as u64)?;
        Self::new(&name, &bytes, externals, recipe)
    }

    /// Reads and optimises the model in a file's content, which must be all of it.
    pub fn from_bytes(name: &str, bytes: &[u8], recipe: &Recipe) -> Result<Self, Error> {
        Self::new(name, bytes, Externals::new(), recipe)
    }

    fn new(name: &str, bytes: &[u8], externals: Externals, recipe: &Recipe) -> Result<Self, Error> {
        let options = ReadOptions {
            name: name.to_string(),
            rounding: recipe.rounding,
            customs: CustomSpec::compile_all(&recipe.customs)?,
            shapes: recipe.shapes.clone().into_iter().collect(),
            states: recipe.states.clone().into_iter().collect(),
            channels_last: recipe.channels_last,
            constants: Vec::new(),
            externals,
        };
        Self::with_options(bytes, &options, recipe)
    }

    /// Reads and optimises the model in a file's content with options of the reader's own.
    pub fn with_options(
        bytes: &[u8],
        options: &ReadOptions,
        recipe: &Recipe,
    ) -> Result<Self, Error> {
        let ReadOptions { name, externals, .. } = options;
        let failed = |problems: Vec<Diagnostic>| Error::Model { name: name.clone(), problems };
        let digest = externals.values().fold(Sha256::new_with_prefix(bytes), Digest::chain_update);
        let source = frontend::read(bytes, options).map_err(failed)?;
        let rounding = frontend::rounding(bytes, options);
        let mut graph = source.clone();
        passes::run(&mut graph, &recipe.passes()?).map_err(failed)?;
        Ok(Self { name: name.clone(), sha256: hex(&digest.finalize()), rounding, source, graph })
    }

    /// What reports say of the model.
    pub fn report(&self) -> ModelReport {
        let nodes = self.graph.nodes();
        ModelReport {
            name: self.name.clone(),
            sha256: self.sha256.clone(),
            rounding: self.rounding,
            macs: nodes.iter().map(|node| self.graph.macs(node)).sum(),
            parameters: nodes.iter().map(|node| self.graph.parameters(node)).sum(),
        }
    }
}

/// Reads a file of at most `limit` bytes.
pub(crate) fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = |bytes: &mut Vec<u8>| File::open(path)?.take(limit + 1).read_to_end(bytes);
    read(&mut bytes).map_err(|e| file_error("read", path, e))?;
    if bytes.len() as u64 > limit {
        return Err(Error::Data(format!(
            "the model with `{}` is larger than {} MiB, which fits no microcontroller",
            path.display(),
            MAX_FILE_BYTES >> 20
        )));
    }
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}
