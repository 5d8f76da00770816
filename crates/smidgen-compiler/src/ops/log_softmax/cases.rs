//! Conformance cases of `LOG_SOFTMAX`.

use super::LogSoftmax;
use crate::ops::case::{Case, int8, plain};
use crate::tensor::{DType, Quant, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let float = |dims: &[usize]| plain(DType::F32, dims);
    vec![
        case("classes_12", int8(&[3, 12], 0.17, 30)),
        case("one_class", int8(&[4, 1], 0.1, 0)),
        case("rank_1", int8(&[7], 0.05, -5)),
        case("rank_4", int8(&[2, 3, 2, 5], 0.05, -5)),
        case("fine_scale", int8(&[3, 300], 1e-4, 0)),
        case("finest_scale", int8(&[2, 700], 1e-7, 0)),
        case("coarse_scale", int8(&[5, 9], 3.0, 0)),
        case("coarsest_scale", int8(&[5, 9], 30.0, 0)),
        case("float_classes", float(&[2, 10])),
        case("float_one_class", float(&[3, 1])),
        case("float_rank_3", float(&[2, 2, 3])),
    ]
}

fn case(name: &str, ty: TensorType) -> Case {
    let quant = match ty.dtype {
        DType::I8 => Quant::per_tensor(1.0 / 16.0, 127).expect("the scale is positive"),
        _ => Quant::None,
    };
    Case::new(name, LogSoftmax, vec![(ty, None)], &[quant])
}
