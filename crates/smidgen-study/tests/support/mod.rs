//! What the tests of whole models share: where models and vectors are, and how to read them.
#![allow(dead_code, reason = "every test file uses a part")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail by panicking")]

use smidgen_compiler::eval::Values;
use smidgen_compiler::graph::{Graph, ValueId};
use smidgen_compiler::tensor::{Data, Rounding};
use smidgen_run::Cache;
use smidgen_study::arrays::{self, Array};
use smidgen_study::{Model, Recipe, Sample, Workbench};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder with public models and vectors, if there is one.
pub(crate) fn test_data() -> Option<PathBuf> {
    let folder = std::env::var_os("SMIDGEN_TEST_DATA").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| root().join("../shared"));
    if folder.join("models").is_dir() && folder.join("golden").is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no test data in `{}`; set SMIDGEN_TEST_DATA", folder.display());
    None
}

/// The cache that all tests share.
pub(crate) fn cache() -> Cache {
    Cache::at(concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
}

/// A workbench with that cache.
pub(crate) fn workbench() -> Workbench {
    Workbench::with_cache(cache())
}

/// A model file with its vectors.
#[derive(Debug, Clone)]
pub(crate) struct Golden {
    pub(crate) model: PathBuf,
    pub(crate) vectors: PathBuf,
    pub(crate) layers: PathBuf,
}

impl Golden {
    pub(crate) fn name(&self) -> String {
        self.model.file_stem().unwrap().to_string_lossy().into_owned()
    }

    pub(crate) fn load(&self, rounding: Rounding) -> Model {
        let recipe = Recipe { rounding: Some(rounding), ..Recipe::default() };
        Model::load(&self.model, &recipe).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Input samples for a model.
    pub(crate) fn samples(&self, model: &Model) -> Vec<Sample> {
        let inputs = smidgen_study::Inputs::file(&self.vectors);
        inputs.samples(&model.graph).unwrap()
    }

    /// Outputs of an oracle per sample, if it took the model.
    pub(crate) fn outputs(&self, model: &Model, oracle: &str) -> Option<Vec<Vec<Data>>> {
        let present = arrays::names(&self.vectors).unwrap();
        let graph = &model.source;
        let names: Vec<_> = (0..graph.outputs().len()).map(|i| format!("{oracle}{i}")).collect();
        if names.iter().any(|name| !present.contains(name)) {
            return None;
        }
        let arrays = arrays::read(&self.vectors, &names).unwrap();
        let columns: Vec<Vec<Data>> = arrays
            .iter()
            .zip(&names)
            .zip(graph.outputs())
            .map(|((array, name), &id)| arrays::samples(array, name, &graph.value(id).ty).unwrap())
            .collect();
        Some(
            (0..columns[0].len()).map(|i| columns.iter().map(|c| c[i].clone()).collect()).collect(),
        )
    }

    /// What LiteRT's reference kernels computed for every tensor of sample 1, by value of the
    /// optimised graph. Values that the file lacks are none.
    pub(crate) fn layer_values(&self, model: &Model) -> Values {
        let bytes = std::fs::read(&self.model).unwrap();
        let parsed = smidgen_compiler::reader::tflite::Model::parse(&bytes).unwrap();
        let tensors = &parsed.subgraphs[0].tensors;
        let present = arrays::names(&self.layers).unwrap();
        let graph = &model.graph;
        // Several tensors may share a name; values keep the order of the tensors.
        let index = |id: ValueId| {
            let name = &graph.value(id).name;
            let earlier = graph.ids().take_while(|&other| other != id);
            let nth = earlier.filter(|&other| &graph.value(other).name == name).count();
            let mut same = tensors.iter().enumerate().filter(|(_, tensor)| &tensor.name == name);
            same.nth(nth).map(|(index, _)| index)
        };
        let read = |name: String| {
            let known = present.contains(&name);
            known.then(|| Arc::new(arrays::read(&self.layers, &[name]).unwrap().remove(0).data))
        };
        let value = |id: ValueId| {
            if let Some(constant) = &graph.value(id).constant {
                return Some(constant.clone());
            }
            read(format!("t{}", index(id)?))
        };
        let mut values: Values = graph.ids().map(value).collect();
        for (i, id) in graph.inputs().iter().enumerate() {
            values[id.index()] = read(format!("in{i}"));
        }
        // Where a pass put the oracle's elements in another order, nothing is computed.
        for node in graph.nodes() {
            let id = node.outputs[0];
            if graph.value(id).name.ends_with("/transposed") {
                let data = smidgen_compiler::eval::evaluate_node(graph, node, &values).remove(0);
                values[id.index()] = Some(Arc::new(data));
            }
        }
        values
    }
}

/// The bundled models.
pub(crate) fn bundled() -> Vec<Golden> {
    let models = root().join("models");
    goldens(std::slice::from_ref(&models), &models.join("golden"))
}

/// The public models, if they are there.
pub(crate) fn public() -> Vec<Golden> {
    let Some(folder) = test_data() else { return Vec::new() };
    let models = folder.join("models");
    goldens(&[models.join("mlperf-tiny"), models.join("u-toe")], &folder.join("golden"))
}

fn goldens(folders: &[PathBuf], vectors: &Path) -> Vec<Golden> {
    let mut found = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(folder).unwrap() {
            let model = entry.unwrap().path();
            if model.extension().is_none_or(|e| e != "tflite") {
                continue;
            }
            let file = format!("{}.npz", model.file_stem().unwrap().to_string_lossy());
            let (outputs, layers) = (vectors.join(&file), vectors.join("layers").join(&file));
            found.push(Golden { model, vectors: outputs, layers });
        }
    }
    found.sort_by(|a, b| a.model.cmp(&b.model));
    assert!(!found.is_empty(), "no models in {folders:?}");
    found
}

/// All input samples of a file for a graph.
pub(crate) fn file_samples(graph: &Graph, path: &Path) -> Vec<Sample> {
    // As they are: operators are tried on infinity too.
    let types: Vec<_> = graph.inputs().iter().map(|&id| &graph.value(id).ty).collect();
    let names: Vec<String> = (0..types.len()).map(|index| format!("in{index}")).collect();
    let columns: Vec<Vec<Data>> = (arrays::read(path, &names).unwrap().iter().zip(&names))
        .zip(types)
        .map(|((array, name), ty)| arrays::samples(array, name, ty).unwrap())
        .collect();
    let count = columns.first().map_or(1, Vec::len);
    (0..count).map(|at| columns.iter().map(|column| column[at].clone()).collect()).collect()
}

/// An array of a file.
pub(crate) fn array(path: &Path, name: &str) -> Array {
    arrays::read(path, &[name.to_string()]).unwrap().remove(0)
}
