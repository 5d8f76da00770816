//! The functions: one row each.

use super::power;
use crate::ops::Source;
use crate::ops::common::FLOAT_MATH;
use crate::ops::common::binary::{Functions, functions};
use crate::reader::tflite::BuiltinOperator as B;
use crate::tensor::DType::{self, Bool, F32, I8, I16, I32, I64, U8};

/// What is computed of each pair of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The greater one.
    Maximum,
    /// The lesser one.
    Minimum,
    /// The quotient, rounded towards minus infinity.
    FloorDiv,
    /// What that quotient leaves: 0 or a number of the divisor's sign.
    FloorMod,
    /// The first to the power of the second.
    Pow,
    /// The angle of the point whose second coordinate comes first.
    Atan2,
    /// Whether both are true.
    LogicalAnd,
    /// Whether one is true.
    LogicalOr,
    /// Bits in which they differ.
    BitwiseXor,
    /// The first without the lowest bits; the second says how many.
    RightShift,
}

/// A function.
pub(super) struct Row {
    pub function: Function,
    pub builtin: B,
    pub name: &'static str,
    pub types: &'static [DType],
    /// Whether quantised operands of one scale and zero point give a result of the same.
    pub keeps_quantisation: bool,
    /// Of integers and of truth values, which are 0 and 1, and the bits of their type.
    pub integer: fn(i64, i64, u32) -> i64,
    /// Of floats.
    pub float: fn(f32, f32) -> f32,
    /// C functions by type.
    pub functions: Functions,
    /// The C files that hold them.
    pub sources: &'static [Source],
}

impl Function {
    pub(super) fn row(self) -> &'static Row {
        ROWS.iter().find(|row| row.function == self).expect("every function has a row")
    }
}

const PAIRWISE: Source = Source { file: "smidgen_pairwise.h", text: include_str!("pairwise.h") };
const FLOOR: Source = Source { file: "smidgen_floor.h", text: include_str!("floor.h") };
const POWER: Source = Source { file: "smidgen_power.h", text: include_str!("power.h") };

const NO_INTEGERS: fn(i64, i64, u32) -> i64 = |_, _, _| 0;
const NO_FLOATS: fn(f32, f32) -> f32 = |_, _| 0.0;

pub(super) const ROWS: &[Row] = &[
    Row {
        function: Function::Maximum,
        builtin: B::Maximum,
        name: "MAXIMUM",
        types: &[I8, I16, I32, I64, F32],
        keeps_quantisation: true,
        integer: |a, b, _| a.max(b),
        float: |a, b| if a > b { a } else { b },
        functions: functions!("maximum"),
        sources: &[PAIRWISE],
    },
    Row {
        function: Function::Minimum,
        builtin: B::Minimum,
        name: "MINIMUM",
        types: &[I8, I16, I32, I64, F32],
        keeps_quantisation: true,
        integer: |a, b, _| a.min(b),
        float: |a, b| if a < b { a } else { b },
        functions: functions!("minimum"),
        sources: &[PAIRWISE],
    },
    Row {
        function: Function::FloorDiv,
        builtin: B::FloorDiv,
        name: "FLOOR_DIV",
        types: &[I8, I16, I32, F32],
        keeps_quantisation: false,
        integer: |a, b, _| floor_div(a, b),
        float: |a, b| (f64::from(a) / f64::from(b)).floor() as f32,
        functions: functions!("floor_div"),
        sources: &[FLOAT_MATH, FLOOR],
    },
    Row {
        function: Function::FloorMod,
        builtin: B::FloorMod,
        name: "FLOOR_MOD",
        types: &[I8, I16, I32, I64, F32],
        keeps_quantisation: false,
        integer: |a, b, _| a.wrapping_sub(floor_div(a, b).wrapping_mul(b)) * i64::from(b != 0),
        float: |a, b| if a % b != 0.0 && (a % b < 0.0) != (b < 0.0) { a % b + b } else { a % b },
        functions: functions!("floor_mod"),
        sources: &[FLOAT_MATH, FLOOR],
    },
    Row {
        function: Function::Pow,
        builtin: B::Pow,
        name: "POW",
        types: &[I32, F32],
        keeps_quantisation: false,
        integer: |a, b, _| power::integer(a as i32, b as i32).into(),
        float: power::float,
        functions: functions!("pow"),
        sources: &[POWER],
    },
    Row {
        function: Function::Atan2,
        builtin: B::Atan2,
        name: "ATAN2",
        types: &[F32],
        keeps_quantisation: false,
        integer: NO_INTEGERS,
        float: power::angle,
        functions: functions!("atan2"),
        sources: &[POWER],
    },
    Row {
        function: Function::LogicalAnd,
        builtin: B::LogicalAnd,
        name: "LOGICAL_AND",
        types: &[Bool],
        keeps_quantisation: false,
        integer: |a, b, _| a & b,
        float: NO_FLOATS,
        functions: functions!("logical_and"),
        sources: &[PAIRWISE],
    },
    Row {
        function: Function::LogicalOr,
        builtin: B::LogicalOr,
        name: "LOGICAL_OR",
        types: &[Bool],
        keeps_quantisation: false,
        integer: |a, b, _| a | b,
        float: NO_FLOATS,
        functions: functions!("logical_or"),
        sources: &[PAIRWISE],
    },
    Row {
        function: Function::BitwiseXor,
        builtin: B::BitwiseXor,
        name: "BITWISE_XOR",
        types: &[I8, U8, I16, I32],
        keeps_quantisation: false,
        integer: |a, b, _| a ^ b,
        float: NO_FLOATS,
        functions: functions!("bitwise_xor"),
        sources: &[PAIRWISE],
    },
    Row {
        function: Function::RightShift,
        builtin: B::RightShift,
        name: "RIGHT_SHIFT",
        types: &[I8, U8, I16, I32],
        keeps_quantisation: false,
        integer: |a, b, bits| a >> b.clamp(0, i64::from(bits) - 1),
        float: NO_FLOATS,
        functions: functions!("right_shift"),
        sources: &[PAIRWISE],
    },
];

fn floor_div(a: i64, b: i64) -> i64 {
    if b == 0 {
        return 0;
    }
    let inexact = a.wrapping_rem(b) != 0;
    a.wrapping_div(b) - i64::from(inexact && (a < 0) != (b < 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(function: Function, pairs: &[([i64; 2], i64)]) {
        for &([a, b], expected) in pairs {
            assert_eq!((function.row().integer)(a, b, 8), expected, "{function:?} {a} {b}");
        }
    }

    #[test]
    fn quotients_are_floored() {
        check(Function::FloorDiv, &[([-7, 2], -4), ([7, -2], -4), ([-7, -2], 3), ([6, -2], -3)]);
        check(Function::FloorMod, &[([-7, 2], 1), ([7, -2], -1), ([-7, -2], -1), ([6, -2], 0)]);
    }

    #[test]
    fn divisions_by_zero_and_overflows_are_defined() {
        check(Function::FloorDiv, &[([5, 0], 0), ([i64::MIN, -1], i64::MIN)]);
        check(
            Function::FloorMod,
            &[([5, 0], 0), ([i64::MIN, -1], 0), ([i64::MIN, i64::MAX], i64::MAX - 1)],
        );
    }

    #[test]
    fn shifts_stay_within_the_type() {
        check(Function::RightShift, &[([100, -3], 100), ([-100, 99], -1), ([255, 99], 1)]);
    }
}
