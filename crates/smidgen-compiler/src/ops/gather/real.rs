//! Rows of an int8 table as the floats that they stand for.

use super::{GATHER, Rows};
use crate::ops::common::{COMMON, INDEX, MOVE};
use crate::ops::{Arg, CArray, Call, Constant, Lowered, Lowering, OpError, Site};
use crate::tensor::{DType, Data, Quant};

/// Requires a table of int8 around zero, with one scale or one per row.
pub(super) fn check(site: &Site) -> Result<(), OpError> {
    let ty = site.input(0);
    if (ty.dtype, site.output(0).dtype) != (DType::I8, DType::F32) {
        let text = format!("a table of `{}` cannot become floats", ty.dtype);
        return Err(OpError::unsupported(text));
    }
    match &ty.quant {
        Quant::PerTensor { zero_point: 0, .. } => Ok(()),
        Quant::PerAxis { axis: 0, scales } if scales.len() == ty.shape[0] => Ok(()),
        _ => Err(OpError::unsupported(
            "the table must have a scale, or one per row, and no zero point",
        )),
    }
}

/// One scale, or one per row.
fn scales(site: &Site) -> Vec<f32> {
    match &site.input(0).quant {
        Quant::PerTensor { scale, .. } => vec![*scale],
        Quant::PerAxis { scales, .. } => scales.clone(),
        Quant::None => Vec::new(),
    }
}

/// The whole table as floats.
pub(super) fn floats(site: &Site, table: &Data) -> Data {
    let scales = scales(site);
    let rows = table.get::<i8>().chunks(site.input(0).shape.strides()[0]);
    let scaled = rows.enumerate().flat_map(|(position, row)| {
        let scale = scales[position % scales.len()];
        row.iter().map(move |&x| f32::from(x) * scale)
    });
    Data::F32(scaled.collect())
}

pub(super) fn lower(rows: &Rows, site: &Site) -> Lowering {
    let scales = scales(site);
    let args = vec![
        ("from", Arg::Input(0)),
        ("to", Arg::Output(0)),
        ("indices", Arg::Input(1)),
        ("wide", Arg::Int(i32::from(site.input(1).dtype == DType::I64))),
        ("last", Arg::size(site.input(0).shape[0] - 1)),
        ("scales", Arg::Constant(0)),
        ("scale_per_row", Arg::Int(i32::from(scales.len() > 1))),
        ("count", Arg::size(rows.count)),
        ("length", Arg::size(rows.length)),
    ];
    Lowering::Code(Lowered {
        sources: vec![COMMON, MOVE, INDEX, GATHER],
        constants: vec![Constant { name: "scales", is_weight: false, data: CArray::F32(scales) }],
        calls: vec![Call { function: "smidgen_gather_f32", args }],
        ..Lowered::default()
    })
}
