//! Labels of samples: classes or numbers.

use super::source::{MAX_SAMPLES, ending};
use super::spec::Spec;
use super::table::{self, Rows};
use crate::Error;
use crate::arrays::{self, Array};
use crate::error::data_error;
use smidgen_compiler::tensor::{DType, Data};
use std::path::Path;

/// Most classes that names may tell apart.
const MAX_CLASSES: usize = 1 << 16;
/// Arrays of an `.npz` file and columns of a CSV file that hold labels by their name.
pub(super) const NAMES: [&str; 6] = ["labels", "label", "y", "class", "target", "targets"];

/// Labels of all samples of a data set.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labels {
    pub(super) content: Content,
    /// Names of the classes, if they have any.
    pub(super) classes: Vec<String>,
}

/// What labels are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Indices of classes.
    Classes(Vec<usize>),
    /// `width` numbers for each sample, and the type of integers that they were.
    Values { width: usize, values: Vec<f64>, integers: Option<DType> },
}

/// What a sample is known to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Label<'a> {
    /// The index of its class.
    Class(usize),
    /// Numbers that a model should put out.
    Values(&'a [f64]),
}

/// What is known of chosen samples.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// Nothing.
    Nothing,
    /// Their classes.
    Classes(Vec<usize>),
    /// What a model should put out.
    Numbers {
        /// Numbers per sample.
        width: usize,
        /// The numbers, one sample after the other.
        values: Vec<f64>,
        /// The type of integers that they were.
        integers: Option<DType>,
    },
}

impl Labels {
    /// What is known of the samples at these indices.
    pub(super) fn expected(&self, order: &[u32]) -> Expected {
        let indices = order.iter().map(|&at| at as usize);
        match &self.content {
            Content::Classes(classes) => Expected::Classes(indices.map(|at| classes[at]).collect()),
            Content::Values { width, values, integers } => Expected::Numbers {
                width: *width,
                values: indices.flat_map(|at| &values[at * width..][..*width]).copied().collect(),
                integers: *integers,
            },
        }
    }

    /// Number of labels.
    pub(super) fn len(&self) -> usize {
        match &self.content {
            Content::Classes(classes) => classes.len(),
            Content::Values { width, values, .. } => values.len() / width,
        }
    }

    /// The label of sample `index`.
    pub(super) fn get(&self, index: usize) -> Label<'_> {
        match &self.content {
            Content::Classes(classes) => Label::Class(classes[index]),
            Content::Values { width, values, .. } => {
                Label::Values(&values[index * width..][..*width])
            }
        }
    }

    /// Classes of class folders, as indices of `names`.
    pub(super) fn of_classes(classes: Vec<usize>, names: Vec<String>) -> Self {
        Self { content: Content::Classes(classes), classes: names }
    }

    /// Labels of an array called `name`: one integer or several numbers for each sample. An array
    /// of outputs holds numbers, whatever they are.
    pub(super) fn of_array(array: &Array, name: &str, classes: &[String]) -> Result<Self, String> {
        let Some((&count, rest)) = array.shape.split_first() else {
            return Err("has no axis of samples".into());
        };
        let width: usize = rest.iter().product();
        if width == 0 && count > 0 {
            return Err(format!("has the shape {:?}, which holds no labels", array.shape));
        }
        let integers = match &array.data {
            Data::Bool(v) => Some(v.iter().map(|&x| x.into()).collect()),
            data => data.integers(),
        };
        if let Some(integers) = integers.as_ref().filter(|_| width == 1 && !is_output(name)) {
            let indices: Option<Vec<usize>> =
                integers.iter().map(|&x| usize::try_from(x).ok()).collect();
            if let Some(indices) = indices {
                return of_indices(indices, classes);
            }
        }
        let ty = integers.is_some().then(|| array.data.dtype());
        let values: Vec<f64> = match (&array.data, integers) {
            (Data::F32(v), _) => v.iter().map(|&x| x.into()).collect(),
            (_, integers) => integers.unwrap_or_default().iter().map(|&x| x as f64).collect(),
        };
        if let Some(index) = values.iter().position(|x| !x.is_finite()) {
            let (sample, value) = (index / width, values[index]);
            return Err(format!("the label of sample {sample} is `{value}`"));
        }
        of_values(width.max(1), values, ty, classes)
    }

    /// Labels of cells of a table: class indices, numbers, or else names of classes.
    pub(super) fn of_texts(texts: &[String], classes: &[String]) -> Result<Self, String> {
        let named = |text: &String| classes.iter().position(|class| class == text);
        if !classes.is_empty()
            && let Some(indices) = texts.iter().map(named).collect()
        {
            return Ok(Self::of_classes(indices, classes.to_vec()));
        }
        if let Some(indices) = texts.iter().map(|text| text.parse().ok()).collect() {
            return of_indices(indices, classes);
        }
        let number = |text: &String| text.parse().ok().filter(|x: &f64| x.is_finite());
        if let Some(values) = texts.iter().map(number).collect() {
            return of_values(1, values, None, classes);
        }
        if let Some(index) = texts.iter().position(|text| named(text).is_none())
            && !classes.is_empty()
        {
            let known = arrays::listed(classes);
            return Err(format!(
                "label {index}, `{}`, is none of the classes {known}",
                texts[index]
            ));
        }
        let mut names = texts.to_vec();
        names.sort();
        names.dedup();
        if names.len() > MAX_CLASSES {
            return Err(format!("has more than {MAX_CLASSES} different labels"));
        }
        let index = |text| names.binary_search(text).expect("all names are there");
        Ok(Self::of_classes(texts.iter().map(index).collect(), names))
    }

    /// Reads labels in the order of the samples from a file of their own.
    pub(super) fn load(path: &Path, spec: &Spec) -> Result<Self, Error> {
        let wrong = |text: String| data_error(path, text);
        match ending(path).as_str() {
            "npz" => {
                let names = arrays::names(path)?;
                let name = array_name(spec, &names).or_else(|| {
                    let [only] = &names[..] else { return None };
                    Some(only.clone())
                });
                let name = name.ok_or_else(|| {
                    wrong(format!(
                        "name the array of labels with `--label-column`; there are {}",
                        arrays::listed(&names)
                    ))
                })?;
                let array = arrays::read_widened(path, std::slice::from_ref(&name))?.remove(0);
                Self::of_array(&array, &name, &spec.classes).map_err(wrong)
            }
            "npy" => {
                let array = arrays::read_widened(path, &["labels".into()])?.remove(0);
                Self::of_array(&array, "labels", &spec.classes).map_err(wrong)
            }
            "csv" | "tsv" | "txt" => {
                let texts = column(path, spec)?;
                Self::of_texts(&texts, &spec.classes).map_err(wrong)
            }
            _ => Err(wrong("labels are read from `.csv`, `.npy` and `.npz` files".into())),
        }
    }
}

