//! The file as a whole: identifier, version, operator codes, buffers, subgraphs.

use smidgen_schema::planus::ReadAsRoot;
use smidgen_schema::tflite as schema;

use super::limits::{MAX_OPERATORS, MAX_SUBGRAPHS, MAX_TENSORS, list_budget};
use super::list::{numbers, tables, text};
use super::operator::{self, Code};
use super::place::{Log, Place};
use super::{Model, Operator, SubGraph, Tensor, tensor};
use crate::diag::{self, Diagnostic};

/// The only version of the schema that is in use.
const VERSION: u32 = 3;

/// What the parts of a file refer to, and how much of the limits is left.
pub(super) struct Context<'a> {
    pub(super) file: &'a [u8],
    pub(super) codes: Vec<Code<'a>>,
    /// Content of each buffer; none where it is empty.
    pub(super) buffers: Vec<Option<&'a [u8]>>,
    tensors_left: usize,
    operators_left: usize,
}

pub(super) fn model(file: &[u8]) -> Result<Model<'_>, Vec<Diagnostic>> {
    let mut log = Log::new(list_budget(file.len()));
    let root = match open(file) {
        Ok(root) => root,
        Err(text) => {
            log.malformed_at(Place::File, format_args!(": {text}"));
            return Err(log.finish());
        }
    };
    let version = log.take(Place::File, "version", root.version());
    if version != VERSION {
        let text = format_args!(": schema version {version}, only version {VERSION} is known");
        log.malformed_at(Place::File, text);
    }
    let mut context = Context {
        file,
        codes: operator::codes(&mut log, &root),
        buffers: buffers(&mut log, file, &root),
        tensors_left: MAX_TENSORS,
        operators_left: MAX_OPERATORS,
    };
    let description = text(&mut log, Place::File, "description", root.description());
    let parts = tables(&mut log, Place::File, "subgraph", root.subgraphs());
    if parts.is_empty() {
        log.malformed_at(Place::File, ": has no subgraph");
    }
    if parts.len() > MAX_SUBGRAPHS {
        too_many(&mut log, Place::File, parts.len(), "subgraphs", MAX_SUBGRAPHS);
    }
    let subgraphs = parts
        .into_iter()
        .take(MAX_SUBGRAPHS)
        .enumerate()
        .filter_map(|(index, part)| Some(subgraph(&mut log, &mut context, index, part?)))
        .collect();
    let problems = log.finish();
    if problems.is_empty() { Ok(Model { description, subgraphs }) } else { Err(problems) }
}

/// Checks the identifier and finds the root table.
fn open(file: &[u8]) -> Result<schema::ModelRef<'_>, String> {
    if file.len() < 8 {
        return Err(format!("{} bytes are too few for a TFLite model", file.len()));
    }
    if !Model::detect(file) {
        let found = file[4..8].escape_ascii();
        return Err(format!("not a TFLite model: bytes 4 to 8 are `{found}`, not `TFL3`"));
    }
    schema::ModelRef::read_as_root(file)
        .map_err(|_| "the root table lies outside the file; it may be truncated".to_owned())
}

fn buffers<'a>(
    log: &mut Log,
    file: &'a [u8],
    root: &schema::ModelRef<'a>,
) -> Vec<Option<&'a [u8]>> {
    let parts = tables(log, Place::File, "buffer", root.buffers());
    let content = |(index, part): (usize, Option<schema::BufferRef<'a>>)| {
        let (part, place) = (part?, Place::Buffer(index));
        let inline = log.take(place, "data", part.data()).filter(|data| !data.is_empty());
        let offset = log.take(place, "offset", part.offset());
        let size = log.take(place, "size", part.size());
        inline.or_else(|| appended(log, place, file, offset, size))
    };
    parts.into_iter().enumerate().map(content).collect()
}

/// Bytes that lie behind the flatbuffer in the same file; offsets 0 and 1 mean that there are none.
pub(super) fn appended<'a>(
    log: &mut Log,
    place: Place,
    file: &'a [u8],
    offset: u64,
    size: u64,
) -> Option<&'a [u8]> {
    if offset <= 1 || size == 0 {
        return None;
    }
    let range = usize::try_from(offset).ok()..usize::try_from(offset.saturating_add(size)).ok();
    let bytes = range.start.zip(range.end).and_then(|(start, end)| file.get(start..end));
    if bytes.is_none() {
        let length = file.len();
        let text =
            format_args!(": {size} bytes at offset {offset}, but the file has {length} bytes");
        log.malformed_at(place, text);
    }
    bytes
}

fn subgraph<'a>(
    log: &mut Log,
    context: &mut Context<'a>,
    index: usize,
    part: schema::SubGraphRef<'a>,
) -> SubGraph<'a> {
    let place = Place::SubGraph(index);
    let tensors: Vec<Tensor> = {
        let list = tables(log, place, "tensor", part.tensors());
        let list = limit(log, place, list, "tensors", &mut context.tensors_left, MAX_TENSORS);
        let read = |(at, part)| tensor::tensor(log, context, (index, at), part);
        list.into_iter().enumerate().map(read).collect()
    };
    let operators: Vec<Operator> = {
        let list = tables(log, place, "operator", part.operators());
        let list = limit(log, place, list, "operators", &mut context.operators_left, MAX_OPERATORS);
        let read = |(at, part): (usize, Option<_>)| {
            operator::operator(log, context, (index, at), part?, tensors.len())
        };
        list.into_iter().enumerate().filter_map(read).collect()
    };
    let inputs = numbers(log, place, "inputs", part.inputs());
    let outputs = numbers(log, place, "outputs", part.outputs());
    SubGraph {
        name: text(log, place, "name", part.name()),
        inputs: ports(log, place, "input", &inputs, tensors.len()),
        outputs: ports(log, place, "output", &outputs, tensors.len()),
        tensors,
        operators,
    }
}

/// Indices of tensors, none of which may be absent.
fn ports(log: &mut Log, place: Place, role: &str, list: &[i32], tensors: usize) -> Vec<usize> {
    let check = |(position, &index): (usize, &i32)| {
        let valid = usize::try_from(index).ok().filter(|&index| index < tensors);
        if valid.is_none() {
            out_of_range(log, place, role, position, index, tensors);
        }
        valid
    };
    list.iter().enumerate().filter_map(check).collect()
}

pub(super) fn out_of_range(
    log: &mut Log,
    place: Place,
    role: &str,
    position: usize,
    index: i32,
    tensors: usize,
) {
    let text = format_args!(
        ", {role} {position}: tensor index {index} out of range, the subgraph has {tensors} tensors"
    );
    log.malformed_at(place, text);
}

/// Cuts a list to what is left of a limit over the whole file.
fn limit<T>(
    log: &mut Log,
    place: Place,
    mut list: Vec<T>,
    what: &str,
    left: &mut usize,
    limit: usize,
) -> Vec<T> {
    if list.len() > *left {
        too_many(log, place, list.len(), what, limit);
        list.truncate(*left);
    }
    *left -= list.len();
    list
}

fn too_many(log: &mut Log, place: Place, count: usize, what: &str, limit: usize) {
    let text = format_args!(": {count} {what}, the limit for a file is {limit}");
    log.note_at(diag::Code::TooLarge, place, text);
}
