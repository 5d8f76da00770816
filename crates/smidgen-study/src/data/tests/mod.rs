//! What files and folders give, and how bad ones are refused.

mod damage;
mod images;
mod labels;
mod numbers;
mod numpy;
mod selection;
mod sound;
mod table;

use super::*;
use crate::arrays::{self, Array};
use smidgen_compiler::tensor::{Shape, TensorType};
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder whose files a test writes.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The path of a file, in a folder that exists.
    fn path(&self, name: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn npz(&self, arrays: &[(&str, &[usize], Data)]) -> PathBuf {
        let array = |(name, shape, data): &(&str, &[usize], Data)| {
            ((*name).to_string(), Array { shape: shape.to_vec(), data: data.clone() })
        };
        let path = self.path("data.npz");
        arrays::write(&path, &arrays.iter().map(array).collect::<Vec<_>>()).unwrap();
        path
    }

    fn spec(&self, name: &str) -> Spec {
        Spec::new(self.0.path().join(name))
    }
}

fn plain(dtype: DType, dims: &[usize]) -> TensorType {
    TensorType::plain(dtype, Shape::new(dims).unwrap())
}

fn float(dims: &[usize]) -> TensorType {
    plain(DType::F32, dims)
}

fn quantised(dtype: DType, dims: &[usize], scale: f32, zero_point: i32) -> TensorType {
    TensorType { quant: Quant::PerTensor { scale, zero_point }, ..plain(dtype, dims) }
}

/// A graph with inputs `a`, `b`, … and nothing else.
fn graph(inputs: &[TensorType]) -> Graph {
    let mut graph = Graph::new("m");
    for (name, ty) in ["a", "b", "c"].iter().zip(inputs) {
        graph.add_input(*name, ty.clone());
    }
    graph
}

fn read(spec: &Spec, inputs: &[TensorType]) -> Result<Vec<Sample>, Error> {
    Dataset::open(spec, &graph(inputs))?.samples().collect()
}

/// The only input's data of all samples.
fn check(spec: &Spec, input: TensorType, expected: &[Data]) {
    let samples = read(spec, &[input]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(samples, expected.iter().map(|data| vec![data.clone()]).collect::<Vec<_>>());
}

/// An error that says all of `parts`.
fn refused(spec: &Spec, input: TensorType, parts: &[&str]) {
    let text = match read(spec, &[input]) {
        Err(error) => error.to_string(),
        Ok(samples) => panic!("expected {parts:?}, found {samples:?}"),
    };
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing: {text}");
    }
}