fn of_indices(indices: Vec<usize>, classes: &[String]) -> Result<Labels, String> {
    let beyond = indices.iter().position(|&label| label >= classes.len());
    match beyond.filter(|_| !classes.is_empty()) {
        Some(sample) => Err(format!(
            "the label of sample {sample} is {}, but only {} classes are named",
            indices[sample],
            classes.len()
        )),
        None => Ok(Labels::of_classes(indices, classes.to_vec())),
    }
}

fn of_values(
    width: usize,
    values: Vec<f64>,
    integers: Option<DType>,
    classes: &[String],
) -> Result<Labels, String> {
    if classes.is_empty() || width == classes.len() {
        return Ok(Labels {
            content: Content::Values { width, values, integers },
            classes: classes.to_vec(),
        });
    }
    Err(format!("labels are numbers, but {} classes are named", classes.len()))
}

/// Whether an array is called as one of outputs is: `out0`, `out1` …
fn is_output(name: &str) -> bool {
    name.strip_prefix("out").is_some_and(|n| n.parse::<usize>().is_ok())
}

/// The array of expected outputs in an `.npz` file that has no labels.
pub(super) fn output_array(present: &[String]) -> Option<String> {
    let has_labels = NAMES.iter().any(|name| present.iter().any(|other| other == name));
    present.iter().find(|name| !has_labels && *name == "out0").cloned()
}

/// The array of an `.npz` file that holds labels.
pub(super) fn array_name(spec: &Spec, present: &[String]) -> Option<String> {
    match &spec.label_column {
        Some(name) => Some(name.clone()),
        None => NAMES.iter().map(ToString::to_string).find(|name| present.contains(name)),
    }
}

/// The column of labels of a table with one label in each row.
fn column(path: &Path, spec: &Spec) -> Result<Vec<String>, Error> {
    let mut rows = Rows::open(path)?;
    let first = rows.first().to_vec();
    let numeric = first.iter().all(|cell| cell.parse::<f64>().is_ok());
    let known = first.iter().any(|cell| table::is_label_name(cell));
    let is_header = spec.header.unwrap_or(known || (!numeric && spec.label_column.is_some()));
    let header = is_header.then_some(&first[..]);
    let column = match table::label_column(spec, header, first.len()) {
        Ok(Some(column)) => column,
        Ok(None) if first.len() == 1 => 0,
        Ok(None) => {
            let text = format!(
                "has {} columns; name the one of labels with `--label-column`",
                first.len()
            );
            return Err(data_error(path, text));
        }
        Err(text) => return Err(data_error(path, text)),
    };
    rows.skip_header(is_header)?;
    let mut texts = Vec::new();
    while let Some((_, row)) = rows.next_row()? {
        if texts.len() == MAX_SAMPLES {
            return Err(data_error(path, format!("has more than {MAX_SAMPLES} labels")));
        }
        texts.push(row[column].to_string());
    }
    Ok(texts)
}
