//! The wire format of protobuf: what a file looks like, and what decoding it would allocate.

use smidgen_schema::onnx::{Field, Layout};

use super::Bytes;
use super::limits::MAX_MESSAGE_DEPTH;

/// Entries that a list makes room for at first.
const FIRST_ENTRIES: usize = 4;

/// Fields of a model, whether smidgen reads them or not, and their wire types.
const MODEL_FIELDS: [(u32, Wire); 12] = [
    (IR_VERSION, Wire::Varint),
    (2, Wire::Sized),
    (3, Wire::Sized),
    (4, Wire::Sized),
    (5, Wire::Varint),
    (6, Wire::Sized),
    (GRAPH, Wire::Sized),
    (8, Wire::Sized),
    (14, Wire::Sized),
    (20, Wire::Sized),
    (25, Wire::Sized),
    (26, Wire::Sized),
];
const IR_VERSION: u32 = 1;
const GRAPH: u32 = 7;

/// The file is no well-formed protobuf message.
#[derive(Debug)]
pub(super) struct Malformed;

/// How a field's content is stored. Groups, which are history, are malformed here.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wire {
    Varint,
    Sized,
    Fixed4,
    Fixed8,
}

/// Whether the bytes begin as a model does: known fields, with a version and a graph among them.
pub(super) fn detect(bytes: &[u8]) -> bool {
    let (mut rest, mut version, mut graph) = (bytes, false, false);
    while let Some((number, wire)) = key(&mut rest) {
        if !MODEL_FIELDS.contains(&(number, wire)) {
            return false;
        }
        version |= number == IR_VERSION;
        graph |= number == GRAPH;
        if version && graph {
            return true;
        }
        if content(wire, &mut rest).is_none() {
            return false;
        }
    }
    false
}

/// Upper bound of the bytes that decoding a message keeps allocated; where a list grows, half of its bytes come on
/// top. Stops counting above `limit`.
pub(super) fn cost(bytes: &[u8], layout: &Layout, limit: usize) -> Result<usize, Malformed> {
    let mut walk = Walk { cost: 0, limit };
    walk.message(bytes, layout, MAX_MESSAGE_DEPTH)?;
    Ok(walk.cost)
}

struct Walk {
    cost: usize,
    limit: usize,
}

impl Walk {
    fn message(&mut self, bytes: &[u8], layout: &Layout, depth: usize) -> Result<(), Malformed> {
        let depth = depth.checked_sub(1).ok_or(Malformed)?;
        let mut rest = bytes;
        // Lists that have an entry, by position in the layout.
        let mut started = 0_u64;
        while !rest.is_empty() && self.cost <= self.limit {
            let (number, wire) = key(&mut rest).ok_or(Malformed)?;
            let content = content(wire, &mut rest).ok_or(Malformed)?;
            let found = layout.fields.iter().position(|(listed, _)| *listed == number);
            if let Some(position) = found {
                let first = started >> position & 1 == 0;
                started |= 1 << position;
                self.field(&layout.fields[position].1, content, wire, first, depth)?;
            }
        }
        Ok(())
    }

    fn field(
        &mut self,
        field: &Field,
        content: &[u8],
        wire: Wire,
        first: bool,
        depth: usize,
    ) -> Result<(), Malformed> {
        let packed = wire == Wire::Sized;
        let cost = match field {
            Field::Message(layout) => layout.bytes,
            Field::Messages(layout) => list(1, layout.bytes, first),
            Field::Text => content.len().max(8),
            Field::Texts => content.len().max(8) + list(1, size_of::<String>(), first),
            Field::Contents => list(1, size_of::<Bytes>(), first),
            Field::Varints(bytes) if packed => {
                list(content.iter().filter(|byte| **byte < 0x80).count(), *bytes, first)
            }
            Field::Numbers(bytes) if packed => list(content.len() / bytes, *bytes, first),
            Field::Varints(bytes) | Field::Numbers(bytes) => list(1, *bytes, first),
        };
        self.cost = self.cost.saturating_add(cost);
        match field {
            Field::Message(layout) | Field::Messages(layout) if packed => {
                self.message(content, layout, depth)
            }
            _ => Ok(()),
        }
    }
}

/// Upper bound of the bytes that a list grows by: its room doubles.
fn list(entries: usize, bytes: usize, first: bool) -> usize {
    let room = if first { (2 * entries).max(FIRST_ENTRIES) } else { 2 * entries };
    room.saturating_mul(bytes)
}

/// Number and wire type of the next field.
fn key(rest: &mut &[u8]) -> Option<(u32, Wire)> {
    let key = u32::try_from(varint(rest)?).ok()?;
    let wire = match key & 7 {
        0 => Wire::Varint,
        1 => Wire::Fixed8,
        2 => Wire::Sized,
        5 => Wire::Fixed4,
        _ => return None,
    };
    Some((key >> 3, wire))
}

/// The bytes of a field, without its length.
fn content<'a>(wire: Wire, rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = match wire {
        Wire::Sized => usize::try_from(varint(rest)?).ok()?,
        Wire::Fixed4 => 4,
        Wire::Fixed8 => 8,
        Wire::Varint => rest.iter().position(|byte| *byte < 0x80)? + 1,
    };
    let (content, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(content)
}

/// An integer, seven bits per byte, the lowest first.
fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for (index, byte) in rest.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            *rest = &rest[index + 1..];
            return Some(value);
        }
    }
    None
}
