//! Reads and writes a flexbuffer that is a map of numbers: the options of a custom operator.

use std::collections::BTreeMap;

/// Types of values, in the upper six bits of a byte; the lower two are the logarithm of a width.
const INT: u8 = 1;
const UINT: u8 = 2;
const FLOAT: u8 = 3;
const INDIRECT_INT: u8 = 6;
const INDIRECT_UINT: u8 = 7;
const INDIRECT_FLOAT: u8 = 8;
const MAP: u8 = 9;
const BOOL: u8 = 26;

/// Longest options that are read: the time is quadratic in the length.
const MAX_BYTES: usize = 1 << 12;

/// The numbers and truth values of the map by their names, other values left out; `None` if the bytes
/// are no map.
pub(super) fn numbers(bytes: &[u8]) -> Option<BTreeMap<&str, f64>> {
    let [.., packed, width] = *bytes else { return None };
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let place = bytes.len().checked_sub(2)?.checked_sub(width.into())?;
    if packed >> 2 != MAP {
        return None;
    }
    // Behind the offset and the width of the keys and the number of entries stand the values, then
    // their types.
    let values = back(bytes, place, width.into())?;
    let width = 1usize << (packed & 3);
    let count = usize::try_from(unsigned(bytes, values.checked_sub(width)?, width)?).ok()?;
    let keys = back(bytes, values.checked_sub(3 * width)?, width)?;
    let key_width = unsigned(bytes, values.checked_sub(2 * width)?, width)?;
    let key_width = usize::try_from(key_width).ok()?;
    let types = values.checked_add(count.checked_mul(width)?)?;
    let types = bytes.get(types..types.checked_add(count)?)?;
    let mut numbers = BTreeMap::new();
    for (index, &packed) in types.iter().enumerate() {
        let start = back(bytes, keys.checked_add(index.checked_mul(key_width)?)?, key_width)?;
        let name = bytes.get(start..)?.split(|&byte| byte == 0).next()?;
        let name = std::str::from_utf8(name).ok()?;
        if let Some(number) = number(bytes, values + index * width, width, packed) {
            numbers.insert(name, number);
        }
    }
    Some(numbers)
}

/// An entry of a map that is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry {
    /// An integer.
    Int(i32),
    /// A real number.
    Float(f32),
    /// A truth value.
    Bool(bool),
}

impl Entry {
    /// Its type, and its bits in the width of all entries.
    fn parts(self) -> (u8, [u8; 4]) {
        match self {
            Self::Int(number) => (INT, number.to_le_bytes()),
            Self::Float(number) => (FLOAT, number.to_le_bytes()),
            Self::Bool(flag) => (BOOL, u32::from(flag).to_le_bytes()),
        }
    }
}

/// A map of at most 50 entries, in the order of their names.
pub(super) fn map(entries: &[(&str, Entry)]) -> Vec<u8> {
    /// Logarithm of the width of numbers and offsets, and the width.
    const WIDTH: (u8, usize) = (2, 4);
    let mut bytes = Vec::new();
    let mut starts = Vec::new();
    for (name, _) in entries {
        starts.push(bytes.len());
        bytes.extend(name.bytes().chain([0]));
    }
    bytes.resize(bytes.len().next_multiple_of(WIDTH.1), 0);
    let word = |bytes: &mut Vec<u8>, number: usize| bytes.extend((number as u32).to_le_bytes());
    word(&mut bytes, entries.len());
    let keys = bytes.len();
    for start in starts {
        let distance = bytes.len() - start;
        word(&mut bytes, distance);
    }
    let distance = bytes.len() - keys;
    word(&mut bytes, distance);
    word(&mut bytes, WIDTH.1);
    word(&mut bytes, entries.len());
    bytes.extend(entries.iter().flat_map(|(_, entry)| entry.parts().1));
    bytes.extend(entries.iter().map(|(_, entry)| entry.parts().0 << 2 | WIDTH.0));
    let distance = entries.len() * (WIDTH.1 + 1);
    bytes.extend([distance as u8, MAP << 2 | WIDTH.0, 1]);
    bytes
}

fn number(bytes: &[u8], place: usize, width: usize, packed: u8) -> Option<f64> {
    let own = 1usize << (packed & 3);
    match packed >> 2 {
        INT => signed(bytes, place, width).map(|x| x as f64),
        UINT | BOOL => unsigned(bytes, place, width).map(|x| x as f64),
        FLOAT => float(bytes, place, width),
        INDIRECT_INT => signed(bytes, back(bytes, place, width)?, own).map(|x| x as f64),
        INDIRECT_UINT => unsigned(bytes, back(bytes, place, width)?, own).map(|x| x as f64),
        INDIRECT_FLOAT => float(bytes, back(bytes, place, width)?, own),
        _ => None,
    }
}

/// Where the offset at `place` points: that many bytes back.
fn back(bytes: &[u8], place: usize, width: usize) -> Option<usize> {
    place.checked_sub(usize::try_from(unsigned(bytes, place, width)?).ok()?)
}

fn unsigned(bytes: &[u8], place: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(place..place.checked_add(width)?)?;
    if !matches!(width, 1 | 2 | 4 | 8) {
        return None;
    }
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

fn signed(bytes: &[u8], place: usize, width: usize) -> Option<i64> {
    let unused = 64 - 8 * width as u32;
    unsigned(bytes, place, width).map(|number| (number << unused) as i64 >> unused)
}

fn float(bytes: &[u8], place: usize, width: usize) -> Option<f64> {
    let bits = unsigned(bytes, place, width)?;
    match width {
        4 => Some(f32::from_bits(bits as u32).into()),
        8 => Some(f64::from_bits(bits)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"a": 7, "b": 0.5, "c": true, "d": -300}`, as the format's own Python package writes it.
    const SAMPLE: &[u8] = &[
        97, 0, 98, 0, 99, 0, 100, 0, 4, 9, 8, 7, 6, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 7,
        0, 0, 0, 0, 0, 0, 63, 1, 0, 0, 0, 212, 254, 255, 255, 6, 14, 106, 6, 20, 38, 1,
    ];

    #[test]
    fn numbers_are_read() {
        let expected = [("a", 7.0), ("b", 0.5), ("c", 1.0), ("d", -300.0)];
        assert_eq!(numbers(SAMPLE), Some(expected.into_iter().collect()));
    }

    #[test]
    fn options_are_short() {
        let padded = |bytes: usize| [&vec![0; bytes - SAMPLE.len()], SAMPLE].concat();
        assert!(numbers(&padded(MAX_BYTES)).is_some());
        assert_eq!(numbers(&padded(MAX_BYTES + 1)), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let entries = [
            ("a", Entry::Int(7)),
            ("b", Entry::Float(0.5)),
            ("c", Entry::Bool(true)),
            ("d", Entry::Int(-300)),
        ];
        assert_eq!(numbers(&map(&entries)), numbers(SAMPLE));
    }

    #[test]
    fn no_damage_panics() {
        for length in 0..SAMPLE.len() {
            numbers(&SAMPLE[SAMPLE.len() - length..]);
            numbers(&SAMPLE[..length]);
        }
        for place in 0..SAMPLE.len() {
            for byte in 0..=255 {
                let mut bytes = SAMPLE.to_vec();
                bytes[place] = byte;
                numbers(&bytes);
            }
        }
    }
}
