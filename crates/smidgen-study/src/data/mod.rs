//! Samples and labels for a model, from files and folders.
//!
//! A [`Dataset`] hands out one sample at a time. NumPy arrays and tables are held once, in the type
//! that the file has; pictures and sound are decoded when they are asked for.

mod census;
mod convert;
mod folder;
mod images;
mod labels;
mod numpy;
mod picture;
mod resize;
mod shape;
mod sound;
mod source;
mod spec;
mod table;
#[cfg(test)]
mod tests;

pub use labels::{Expected, Label};
pub use spec::{Clip, Colour, Filter, Fit, ImageSpec, Layout, Meaning, Numbers, SoundSpec, Spec};

use crate::Error;
use crate::error::data_error;
use crate::inputs::Sample;
use census::Census;
use convert::Rules;
use labels::{Content, Labels};
use smidgen_compiler::graph::Graph;
use smidgen_compiler::ops::case::Random;
use smidgen_compiler::tensor::{DType, Data, Quant};
use source::{Opened, Port, Source};
use std::sync::Arc;

/// Samples for the inputs of a model, and their labels.
#[derive(Debug)]
pub struct Dataset {
    spec: Arc<Spec>,
    source: Arc<dyn Source>,
    labels: Option<Arc<Labels>>,
    ports: Vec<Port>,
    /// Indices of the chosen samples in the source.
    order: Vec<u32>,
    census: Vec<Census>,
}

impl Dataset {
    /// Opens what `spec` names for the inputs of `graph`.
    pub fn open(spec: &Spec, graph: &Graph) -> Result<Self, Error> {
        let ports = source::ports(graph);
        check_numbers(spec, &ports)?;
        let Opened { source, labels } = source::open(spec, &ports)?;
        let labels = match (labels, &spec.labels) {
            (None, Some(path)) => Some(Labels::load(path, spec)?),
            (labels, _) => labels,
        };
        if let Some(labels) = labels.as_ref().filter(|labels| labels.len() != source.len()) {
            let text =
                format!("has {} samples, but there are {} labels", source.len(), labels.len());
            return Err(data_error(&spec.path, text));
        }
        for port in &ports {
            check_channels(&spec.numbers, source.channels(port).1)?;
        }
        let all = (0..source.len() as u32).collect();
        let order = chosen(all, spec.limit, spec.shuffle);
        let (source, labels) = (Arc::from(source), labels.map(Arc::new));
        Ok(Self {
            spec: Arc::new(spec.clone()),
            source,
            labels,
            census: censuses(&ports),
            ports,
            order,
        })
    }

    /// The same samples for another graph whose inputs have the same shapes, such as a quantised
    /// version of the model. Nothing is read again.
    pub fn for_graph(&self, graph: &Graph) -> Result<Self, Error> {
        let ports = source::ports(graph);
        let same = |(ours, theirs): (&Port, &Port)| ours.ty.shape == theirs.ty.shape;
        if ports.len() != self.ports.len() || !self.ports.iter().zip(&ports).all(same) {
            let text = format!("model `{}` takes inputs of other shapes", graph.name);
            return Err(data_error(&self.spec.path, text));
        }
        Ok(self.with(ports, self.order.clone()))
    }

    /// At most `limit` of the samples: the first ones, or random ones where there is a seed.
    #[must_use]
    pub fn subset(&self, limit: usize, seed: Option<u64>) -> Self {
        self.with(self.ports.clone(), chosen(self.order.clone(), Some(limit), seed))
    }

    fn with(&self, ports: Vec<Port>, order: Vec<u32>) -> Self {
        Self {
            spec: Arc::clone(&self.spec),
            source: Arc::clone(&self.source),
            labels: self.labels.clone(),
            census: censuses(&ports),
            ports,
            order,
        }
    }

    /// Refuses fewer samples than were asked for.
    pub fn check_limit(&self) -> Result<(), Error> {
        match self.spec.limit.filter(|&limit| limit > self.len()) {
            Some(limit) => {
                let text = format!("has {} samples, {limit} are asked for", self.len());
                Err(data_error(&self.spec.path, text))
            }
            None => Ok(()),
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Sample `index`: the data of every model input, in order. May be called on several threads.
    pub fn sample(&self, index: usize) -> Result<Sample, Error> {
        let at = self.order[index] as usize;
        (0..self.ports.len()).map(|port| self.input(at, port)).collect()
    }

    fn input(&self, at: usize, index: usize) -> Result<Data, Error> {
        let port = &self.ports[index];
        let converted = convert::convert(self.source.read(at, index)?, port, self.rules(port))
            .map_err(|text| self.wrong(at, port, &text))?;
        self.census[index].add(port, &converted);
        Ok(converted.data)
    }

    fn rules(&self, port: &Port) -> Rules<'_> {
        Rules {
            numbers: &self.spec.numbers,
            integers_are_real: self.source.is_real(),
            channels: self.source.channels(port),
        }
    }

    fn wrong(&self, at: usize, port: &Port, text: &str) -> Error {
        Error::Data(format!("{}: for input `{}`: {text}", self.source.place(at), port.name))
    }

    /// All samples, one at a time.
    pub fn samples(&self) -> impl Iterator<Item = Result<Sample, Error>> {
        (0..self.len()).map(|index| self.sample(index))
    }

    /// The label of sample `index`, if there are labels.
    pub fn label(&self, index: usize) -> Option<Label<'_>> {
        Some(self.labels.as_ref()?.get(self.order[index] as usize))
    }

