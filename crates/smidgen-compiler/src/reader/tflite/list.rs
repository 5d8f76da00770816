//! Lists and text, copied within the budget.

use std::borrow::Cow;

use smidgen_schema::planus::{self, Vector, VectorRead};

use super::limits::{MAX_NAME_BYTES, TABLE_COST};
use super::place::{Log, Place};

/// A list of numbers; empty where it is absent, damaged or over budget.
pub(super) fn numbers<'a, T: VectorRead<'a> + Copy>(
    log: &mut Log,
    place: Place,
    field: &str,
    read: planus::Result<Option<Vector<'a, T>>>,
) -> Vec<T> {
    match log.take(place, field, read) {
        Some(list) if log.pay_at(place, list.len()) => list.iter().collect(),
        _ => Vec::new(),
    }
}

/// A list of tables; entries that are damaged are noted and given as `None`, so that indices stay valid.
pub(super) fn tables<'a, T>(
    log: &mut Log,
    place: Place,
    field: &str,
    read: planus::Result<Option<Vector<'a, planus::Result<T>>>>,
) -> Vec<Option<T>>
where
    planus::Result<T>: VectorRead<'a>,
{
    let Some(list) = log.take(place, field, read) else { return Vec::new() };
    if !log.pay_at(place, list.len().saturating_mul(TABLE_COST)) {
        return Vec::new();
    }
    let entry = |(index, entry): (usize, planus::Result<T>)| {
        log.take(place, &format!("{field} {index}"), entry.map(Some))
    };
    list.iter().enumerate().map(entry).collect()
}

/// Text for people: cut to a limit, with replacement characters where it is not UTF-8.
pub(super) fn text<'a>(
    log: &mut Log,
    place: Place,
    field: &str,
    read: planus::Result<Option<&'a [u8]>>,
) -> Cow<'a, str> {
    let bytes = log.take(place, field, read).unwrap_or_default();
    let head = &bytes[..bytes.len().min(MAX_NAME_BYTES)];
    if !log.pay_at(place, head.len()) {
        return Cow::Borrowed("");
    }
    if head.len() == bytes.len() {
        return String::from_utf8_lossy(bytes);
    }
    let shown = String::from_utf8_lossy(head);
    // The cut may have split a character, which then shows as a replacement character.
    Cow::Owned(format!("{}…", shown.trim_end_matches(char::REPLACEMENT_CHARACTER)))
}
