//! What all graphs of a file share, and the bytes.

use crate::diag::{Code, Diagnostic, Origin};
use crate::ops::export::Operator;
use crate::reader::tflite::BuiltinOperator;
use smidgen_schema::planus::{Builder, WriteAsOffset};
use smidgen_schema::tflite as schema;
use std::collections::BTreeMap;

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
        let (version, description) = (3, b"written by smidgen".to_vec());
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
        Ok(file)
    }
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
        Operator::Custom(name) => (BuiltinOperator::Custom, 1, Some(name.as_bytes().to_vec())),
    };
    let placeholder = schema::BuiltinOperator::PlaceholderForGreaterOpCodes as i32;
    schema::OperatorCode {
        deprecated_builtin_code: (builtin_code as i32).min(placeholder) as i8,
        custom_code: name,
        version,
        builtin_code,
    }
}
