//! Conformance cases of `L2_NORMALIZATION`.

use super::L2Normalization;
use crate::ops::case::{Case, int8, plain};
use crate::tensor::{DType, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let float = |dims: &[usize]| plain(DType::F32, dims);
    vec![
        case("rank_1", int8(&[7], 0.05, -5)),
        case("rows_widened_first", int8(&[5, 12], 0.17, 30)),
        case("rows", int8(&[5, 12], 0.17, 30)),
        case("rank_5", int8(&[2, 1, 3, 2, 5], 1e-4, -128)),
        case("one_element", int8(&[300, 1], 0.1, 0)),
        case("long", int8(&[2, 900], 0.1, 127)),
        case("float_rows", float(&[3, 10])),
        case("float_one_element", float(&[3, 1])),
        case("float_rank_3", float(&[2, 2, 3])),
    ]
}

fn case(name: &str, ty: TensorType) -> Case {
    let quant = match ty.dtype {
        DType::I8 => int8(&[], 1.0 / 128.0, 0).quant,
        _ => ty.quant.clone(),
    };
    let op = L2Normalization { widen_first: name.ends_with("widened_first") };
    Case::new(name, op, vec![(ty, None)], &[quant])
}
