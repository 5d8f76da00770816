//! Operators and the codes they share.

use std::borrow::Cow;

use smidgen_schema::planus::{self, errors::ErrorKind};
use smidgen_schema::tflite as schema;

use super::list::{numbers, tables, text};
use super::parse::{Context, appended, out_of_range};
use super::place::{Log, Place};
use super::{BuiltinOperator, Operator, OperatorCode};

/// Tensor index that marks an absent optional tensor.
const ABSENT: i32 = -1;

/// An entry of the table that operators refer to.
pub(super) struct Code<'a> {
    code: OperatorCode<'a>,
    version: i32,
}

/// Reads the table of operator codes; a damaged entry is noted and becomes an unknown code.
pub(super) fn codes<'a>(log: &mut Log, root: &schema::ModelRef<'a>) -> Vec<Code<'a>> {
    let parts = tables(log, Place::File, "operator code", root.operator_codes());
    let read = |(index, part)| match part {
        Some(part) => code(log, Place::OperatorCode(index), part),
        None => Code { code: OperatorCode::Unknown(-1), version: 1 },
    };
    parts.into_iter().enumerate().map(read).collect()
}

/// Old files have the code in one byte, new ones in a wider field beside it; the larger of both counts.
fn code<'a>(log: &mut Log, place: Place, part: schema::OperatorCodeRef<'a>) -> Code<'a> {
    let old = log.take(place, "deprecated builtin code", part.deprecated_builtin_code());
    let new = match part.builtin_code() {
        Ok(code) => code as i32,
        Err(planus::Error { error_kind: ErrorKind::UnknownEnumTag { source }, .. }) => {
            i32::try_from(source.tag).unwrap_or(-1)
        }
        Err(error) => log.take(place, "builtin code", Err(error)),
    };
    let number = new.max(i32::from(old));
    let code = match BuiltinOperator::try_from(number) {
        Ok(BuiltinOperator::Custom) => {
            OperatorCode::Custom(text(log, place, "custom code", part.custom_code()))
        }
        Ok(code) => OperatorCode::Builtin(code),
        Err(_) => OperatorCode::Unknown(number),
    };
    Code { code, version: log.take(place, "version", part.version()) }
}

/// Reads an operator of a subgraph with `tensors` tensors.
pub(super) fn operator<'a>(
    log: &mut Log,
    context: &Context<'a>,
    (subgraph, index): (usize, usize),
    part: schema::OperatorRef<'a>,
    tensors: usize,
) -> Option<Operator<'a>> {
    let unnamed = Place::Operator { subgraph, operator: index, kind: "" };
    let position = log.take(unnamed, "operator code", part.opcode_index());
    let Some(Code { code, version }) = context.codes.get(position as usize) else {
        let count = context.codes.len();
        let text =
            format_args!(": operator code {position} out of range, the file has {count} codes");
        log.malformed_at(unnamed, text);
        return None;
    };
    let kind = code.name();
    let place = Place::Operator { subgraph, operator: index, kind: &kind };
    let inputs = numbers(log, place, "inputs", part.inputs());
    let outputs = numbers(log, place, "outputs", part.outputs());
    let intermediates = numbers(log, place, "intermediates", part.intermediates());
    let known = matches!(code, OperatorCode::Builtin(_));
    if let OperatorCode::Custom(Cow::Owned(name)) = code
        && !log.pay_at(place, name.len())
    {
        return None;
    }
    Some(Operator {
        version: *version,
        inputs: operands(log, place, "input", &inputs, tensors),
        outputs: operands(log, place, "output", &outputs, tensors),
        intermediates: operands(log, place, "intermediate", &intermediates, tensors),
        options: options(log, place, known, part.builtin_options()),
        options2: options(log, place, known, part.builtin_options2()),
        custom_options: custom_options(log, context, place, part),
        code: code.clone(),
    })
}

fn operands(
    log: &mut Log,
    place: Place,
    role: &str,
    list: &[i32],
    tensors: usize,
) -> Vec<Option<usize>> {
    let check = |(position, &index): (usize, &i32)| {
        let valid = usize::try_from(index).ok().filter(|&index| index < tensors);
        if valid.is_none() && index != ABSENT {
            out_of_range(log, place, role, position, index, tensors);
        }
        valid
    };
    list.iter().enumerate().map(check).collect()
}

/// Attributes; a kind newer than this schema is no problem where the operator is, too.
fn options<T>(
    log: &mut Log,
    place: Place,
    known: bool,
    read: planus::Result<Option<T>>,
) -> Option<T> {
    match read {
        Err(planus::Error { error_kind: ErrorKind::UnknownUnionTag { .. }, .. }) if !known => None,
        read => log.take(place, "options", read),
    }
}

fn custom_options<'a>(
    log: &mut Log,
    context: &Context<'a>,
    place: Place,
    part: schema::OperatorRef<'a>,
) -> &'a [u8] {
    let inline = log.take(place, "custom options", part.custom_options());
    let offset = log.take(place, "custom options offset", part.large_custom_options_offset());
    let size = log.take(place, "custom options size", part.large_custom_options_size());
    let inline = inline.filter(|options| !options.is_empty());
    inline.or_else(|| appended(log, place, context.file, offset, size)).unwrap_or_default()
}
