//! The family of functions of one element.

use super::linear::{Ideal, Linear};
use super::{BROADCAST, COMMON, LINEAR_S8};
use crate::ops::{Arg, CArray, Call, Constant, Lowered, Lowering, OpError, Site, Source};
use crate::tensor::{DType, Data, Shape, TensorType};

const TABLE_S8: Source =
    Source { file: "smidgen_table_s8.h", text: include_str!("smidgen_table_s8.h") };

/// One output of the input's shape, and of element type `dtype` if it differs from the input's.
pub(crate) fn infer(
    inputs: &[&TensorType],
    dtype: Option<DType>,
) -> Result<Vec<(DType, Shape)>, OpError> {
    let [x] = inputs else {
        return Err(OpError::inconsistent(format!("needs 1 input, not {}", inputs.len())));
    };
    Ok(vec![(dtype.unwrap_or(x.dtype), x.shape.clone())])
}

/// The same for a function along the last axis, which must exist.
pub(crate) fn infer_rows(inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
    let outputs = infer(inputs, None)?;
    if outputs[0].1.rank() == 0 {
        return Err(OpError::inconsistent("needs an axis, but the input is a scalar"));
    }
    Ok(outputs)
}

/// Applies `f` to all elements of int8.
pub(crate) fn eval_s8(x: &Data, f: impl Fn(i8) -> i8) -> Vec<Data> {
    vec![Data::I8(x.get::<i8>().iter().map(|&x| f(x)).collect())]
}

/// Applies `f` to all elements of float.
pub(crate) fn eval_f32(x: &Data, f: impl Fn(f32) -> f32) -> Vec<Data> {
    vec![Data::F32(x.get::<f32>().iter().map(|&x| f(x)).collect())]
}

/// Code for any function `f` of the int8 elements of input `input`: none for the identity (but a
/// constant is copied: as an output it needs memory, and constants are aligned less), arithmetic where the function is linear up to rounding, else a table. `ideal` is the real
/// function behind `f`, where it is linear.
pub(crate) fn lower_s8(
    site: &Site,
    input: usize,
    ideal: Option<&Ideal>,
    f: impl Fn(i8) -> i8,
) -> Lowering {
    if input == 0 && site.constant(0).is_none() && (-128..=127).all(|x| f(x) == x) {
        return Lowering::View;
    }
    if let Some(linear) = ideal.and_then(|ideal| Linear::fit(ideal, |x, _| f(x))) {
        let sources = vec![COMMON, BROADCAST, LINEAR_S8];
        return lower(
            site,
            input,
            sources,
            "smidgen_linear_s8",
            &[
                ("factor", Arg::Int(linear.factors[0])),
                ("offset", Arg::Int(linear.offset)),
                ("shift", Arg::Int(linear.shift as i32)),
                ("low", Arg::Int(linear.clamp.0)),
                ("high", Arg::Int(linear.clamp.1)),
            ],
        );
    }
    let table = (0..=255u8).map(|x| f(x as i8)).collect();
    Lowering::Code(Lowered {
        sources: vec![COMMON, TABLE_S8],
        constants: vec![Constant { name: "table", is_weight: false, data: CArray::I8(table) }],
        scratch_bytes: 0,
        in_place: vec![input],
        calls: vec![Call {
            function: "smidgen_table_s8",
            args: vec![
                ("x", Arg::Input(input)),
                ("table", Arg::Constant(0)),
                ("y", Arg::Output(0)),
                ("length", Arg::size(site.output(0).shape.elements())),
            ],
        }],
    })
}

/// A call `function(x, y, length, parameters…)`, in place where the element types allow.
pub(crate) fn lower(
    site: &Site,
    input: usize,
    sources: Vec<Source>,
    function: &'static str,
    parameters: &[(&'static str, Arg)],
) -> Lowering {
    let mut args = vec![
        ("x", Arg::Input(input)),
        ("y", Arg::Output(0)),
        ("length", Arg::size(site.output(0).shape.elements())),
    ];
    args.extend_from_slice(parameters);
    let same = site.input(input).dtype == site.output(0).dtype;
    Lowering::Code(Lowered {
        sources,
        constants: vec![],
        scratch_bytes: 0,
        in_place: if same { vec![input] } else { vec![] },
        calls: vec![Call { function, args }],
    })
}
