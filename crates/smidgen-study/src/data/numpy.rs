//! Samples from NumPy files: an array for each input.

use super::labels::{self, Labels, NAMES};
use super::shape;
use super::source::{Opened, Port, Raw, Source};
use super::spec::Spec;
use crate::Error;
use crate::arrays::{self, Array};
use crate::error::data_error;
use smidgen_compiler::tensor::{Data, Element};
use std::path::{Path, PathBuf};

/// Arrays of all samples, each held once, in the type that the file has.
#[derive(Debug)]
struct Arrays {
    path: PathBuf,
    /// By input: the array's name, its elements, and elements per sample.
    columns: Vec<(String, Data, usize)>,
    count: usize,
}

/// Opens an `.npz` or `.npy` file.
pub(super) fn open(spec: &Spec, ports: &[Port]) -> Result<Opened, Error> {
    let path = &spec.path;
    let present = if arrays::is_npy(path) { vec!["in0".into()] } else { arrays::names(path)? };
    let label_array = if spec.labels.is_some() || arrays::is_npy(path) {
        None
    } else {
        labels::array_name(spec, &present)
    };
    let names: Vec<String> = ports
        .iter()
        .enumerate()
        .map(|(index, port)| array_name(&present, index, port, ports, label_array.as_deref()))
        .collect();
    let mut columns = Vec::new();
    let mut counts = Vec::new();
    for ((array, name), port) in
        arrays::read_widened(path, &names)?.into_iter().zip(names).zip(ports)
    {
        counts.push(samples(path, &array, &name, port)?);
        columns.push((name, array.data, port.ty.shape.elements()));
    }
    let count = counts.first().copied().unwrap_or(1);
    if counts.iter().any(|&n| n != count) {
        let text = format!("the inputs have different numbers of samples: {counts:?}");
        return Err(data_error(path, text));
    }
    let labels = label_array.map(|name| own_labels(spec, &name)).transpose()?;
    Ok(Opened { source: Box::new(Arrays { path: path.clone(), columns, count }), labels })
}

fn samples(path: &Path, array: &Array, name: &str, port: &Port) -> Result<usize, Error> {
    shape::samples(&array.shape, &port.ty.shape).map_err(|text| {
        let (given, wanted) = (array.data.dtype(), port.ty.dtype);
        let text = format!("array `{name}` ({given}) for input `{}` ({wanted}): {text}", port.name);
        data_error(path, text)
    })
}

fn own_labels(spec: &Spec, name: &str) -> Result<Labels, Error> {
    let array = arrays::read_widened(&spec.path, &[name.to_string()])?.remove(0);
    Labels::of_array(&array, name, &spec.classes)
        .map_err(|text| data_error(&spec.path, format!("array `{name}`: {text}")))
}

/// The array for an input: of its name, `in0`, `in1` …, or for an only input `x` or the only array
/// that is there besides labels.
fn array_name(
    present: &[String],
    index: usize,
    port: &Port,
    ports: &[Port],
    labels: Option<&str>,
) -> String {
    let numbered = format!("in{index}");
    let is_there = |name: &str| present.iter().any(|other| other == name);
    // Converters put a prefix and a suffix around the names that people gave.
    let short = port.name.trim_start_matches("serving_default_").trim_end_matches(":0");
    let candidates = [numbered.as_str(), &port.name, short];
    if let Some(name) = candidates.into_iter().find(|name| is_there(name)) {
        return name.to_string();
    }
    let is_label = |name: &&String| Some(name.as_str()) == labels || NAMES.contains(&name.as_str());
    let others: Vec<&String> = present.iter().filter(|name| !is_label(name)).collect();
    match (ports.len(), &others[..]) {
        (1, _) if is_there("x") => "x".into(),
        (1, [only]) if !only.starts_with("out") => (*only).clone(),
        _ => numbered,
    }
}

impl Source for Arrays {
    fn len(&self) -> usize {
        self.count
    }

    fn is_real(&self) -> bool {
        false
    }

    fn read(&self, index: usize, port: usize) -> Result<Raw, Error> {
        fn cut<T: Element>(all: &[T], index: usize, elements: usize) -> Data {
            T::data(all[index * elements..][..elements].to_vec())
        }
        let (_, data, elements) = &self.columns[port];
        Ok(Raw::Typed(smidgen_compiler::for_each_dtype!(data, all => cut(all, index, *elements))))
    }

    fn place(&self, index: usize) -> String {
        let names: Vec<String> = self.columns.iter().map(|(name, ..)| name.clone()).collect();
        format!("`{}`: sample {index} of {}", self.path.display(), arrays::listed(&names))
    }
}
