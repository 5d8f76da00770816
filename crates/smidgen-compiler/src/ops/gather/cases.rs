//! Conformance cases of `GATHER`.

use super::Gather;
use crate::ops::case::{Case, plain};
use crate::ops::common::movement::cases::Cases;
use crate::tensor::{DType, Data, Quant, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let along = |axis, batch_dims| Gather::Axis { axis, batch_dims };
    let short = DType::I32;
    let mut cases = Cases::new()
        .indexed("rows", &along(0, 0), &[&[5, 3]], (short, &[4]))
        .indexed("columns", &along(1, 0), &[&[3, 5]], (DType::I64, &[2, 2]))
        .indexed("batches", &along(2, 1), &[&[2, 3, 4, 2]], (short, &[2, 3]))
        .indexed("elements", &Gather::Nd, &[&[3, 4]], (short, &[2, 3, 2]))
        .indexed("planes", &Gather::Nd, &[&[2, 3, 4]], (DType::I64, &[3, 1]))
        .at("words", &along(0, 0), &[&[4, 8]], (&[3, 0, 2], &[3]))
        .at("scalar", &along(0, 0), &[&[4, 3]], (&[3], &[]))
        .at("middle", &along(1, 0), &[&[2, 4, 3]], (&[1, 3, 0], &[3]))
        .at("pairs", &Gather::Nd, &[&[2, 3, 2]], (&[1, 2, 0, 0], &[2, 2]))
        .finish();
    let table = |quant| TensorType { quant, ..plain(DType::I8, &[4, 5]) };
    let indices = (plain(DType::I32, &[3]), Some(Data::I32(vec![3, 0, 2])));
    let one = Quant::per_tensor(0.02, 0).expect("the scale is legal");
    let per_row = Quant::per_axis(0, vec![0.02, 0.5, 0.1, 3.0]).expect("the scales are legal");
    for (name, quant) in [("real", one), ("real_scale_per_row", per_row)] {
        let inputs = vec![(table(quant), None), indices.clone()];
        cases.push(Case::new(name, Gather::Real, inputs, &[Quant::None]));
    }
    cases
}
