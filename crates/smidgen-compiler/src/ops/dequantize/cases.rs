//! Conformance cases of `DEQUANTIZE`.

use super::Dequantize;
use crate::ops::case::{Case, int8, int16, plain};
use crate::tensor::{DType, Quant, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let channels = |axis, count: usize| {
        let scales = (0..count).map(|i| 0.01 + 0.3 * i as f32).collect();
        let quant = Quant::per_axis(axis, scales).expect("scales are positive");
        TensorType { quant, ..plain(DType::I8, &[2, 3, 5]) }
    };
    vec![
        case("whole", int8(&[257], 0.037, -11)),
        case("lowest_zero_point", int8(&[2, 2, 3], 1e-6, -128)),
        case("first_axis", channels(0, 2)),
        case("middle_axis", channels(1, 3)),
        case("last_axis", channels(2, 5)),
        case("int16", int16(&[3, 7], 0.0003)),
    ]
}

fn case(name: &str, ty: TensorType) -> Case {
    Case::new(name, Dequantize, vec![(ty, None)], &[Quant::None])
}
