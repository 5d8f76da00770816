//! Input samples: from files or seeded random numbers.

use crate::Error;
use crate::data::{Dataset, Spec};
use smidgen_compiler::graph::Graph;
use smidgen_compiler::ops::case::Random;
use smidgen_compiler::tensor::{Data, TensorType};
use std::path::PathBuf;

/// Where input samples come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Inputs {
    /// Seeded random numbers: all int8 values, floats in [-1, 1), small integers of wider types.
    Random {
        /// Seed of the generator.
        seed: u64,
        /// Number of samples.
        samples: usize,
    },
    /// Samples from a file or folder.
    Data(Box<Spec>),
}

/// One sample: the data of every model input, in order.
pub type Sample = Vec<Data>;

impl Inputs {
    /// All samples of a file or folder, taken as they are.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::Data(Box::new(Spec::new(path)))
    }

    /// The samples for a model.
    pub fn samples(&self, graph: &Graph) -> Result<Vec<Sample>, Error> {
        self.samples_with(graph, &|_| {})
    }

    /// The samples for a model; remarks on them are passed on.
    pub fn samples_with(&self, graph: &Graph, note: &dyn Fn(String)) -> Result<Vec<Sample>, Error> {
        let spec = match self {
            Self::Random { seed, samples } => return Ok(random(graph, *seed, *samples)),
            Self::Data(spec) => spec,
        };
        let dataset = Dataset::open(spec, graph)?;
        dataset.check_limit()?;
        let samples = dataset.samples().collect::<Result<_, _>>()?;
        dataset.notes().into_iter().for_each(note);
        Ok(samples)
    }
}

fn random(graph: &Graph, seed: u64, samples: usize) -> Vec<Sample> {
    let types: Vec<&TensorType> = graph.inputs().iter().map(|&id| &graph.value(id).ty).collect();
    let mut random = Random::new(seed);
    let mut sample = || types.iter().map(|ty| random.data(ty.dtype, ty.shape.elements())).collect();
    (0..samples).map(|_| sample()).collect()
}
