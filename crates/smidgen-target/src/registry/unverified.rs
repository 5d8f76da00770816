//! Checks that `unverified` names fields that the file has.

use toml::{Table, Value};

use super::At;
use crate::Error;

pub(super) fn check(at: At<'_>, file: &Table) -> Result<(), Error> {
    let named = file.get("unverified").and_then(Value::as_array).into_iter().flatten();
    for path in named.filter_map(Value::as_str) {
        if !is_set(file, path) {
            return Err(at.field("unverified", format!("this file does not set `{path}`")));
        }
    }
    Ok(())
}

/// Whether `path`, names joined by dots, leads to a value. Tables of an array go by their `name`.
fn is_set(file: &Table, path: &str) -> bool {
    let mut parts = path.split('.');
    let first = parts.next().and_then(|part| file.get(part));
    let found = parts.try_fold(first, |value, part| {
        let next = match value? {
            Value::Table(table) => table.get(part),
            Value::Array(values) => {
                values.iter().find(|v| v.get("name").and_then(Value::as_str) == Some(part))
            }
            _ => None,
        };
        next.map(Some)
    });
    found.flatten().is_some()
}
