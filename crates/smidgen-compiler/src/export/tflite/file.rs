//! What all graphs of a file share, and the bytes.

use crate::diag::{Code, Diagnostic, Origin};
use crate::ops::export::Operator;
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::planus::{self, Builder, ReadAsRoot, WriteAsOffset};
use smidgen_schema::tflite as schema;
use std::collections::{BTreeMap, BTreeSet};

/// Contents begin at multiples of this many bytes, so that they can be read where they are.
const ALIGNMENT: usize = 16;

/// Most bytes of all contents: offsets in a file have 31 bits.
const MAX_CONTENT_BYTES: usize = 1 << 30;

/// A list of nothing, which takes 4 bytes. The builder would keep one of bytes for the next time.
const EMPTY: [u32; 0] = [];

/// The parts of a file that is being written.
#[derive(Debug, Default)]
pub(super) struct File {
    /// Numbers of the buffers by their contents; buffer 0 is empty.
    contents: BTreeMap<Vec<u8>, u32>,
    operators: Vec<Operator>,
    subgraphs: Vec<schema::SubGraph>,
}

impl File {
    /// The number of the buffer that holds `content`.
    pub(super) fn buffer(&mut self, content: Vec<u8>) -> u32 {
        if content.is_empty() {
            return 0;
        }
        let next = self.contents.len() as u32 + 1;
        *self.contents.entry(content).or_insert(next)
    }

    /// The number of an operator.
    pub(super) fn operator(&mut self, operator: Operator) -> u32 {
        let known = self.operators.iter().position(|other| *other == operator);
        known.unwrap_or_else(|| {
            self.operators.push(operator);
            self.operators.len() - 1
        }) as u32
    }

    /// Reserves the number of a graph.
    pub(super) fn reserve(&mut self) -> usize {
        self.subgraphs.push(schema::SubGraph::default());
        self.subgraphs.len() - 1
    }

    /// Fills in a graph.
    pub(super) fn set(&mut self, number: usize, subgraph: schema::SubGraph) {
        self.subgraphs[number] = subgraph;
    }

    /// Lengthens texts that are also contents: the builder would store both once, and [`shorten`] would
    /// cut the content.
    fn part_texts_from_contents(&mut self) {
        let contents = &self.contents;
        let part = |text: &mut Option<Vec<u8>>| {
            for text in text.iter_mut() {
                while contents.contains_key(text) {
                    text.insert(text.len() - 1, b'_');
                }
            }
        };
        for subgraph in &mut self.subgraphs {
            part(&mut subgraph.name);
            subgraph.tensors.iter_mut().flatten().for_each(|tensor| part(&mut tensor.name));
            for operator in subgraph.operators.iter_mut().flatten() {
                if let Some(schema::BuiltinOptions::VarHandleOptions(options)) =
                    &mut operator.builtin_options
                {
                    part(&mut options.container);
                    part(&mut options.shared_name);
                }
            }
        }
    }

    /// The file.
    ///
    /// Flatbuffers are built from their end. The contents come first, so that only the bytes behind
    /// them say where they begin: as all lengths are multiples of 4, empty lists move them into place.
    pub(super) fn bytes(mut self) -> Result<Vec<u8>, Diagnostic> {
        let size: usize = self.contents.keys().map(Vec::len).sum();
        if size > MAX_CONTENT_BYTES {
            let text = format!("has {size} bytes of constants, the limit is {MAX_CONTENT_BYTES}");
            return Err(Diagnostic::new(Code::TooLarge, Origin::Model, text));
        }
        self.part_texts_from_contents();
        let builder = &mut Builder::with_capacity(size + (1 << 16));
        // Lets everything else be placed for a file whose length is a multiple of the alignment.
        builder.create_vector(&[0u64][..]);
        let mut contents: Vec<(Vec<u8>, u32)> =
            std::mem::take(&mut self.contents).into_iter().collect();
        contents.sort_by_key(|&(_, number)| number);
        let mut buffers = vec![schema::Buffer::default().prepare(builder)];
        for (content, _) in contents {
            // The length stands in the 4 bytes before the content.
            pad(builder, |length| {
                (length + 4 + content.len()).next_multiple_of(4) % ALIGNMENT == 4
            });
            let content = builder.create_vector(&content[..]);
            buffers.push(schema::Buffer::create(builder, content, 0, 0));
        }
        let buffers = builder.create_vector(&buffers[..]);
        let codes: Vec<_> = self.operators.iter().map(code).collect();
        let (version, description) = (3, text("written by smidgen"));
        let model = schema::Model::create(
            builder,
            version,
            &codes,
            &self.subgraphs,
            &description,
            buffers,
            (),
            (),
            (),
            (),
            (),
        );
        builder.create_vector(EMPTY);
        pad(builder, |length| (length + 4) % ALIGNMENT == 0);
        // The builder would put the identifier before the root: it goes into the last empty list.
        let mut file = builder.finish(model, None).to_vec();
        file[4..8].copy_from_slice(b"TFL3");
        let ends = texts(&file).expect("what has just been built can be read");
        for start in ends {
            shorten(&mut file, start);
        }
        Ok(file)
    }
}