    /// Names of the classes; none if labels are numbers or classes have no names.
    pub fn classes(&self) -> &[String] {
        self.labels.as_ref().map_or(&[], |labels| &labels.classes)
    }

    /// Classes of all samples, which must be among the `count` that a model tells apart.
    pub fn class_labels(&self, count: usize) -> Result<Vec<usize>, Error> {
        let labels = self.known_labels()?;
        let Content::Classes(_) = &labels.content else {
            return Err(data_error(&self.spec.path, "its labels are numbers, not classes"));
        };
        let class = |&at: &u32| match labels.get(at as usize) {
            Label::Class(class) if class < count => Ok(class),
            Label::Class(class) => Err(Error::Data(format!(
                "{}: label {class} is out of range: the model tells {count} classes apart, from 0 \
                 to {}",
                self.source.place(at as usize),
                count.saturating_sub(1)
            ))),
            Label::Values(_) => unreachable!("all labels are of one kind"),
        };
        self.order.iter().map(class).collect()
    }

    /// What is known of all samples.
    pub fn expected(&self) -> Expected {
        self.labels.as_ref().map_or(Expected::Nothing, |labels| labels.expected(&self.order))
    }

    /// Input number `port` of sample `index` as the real numbers that it stands for, before they
    /// are quantised where the file has them.
    pub fn reals(&self, index: usize, port: usize) -> Result<Vec<f32>, Error> {
        let (at, of) = (self.order[index] as usize, &self.ports[port]);
        let raw = self.source.read(at, port)?;
        convert::reals(raw, of, self.rules(of)).map_err(|text| self.wrong(at, of, &text))
    }

    /// Where sample `index` is, for messages.
    pub fn place(&self, index: usize) -> String {
        self.source.place(self.order[index] as usize)
    }

    fn known_labels(&self) -> Result<&Labels, Error> {
        self.labels.as_deref().ok_or_else(|| {
            data_error(&self.spec.path, "has no labels; name a file of them with `--labels`")
        })
    }

    /// Remarks on the samples that were read so far: zero everywhere, many numbers clipped.
    pub fn notes(&self) -> Vec<String> {
        self.census.iter().zip(&self.ports).flat_map(|(census, port)| census.notes(port)).collect()
    }
}

fn censuses(ports: &[Port]) -> Vec<Census> {
    ports.iter().map(|_| Census::default()).collect()
}

/// The first `limit` of the indices, after putting them in a random order if there is a seed.
fn chosen(mut order: Vec<u32>, limit: Option<usize>, seed: Option<u64>) -> Vec<u32> {
    if let Some(seed) = seed {
        let mut random = Random::new(seed);
        for last in (1..order.len()).rev() {
            order.swap(last, random.range(0, last as i64) as usize);
        }
    }
    order.truncate(limit.unwrap_or(order.len()));
    order
}

/// Whether what the user says of the numbers makes sense for the model's inputs.
fn check_numbers(spec: &Spec, ports: &[Port]) -> Result<(), Error> {
    let numbers = &spec.numbers;
    let usage = |text: &str| Err(Error::Usage(text.into()));
    let finite = |list: &[f64]| list.iter().all(|x| x.is_finite());
    if !numbers.scale.is_finite() || !finite(&numbers.mean) || !finite(&numbers.deviation) {
        return usage("scale, mean and standard deviation must be finite");
    }
    if numbers.scale == 0.0 || numbers.deviation.contains(&0.0) {
        return usage("scale and standard deviation must not be zero");
    }
    if !numbers.normalises() {
        return Ok(());
    }
    if numbers.meaning == Meaning::Codes {
        return usage("numbers that are the input's own integers cannot be scaled");
    }
    let is_real = |port: &Port| port.ty.dtype == DType::F32 || port.ty.quant != Quant::None;
    if !ports.iter().any(is_real) {
        return usage("no input of the model takes real numbers that could be scaled");
    }
    Ok(())
}

fn check_channels(numbers: &Numbers, channels: usize) -> Result<(), Error> {
    for (name, list) in [("mean", &numbers.mean), ("standard deviation", &numbers.deviation)] {
        if list.len() > 1 && list.len() != channels {
            return Err(Error::Usage(format!(
                "the {name} has {} numbers, but the input has {channels} channels",
                list.len()
            )));
        }
    }
    Ok(())
}
