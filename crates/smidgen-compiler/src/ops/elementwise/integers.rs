//! Functions of integers and truth values that mean themselves.

use super::Function;
use crate::tensor::{DType, Data};

/// The results; only called for the types that [`Function::types`] lists.
pub(super) fn eval(function: Function, x: &Data) -> Data {
    match x {
        Data::I16(x) => Data::I16(x.iter().map(|&x| of(function, x.into()) as i16).collect()),
        Data::I32(x) => Data::I32(x.iter().map(|&x| of(function, x.into()) as i32).collect()),
        Data::I64(x) => Data::I64(x.iter().map(|&x| of(function, x)).collect()),
        Data::Bool(x) => Data::Bool(x.iter().map(|&x| !x).collect()),
        other => other.clone(),
    }
}

/// The value; the least number of a type has no positive counterpart and stays itself.
fn of(function: Function, x: i64) -> i64 {
    match function {
        Function::Abs => x.wrapping_abs(),
        Function::Neg => x.wrapping_neg(),
        Function::Sign => x.signum(),
        _ => x,
    }
}

/// The C function of arrays.
pub(super) fn c_name(function: Function, dtype: DType) -> Option<&'static str> {
    Some(match (function, dtype) {
        (Function::Abs, DType::I16) => "smidgen_abs_s16",
        (Function::Abs, DType::I32) => "smidgen_abs_s32",
        (Function::LogicalNot, DType::Bool) => "smidgen_logical_not",
        (Function::Neg, DType::I16) => "smidgen_neg_s16",
        (Function::Neg, DType::I32) => "smidgen_neg_s32",
        (Function::Neg, DType::I64) => "smidgen_neg_s64",
        (Function::Sign, DType::I32) => "smidgen_sign_s32",
        _ => return None,
    })
}
