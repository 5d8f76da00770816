//! Input samples: from files or seeded random numbers.

use crate::{Error, arrays};
use smidgen_compiler::graph::Graph;
use smidgen_compiler::ops::case::Random;
use smidgen_compiler::tensor::{Data, TensorType};
use std::path::{Path, PathBuf};

/// Where input samples come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inputs {
    /// Seeded random numbers: all int8 values, floats in [-1, 1), small integers of wider types.
    Random {
        /// Seed of the generator.
        seed: u64,
        /// Number of samples.
        samples: usize,
    },
    /// A `.npz` file with arrays `in0`, `in1` … or a `.npy` file for a model with one input.
    File {
        /// The file.
        path: PathBuf,
        /// Use the first so many samples; all by default.
        limit: Option<usize>,
    },
}

/// One sample: the data of every model input, in order.
pub type Sample = Vec<Data>;

impl Inputs {
    /// The samples for a model.
    pub fn samples(&self, graph: &Graph) -> Result<Vec<Sample>, Error> {
        match self {
            Self::Random { seed, samples } => Ok(random(graph, *seed, *samples)),
            Self::File { path, limit } => {
                let mut samples = from_file(graph, path)?;
                let limit = limit.unwrap_or(samples.len());
                if limit > samples.len() {
                    let (path, count) = (path.display(), samples.len());
                    let text = format!("`{path}` has {count} samples, {limit} are asked for");
                    return Err(Error::Data(text));
                }
                samples.truncate(limit);
                Ok(samples)
            }
        }
    }
}

fn input_types(graph: &Graph) -> Vec<&TensorType> {
    graph.inputs().iter().map(|&id| &graph.value(id).ty).collect()
}

fn random(graph: &Graph, seed: u64, samples: usize) -> Vec<Sample> {
    let types = input_types(graph);
    let mut random = Random::new(seed);
    let mut sample = || types.iter().map(|ty| random.data(ty.dtype, ty.shape.elements())).collect();
    (0..samples).map(|_| sample()).collect()
}

fn from_file(graph: &Graph, path: &Path) -> Result<Vec<Sample>, Error> {
    let types = input_types(graph);
    let names: Vec<String> = (0..types.len()).map(|i| format!("in{i}")).collect();
    let mut columns = Vec::new();
    for ((array, name), ty) in arrays::read(path, &names)?.iter().zip(&names).zip(types) {
        columns.push(arrays::samples(array, name, ty)?);
    }
    let counts: Vec<usize> = columns.iter().map(Vec::len).collect();
    let count = counts.first().copied().unwrap_or(1);
    if counts.iter().any(|&n| n != count) {
        return Err(Error::Data(format!(
            "`{}`: the inputs have different numbers of samples: {counts:?}",
            path.display()
        )));
    }
    if count == 0 {
        return Err(Error::Data(format!("`{}` has no samples", path.display())));
    }
    let sample = |i: usize| columns.iter().map(|column| column[i].clone()).collect();
    Ok((0..count).map(sample).collect())
}
