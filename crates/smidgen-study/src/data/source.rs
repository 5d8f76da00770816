//! Where samples come from.

use super::folder::{self, Content};
use super::labels::Labels;
use super::spec::Spec;
use super::{images, numpy, sound, table};
use crate::Error;
use crate::error::{data_error, file_error};
use smidgen_compiler::graph::Graph;
use smidgen_compiler::tensor::{Data, TensorType};
use std::fmt;
use std::path::Path;

/// Most samples of a data set.
pub(super) const MAX_SAMPLES: usize = 1 << 22;

/// A model input that samples are for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Port {
    pub(super) name: String,
    pub(super) ty: TensorType,
}

/// Inputs of a model in order.
pub(super) fn ports(graph: &Graph) -> Vec<Port> {
    let port = |value: &smidgen_compiler::graph::Value| Port {
        name: value.name.clone(),
        ty: value.ty.clone(),
    };
    graph.inputs().iter().map(|&id| port(graph.value(id))).collect()
}

/// Numbers as a file holds them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw {
    /// Of an element type.
    Typed(Data),
    /// Decimal numbers.
    Decimal(Vec<f64>),
}

/// A store of samples that knows how many elements each input takes.
pub(super) trait Source: fmt::Debug + Send + Sync {
    /// Number of samples.
    fn len(&self) -> usize;

    /// Whether integers are real numbers unless the user says otherwise.
    fn is_real(&self) -> bool;

    /// How many elements follow each other before the channel changes, and how many channels there
    /// are, in what is read for `port`.
    fn channels(&self, port: &Port) -> (usize, usize) {
        (1, port.ty.shape.last())
    }

    /// The numbers of sample `index` for input number `port`, as many as it has elements.
    fn read(&self, index: usize, port: usize) -> Result<Raw, Error>;

    /// Where sample `index` is, for messages.
    fn place(&self, index: usize) -> String;
}

/// Samples with what they say about themselves.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) source: Box<dyn Source>,
    pub(super) labels: Option<Labels>,
}

/// Opens what `spec` names for a model with these inputs.
pub(super) fn open(spec: &Spec, ports: &[Port]) -> Result<Opened, Error> {
    let path = &spec.path;
    let meta = std::fs::metadata(path).map_err(|source| file_error("read", path, source))?;
    let opened = if meta.is_dir() {
        open_files(spec, ports)?
    } else {
        match ending(path).as_str() {
            "npz" | "npy" => numpy::open(spec, ports)?,
            "csv" | "tsv" | "txt" => table::open(spec, ports)?,
            ending if Content::of(ending).is_some() => open_files(spec, ports)?,
            _ => {
                return Err(data_error(
                    path,
                    "is none of what can be read: `.npz`, `.npy`, `.csv`, `.png`, `.jpg` and \
                     `.wav` files, folders of pictures or of `.wav` files",
                ));
            }
        }
    };
    match opened.source.len() {
        0 => Err(data_error(path, "has no samples")),
        1..=MAX_SAMPLES => Ok(opened),
        _ => Err(data_error(path, format!("has more than {MAX_SAMPLES} samples"))),
    }
}

fn open_files(spec: &Spec, ports: &[Port]) -> Result<Opened, Error> {
    let files = folder::list(spec)?;
    let [port] = ports else {
        let text = format!(
            "files of one sample each suit models with one input, but this one has {}; use an \
             `.npz` file",
            ports.len()
        );
        return Err(data_error(&spec.path, text));
    };
    let source: Box<dyn Source> = match files.content {
        Content::Images => Box::new(images::Images::new(files.paths, spec, port)?),
        Content::Sound => Box::new(sound::Clips::new(files.paths, spec, port)?),
    };
    Ok(Opened { source, labels: files.labels })
}

/// The ending of a file's name, in lower case.
pub(super) fn ending(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}
