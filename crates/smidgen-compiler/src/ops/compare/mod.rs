//! Comparisons, such as `EQUAL` and `LESS`, with broadcasting.
//!
//! Inputs: two tensors of one element type whose shapes agree where neither is 1. Output: truth values
//! of their broadcast shape. int8 may have different scales and zero points.

pub(super) mod cases;
mod export;
mod import;
mod scaled;

use self::scaled::Scaled;
use super::common::binary::{self, Functions, functions};
use super::common::{BROADCAST, COMMON, REQUANTISE};
use super::{Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::reader::tflite::BuiltinOperator as B;
use crate::tensor::{DType, Data, Shape, TensorType};
use std::cmp::Ordering;

/// What is asked about two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Whether they are equal.
    Equal,
    /// Whether they differ.
    NotEqual,
    /// Whether the first is greater.
    Greater,
    /// Whether the first is greater or equal.
    GreaterEqual,
    /// Whether the first is less.
    Less,
    /// Whether the first is less or equal.
    LessEqual,
}

/// Attributes of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Compare {
    /// What is asked.
    pub relation: Relation,
}

/// A relation in TFLite, in Rust and in C.
struct Row {
    relation: Relation,
    builtin: B,
    name: &'static str,
    holds: fn(Ordering) -> bool,
    plain: Functions,
    scaled: Functions,
}

macro_rules! row {
    ($relation:ident, $name:literal, $stem:literal, $holds:expr) => {
        Row {
            relation: Relation::$relation,
            builtin: B::$relation,
            name: $name,
            holds: $holds,
            plain: functions!($stem),
            scaled: functions!("scaled_", $stem),
        }
    };
}

const ROWS: &[Row] = &[
    row!(Equal, "EQUAL", "equal", Ordering::is_eq),
    row!(NotEqual, "NOT_EQUAL", "not_equal", Ordering::is_ne),
    row!(Greater, "GREATER", "greater", Ordering::is_gt),
    row!(GreaterEqual, "GREATER_EQUAL", "greater_equal", Ordering::is_ge),
    row!(Less, "LESS", "less", Ordering::is_lt),
    row!(LessEqual, "LESS_EQUAL", "less_equal", Ordering::is_le),
];

const COMPARE: Source = Source { file: "smidgen_compare.h", text: include_str!("compare.h") };

impl Relation {
    fn row(self) -> &'static Row {
        ROWS.iter().find(|row| row.relation == self).expect("every relation has a row")
    }

    fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }

    /// Element types of the operands.
    fn types(self) -> &'static [DType] {
        let (orders, all) = (Compare::TYPES.split_at(Compare::TYPES.len() - 1).0, Compare::TYPES);
        if self.is_equality() { all } else { orders }
    }

    /// Whether it holds between two numbers; only "not equal" does where one is not a number.
    fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        a.partial_cmp(b).map_or(self == Self::NotEqual, self.row().holds)
    }
}

impl OpDef for Compare {
    const NAME: &'static str = "COMPARE";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::I16, DType::I32, DType::I64, DType::F32, DType::Bool];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "compare", needs: &[], accepts: |_, _| true, lower }];

    fn name(&self) -> &'static str {
        self.relation.row().name
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let outputs = binary::infer(inputs)?;
        Ok(outputs.into_iter().map(|(_, shape)| (DType::Bool, shape)).collect())
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let operands = Site { outputs: Vec::new(), ..site.clone() };
        match operands.same_dtype(self.relation.types())? {
            DType::I8 => Scaled::new(site).map(|_| ()),
            DType::I16 if self.relation.is_equality() => Scaled::new(site).map(|_| ()),
            // TFLite compares the stored numbers here, whatever they stand for.
            DType::I16 => binary::same_quantisation(&operands, &[0, 1]),
            _ => Ok(()),
        }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let relation = self.relation;
        if site.input(0).dtype == DType::F32 {
            return binary::eval(site, inputs, |a: f32, b: f32| relation.holds(&a, &b));
        }
        let scaled = self.scaled(site);
        let holds = |a: i64, b: i64| match &scaled {
            Some(scaled) => scaled.holds(relation, a as i32, b as i32),
            None => relation.holds(&a, &b),
        };
        binary::eval_integers(site, inputs, DType::Bool, |a, b| holds(a, b).into())
    }
}

impl Compare {
    /// How quantised operands are compared, where it is not as they are stored.
    fn scaled(&self, site: &Site) -> Option<Scaled> {
        match site.input(0).dtype {
            DType::I8 => {}
            DType::I16 if self.relation.is_equality() => {}
            _ => return None,
        }
        Some(Scaled::new(site).expect("the site's quantisation has been checked"))
    }
}

fn lower(op: &Compare, site: &Site) -> Lowering {
    let (row, dtype) = (op.relation.row(), site.input(0).dtype);
    let sources = vec![COMMON, BROADCAST, REQUANTISE, COMPARE];
    match op.scaled(site).filter(|scaled| !scaled.is_plain(dtype)) {
        Some(scaled) => binary::lower(site, sources, row.scaled.of(dtype), &scaled.args()),
        None => binary::lower(site, sources, row.plain.of(dtype), &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, int16, plain, problem};
    use crate::tensor::Quant;

    fn check(relation: Relation, a: TensorType, b: TensorType, expected: &str) {
        let text = problem(Compare { relation }, &[a, b], &[Quant::None]).unwrap_or_default();
        assert_eq!(text.is_empty(), expected.is_empty(), "{text}");
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn int16_of_different_scales_has_no_order() {
        check(Relation::Equal, int16(&[2], 0.5), int16(&[2], 0.25), "");
        check(Relation::Less, int16(&[2], 0.5), int16(&[2], 0.25), "one scale");
    }

    #[test]
    fn truth_values_have_no_order() {
        let bools = || plain(DType::Bool, &[2]);
        check(Relation::NotEqual, bools(), bools(), "");
        check(Relation::Greater, bools(), bools(), "`bool` is not supported");
    }

    #[test]
    fn int8_is_quantised() {
        check(Relation::Less, int8(&[2], 0.5, 3), plain(DType::I8, &[2]), "no scale");
        check(Relation::Less, int8(&[2], 0.5, 3), plain(DType::I32, &[2]), "differ");
    }
}
