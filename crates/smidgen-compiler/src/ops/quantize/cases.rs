//! Conformance cases of `QUANTIZE`.

use super::Quantize;
use crate::ops::case::{Case, int8, plain};
use crate::tensor::{DType, Quant, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let float = plain(DType::F32, &[3, 5, 7]);
    let bytes = |scale, zero_point| int8(&[299], scale, zero_point);
    vec![
        case("float", float.clone(), (0.007, 3)),
        case("float_power_of_two", float.clone(), (1.0 / 128.0, 0)),
        case("float_saturating", float.clone(), (1e-5, -128)),
        case("float_coarse", float, (10.0, 127)),
        case("same", bytes(0.05, 3), (0.05, 3)),
        case("other_zero_point", bytes(0.05, 3), (0.05, -100)),
        case("coarser", bytes(0.05, 3), (0.3, -10)),
        case("halves", bytes(0.05, 0), (0.1, 0)),
        case("finer", bytes(0.5, 3), (0.003, 1)),
    ]
}

fn case(name: &str, from: TensorType, to: (f32, i32)) -> Case {
    let quant = Quant::per_tensor(to.0, to.1).expect("the scale is positive");
    Case::new(name, Quantize, vec![(from, None)], &[quant])
}
