//! Conformance cases of `CAST`: every pair of types.

use super::Cast;
use crate::ops::OpDef;
use crate::ops::case::{Case, plain};
use crate::tensor::{DType, Data, Quant, Rounding};

/// Floats around the limits of integers.
const FLOATS: [f32; 22] = [
    0.0,
    -0.0,
    0.9,
    -0.9,
    1.5,
    -1.5,
    127.9,
    128.0,
    -128.9,
    255.9,
    256.0,
    32767.9,
    -32769.0,
    2_147_483_500.0,
    2_147_483_648.0,
    -2_147_483_648.0,
    9.2e18,
    9.3e18,
    -9.3e18,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &from in Cast::TYPES {
        for &to in Cast::TYPES {
            let name = format!("{from}_to_{to}");
            cases.push(case(&name, from, to, Rounding::Tflm, None));
        }
    }
    for &to in Cast::TYPES {
        for rounding in [Rounding::Tflm, Rounding::Litert] {
            let name = format!("limits_to_{to}_{rounding:?}").to_lowercase();
            cases.push(case(&name, DType::F32, to, rounding, Some(Data::F32(FLOATS.to_vec()))));
        }
    }
    cases
}

fn case(name: &str, from: DType, to: DType, rounding: Rounding, data: Option<Data>) -> Case {
    let ty = plain(from, &[2, 11]);
    Case::new(name, Cast { to, rounding }, vec![(ty, data)], &[Quant::None])
}
