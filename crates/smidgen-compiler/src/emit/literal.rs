//! C literals, all of them exact.

use crate::ops::CArray;
use std::fmt::Write;

/// Width at which lines of an array's elements break.
const WIDTH: usize = 96;

/// A 32-bit integer.
pub(super) fn int(x: i32) -> String {
    if x == i32::MIN { "INT32_MIN".into() } else { x.to_string() }
}

/// A 64-bit integer.
fn long(x: i64) -> String {
    if x == i64::MIN { "INT64_MIN".into() } else { format!("{x}LL") }
}

/// A float; the shortest decimal that reads back as the same bits.
pub(super) fn float(x: f32) -> String {
    if x.is_nan() {
        "(0.0f / 0.0f)".into()
    } else if x.is_infinite() {
        format!("({}1.0f / 0.0f)", if x < 0.0 { "-" } else { "" })
    } else {
        format!("{x:?}f")
    }
}

/// The elements of an array, broken into indented lines.
pub(super) fn elements(array: &CArray) -> String {
    match array {
        CArray::I8(v) => lines(v.iter().map(ToString::to_string)),
        CArray::U8(v) => lines(v.iter().map(ToString::to_string)),
        CArray::I16(v) => lines(v.iter().map(ToString::to_string)),
        CArray::I32(v) => lines(v.iter().map(|&x| int(x))),
        CArray::I64(v) => lines(v.iter().map(|&x| long(x))),
        CArray::F32(v) => lines(v.iter().map(|&x| float(x))),
    }
}

fn lines(items: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    let mut column = WIDTH;
    for item in items {
        if column + item.len() + 2 > WIDTH {
            text.push_str("\n    ");
            column = 4;
        } else {
            text.push(' ');
            column += 1;
        }
        column += item.len() + 1;
        write!(text, "{item},").expect("writing to a string cannot fail");
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_exact() {
        assert_eq!(int(i32::MIN), "INT32_MIN");
        assert_eq!(float(1.0), "1.0f");
        assert_eq!(float(-1e-7), "-1e-7f");
        assert_eq!(float(f32::NEG_INFINITY), "(-1.0f / 0.0f)");
        for x in [0.1f32, f32::MIN_POSITIVE, f32::MAX, 1.0 / 3.0, 5e-45] {
            assert_eq!(
                float(x).trim_end_matches('f').parse::<f32>().unwrap().to_bits(),
                x.to_bits()
            );
        }
    }
}