/// A text, with the zero that has to follow it in the file: the builder takes it for a list of bytes, whose
/// length [`shorten`] sets right.
pub(super) fn text(text: &str) -> Vec<u8> {
    [text.as_bytes(), &[0]].concat()
}

/// Where the texts of a file begin.
fn texts(file: &[u8]) -> Result<BTreeSet<usize>, planus::Error> {
    let model = schema::ModelRef::read_as_root(file)?;
    let mut texts = vec![model.description()?];
    for code in model.operator_codes()?.into_iter().flatten() {
        texts.push(code?.custom_code()?);
    }
    for subgraph in model.subgraphs()?.into_iter().flatten() {
        let subgraph = subgraph?;
        texts.push(subgraph.name()?);
        for tensor in subgraph.tensors()?.into_iter().flatten() {
            texts.push(tensor?.name()?);
        }
        for operator in subgraph.operators()?.into_iter().flatten() {
            let options = operator?.builtin_options()?;
            if let Some(schema::BuiltinOptionsRef::VarHandleOptions(options)) = options {
                texts.extend([options.container()?, options.shared_name()?]);
            }
        }
    }
    let start = |text: &[u8]| text.as_ptr() as usize - file.as_ptr() as usize;
    Ok(texts.into_iter().flatten().map(start).collect())
}

/// Takes the last byte out of the list that begins at `start`; its length stands before it.
fn shorten(file: &mut [u8], start: usize) {
    let length = start - 4..start;
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&file[length.clone()]);
    let shorter = u32::from_le_bytes(bytes).saturating_sub(1);
    file[length].copy_from_slice(&shorter.to_le_bytes());
}

/// Adds empty lists until the length is as wanted.
fn pad(builder: &mut Builder, is_wanted: impl Fn(usize) -> bool) {
    for _ in 0..ALIGNMENT / 4 {
        if !is_wanted(builder.len()) {
            builder.create_vector(EMPTY);
        }
    }
}

/// The entry of an operator: old interpreters read its number where there is one byte for it.
fn code(operator: &Operator) -> schema::OperatorCode {
    let (builtin_code, version, name) = match *operator {
        Operator::Builtin(builtin, version) => (builtin, version, None),
        Operator::Custom(name) => (BuiltinOperator::Custom, 1, Some(text(name))),
    };
    let placeholder = schema::BuiltinOperator::PlaceholderForGreaterOpCodes as i32;
    schema::OperatorCode {
        deprecated_builtin_code: (builtin_code as i32).min(placeholder) as i8,
        custom_code: name,
        version,
        builtin_code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_that_is_also_a_text_stays_whole() {
        let mut file = File::default();
        let number = file.reserve();
        let content = text("same");
        assert_eq!(file.buffer(content.clone()), 1);
        let tensor = schema::Tensor { name: Some(content.clone()), ..schema::Tensor::default() };
        let subgraph =
            schema::SubGraph { tensors: Some(vec![tensor]), ..schema::SubGraph::default() };
        file.set(number, subgraph);
        let bytes = file.bytes().unwrap();
        let model = schema::ModelRef::read_as_root(&bytes).unwrap();
        let buffer = model.buffers().unwrap().unwrap().get(1).unwrap().unwrap();
        assert_eq!(buffer.data().unwrap().unwrap(), content);
    }

    #[test]
    fn a_zero_follows_every_text() {
        // Texts whose length is a multiple of 4 have no padding behind them.
        let mut file = File::default();
        let number = file.reserve();
        let tensor = |name| schema::Tensor { name: Some(text(name)), ..schema::Tensor::default() };
        let tensors = ["four", "eight888", "five5", ""].map(tensor).to_vec();
        let subgraph = schema::SubGraph {
            name: Some(text("main")),
            tensors: Some(tensors),
            ..schema::SubGraph::default()
        };
        file.set(number, subgraph);
        let bytes = file.bytes().unwrap();
        let starts = texts(&bytes).unwrap();
        assert_eq!(starts.len(), 6);
        for start in starts {
            let length = u32::from_le_bytes(bytes[start - 4..start].try_into().unwrap());
            assert_eq!(bytes[start + length as usize], 0);
        }
    }
}
