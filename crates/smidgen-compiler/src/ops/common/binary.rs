//! The family of functions of two broadcast operands.

use super::broadcast::{Axis, Broadcast};
use super::linear::{Ideal, Linear};
use super::order::element_number;
use super::{BROADCAST, COMMON, LINEAR_S8, unary};
use crate::ops::case::{Case, Random, int8, int16, plain};
use crate::ops::{Activation, Arg, CArray, Call, Constant, Lowered, Lowering, Op};
use crate::ops::{OpError, Site, Source};
use crate::tensor::{DType, Data, Element, Quant, Shape, TensorType};

/// One output of the broadcast shape.
pub(crate) fn infer(inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
    let [a, b] = inputs else {
        return Err(OpError::inconsistent(format!("needs 2 inputs, not {}", inputs.len())));
    };
    Ok(vec![(a.dtype, Broadcast::new([&a.shape, &b.shape])?.shape)])
}

/// Applies `f` to all pairs of elements.
pub(crate) fn eval<A: Element, B: Element, Y: Element>(
    site: &Site,
    inputs: &[&Data],
    f: impl Fn(A, B) -> Y,
) -> Vec<Data> {
    vec![Y::data(broadcast(site).map(inputs[0].get(), inputs[1].get(), f))]
}

/// Applies `f` to all pairs of integers or truth values, which are 0 and 1, whatever their types, and
/// narrows the results to `dtype`.
pub(crate) fn eval_integers(
    site: &Site,
    inputs: &[&Data],
    dtype: DType,
    f: impl Fn(i64, i64) -> i64,
) -> Vec<Data> {
    let results = broadcast(site).map(&wide(inputs[0]), &wide(inputs[1]), f);
    vec![narrow(dtype, &results)]
}

/// Integers or truth values, which are 0 and 1, of checked element types.
pub(crate) fn wide(data: &Data) -> Vec<i64> {
    match data {
        Data::Bool(v) => v.iter().map(|&x| x.into()).collect(),
        _ => data.integers().expect("the site's element types have been checked"),
    }
}

/// The lowest bits of integers, as elements of `dtype`.
pub(crate) fn narrow(dtype: DType, integers: &[i64]) -> Data {
    let integers = integers.iter();
    match dtype {
        DType::I8 => Data::I8(integers.map(|&x| x as i8).collect()),
        DType::U8 => Data::U8(integers.map(|&x| x as u8).collect()),
        DType::I16 => Data::I16(integers.map(|&x| x as i16).collect()),
        DType::I32 => Data::I32(integers.map(|&x| x as i32).collect()),
        DType::I64 => Data::I64(integers.copied().collect()),
        DType::F32 => Data::F32(integers.map(|&x| x as f32).collect()),
        DType::Bool => Data::Bool(integers.map(|&x| x != 0).collect()),
    }
}

/// Names of the C functions of an operator by element type.
pub(crate) struct Functions(pub [&'static str; 6]);

impl Functions {
    /// The function of a type; truth values are uint8.
    pub(crate) fn of(&self, dtype: DType) -> &'static str {
        self.0[element_number(dtype)]
    }
}

/// The names that begin with `smidgen_` and the given words.
macro_rules! functions {
    ($($words:literal),*) => {
        Functions([
            concat!("smidgen_", $($words,)* "_s8"),
            concat!("smidgen_", $($words,)* "_u8"),
            concat!("smidgen_", $($words,)* "_s16"),
            concat!("smidgen_", $($words,)* "_s32"),
            concat!("smidgen_", $($words,)* "_s64"),
            concat!("smidgen_", $($words,)* "_f32"),
        ])
    };
}
pub(crate) use functions;

/// Requires inputs and all outputs to have one scale and zero point, if any: a function of stored
/// numbers means nothing otherwise.
pub(crate) fn same_quantisation(site: &Site, inputs: &[usize]) -> Result<(), OpError> {
    let quant = &site.input(inputs[0]).quant;
    let others = inputs.iter().map(|&i| site.input(i)).chain(site.outputs.iter().copied());
    match others.map(|ty| &ty.quant).find(|other| *other != quant) {
        None => Ok(()),
        Some(other) => Err(OpError::unsupported(format!(
            "its tensors must have one scale and zero point, but there are{quant} and{other}"
        ))
        .hint("quantise them alike, or put a QUANTIZE layer in between")),
    }
}

/// How an operator computes pairs of quantised numbers at a site.
pub(crate) trait Scheme<O>: Sized {
    /// Reads scales and zero points; refuses those with which it cannot compute.
    fn new(op: &O, site: &Site) -> Result<Self, OpError>;

    /// The result for two numbers as they are stored.
    fn apply(&self, a: i32, b: i32) -> i32;

    /// The scheme of a checked site.
    fn checked(op: &O, site: &Site) -> Self {
        Self::new(op, site).expect("the site's quantisation has been checked")
    }

    /// Requires one of the element types `types` throughout, and the scheme where numbers are
    /// quantised.
    fn check(op: &O, site: &Site, types: &[DType]) -> Result<(), OpError> {
        match site.same_dtype(types)? {
            DType::I8 | DType::I16 => Self::new(op, site).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// The output, where numbers are quantised.
    fn eval(op: &O, site: &Site, inputs: &[&Data]) -> Option<Vec<Data>> {
        let dtype = site.input(0).dtype;
        if !matches!(dtype, DType::I8 | DType::I16) {
            return None;
        }
        let scheme = Self::checked(op, site);
        Some(eval_integers(site, inputs, dtype, |a, b| scheme.apply(a as i32, b as i32).into()))
    }

    /// Code for int8: see [`lower_s8`].
    fn lower_s8(
        &self,
        site: &Site,
        ideal: Option<&Ideal>,
        general: impl FnOnce() -> Lowering,
    ) -> Lowering {
        lower_s8(site, ideal, |a, b| self.apply(a.into(), b.into()) as i8, general)
    }

    /// Code for quantised numbers with one of `functions`, which takes the parameters last.
    fn lower(
        &self,
        site: &Site,
        sources: Vec<Source>,
        functions: &Functions,
        parameters: &[(&'static str, i32)],
    ) -> Lowering {
        let dtype = site.input(0).dtype;
        let parameters: Vec<_> = parameters.iter().map(|&(name, x)| (name, Arg::Int(x))).collect();
        let general = || lower(site, sources, functions.of(dtype), &parameters);
        if dtype == DType::I8 { self.lower_s8(site, None, general) } else { general() }
    }
}

/// Code for a function `f` of int8 operands: that of a function of one operand if the other is one
/// constant number, a linear form if `f` is linear up to rounding, else `general`.
fn lower_s8(
    site: &Site,
    ideal: Option<&Ideal>,
    f: impl Fn(i8, i8) -> i8,
    general: impl FnOnce() -> Lowering,
) -> Lowering {
    for (fixed, other) in [(1, 0), (0, 1)] {
        let number = site.constant(fixed).map(Data::get::<i8>);
        if let Some(&[number]) = number
            && site.input(other).shape.elements() == site.output(0).shape.elements()
        {
            let ideal = ideal.map(|ideal| ideal.with_operand(fixed, number));
            let pair = |x| if fixed == 1 { f(x, number) } else { f(number, x) };
            return unary::lower_s8(site, other, ideal.as_ref(), pair);
        }
    }
    let Some(linear) = ideal.and_then(|ideal| Linear::fit(ideal, f)) else { return general() };
    lower(
        site,
        vec![COMMON, BROADCAST, LINEAR_S8],
        "smidgen_linear2_s8",
        &[
            ("factor_a", Arg::Int(linear.factors[0])),
            ("factor_b", Arg::Int(linear.factors[1])),
            ("offset", Arg::Int(linear.offset)),
            ("shift", Arg::Int(linear.shift as i32)),
            ("low", Arg::Int(linear.clamp.0)),
            ("high", Arg::Int(linear.clamp.1)),
        ],
    )
}

/// A call `function(a, b, y, axes, rank, length, step_a, step_b, parameters…)`, in place where an
/// operand has the output's shape and element size.
pub(crate) fn lower(
    site: &Site,
    sources: Vec<Source>,
    function: &'static str,
    parameters: &[(&'static str, Arg)],
) -> Lowering {
    lower_operands(
        site,
        &broadcast(site),
        [("a", "step_a"), ("b", "step_b")],
        sources,
        function,
        parameters,
    )
}

/// The same for `N` operands, given the names of their pointers and steps.
pub(crate) fn lower_operands<const N: usize>(
    site: &Site,
    broadcast: &Broadcast<N>,
    names: [(&'static str, &'static str); N],
    sources: Vec<Source>,
    function: &'static str,
    parameters: &[(&'static str, Arg)],
) -> Lowering {
    let (inner, outer) = broadcast.axes.split_first().expect("there is at least one axis");
    let fields = |axis: &Axis<N>| [axis.count].into_iter().chain(axis.steps);
    let table: Vec<_> = outer.iter().flat_map(fields).map(|size| size as i32).collect();
    let (axes, constants) = if table.is_empty() {
        (Arg::Int(0), vec![])
    } else {
        let data = CArray::I32(table);
        (Arg::Constant(0), vec![Constant { name: "axes", is_weight: false, data }])
    };
    let mut args: Vec<_> = (0..N).map(|i| (names[i].0, Arg::Input(i))).collect();
    args.extend([
        ("y", Arg::Output(0)),
        ("axes", axes),
        ("rank", Arg::size(outer.len())),
        ("length", Arg::size(inner.count)),
    ]);
    args.extend(names.iter().zip(inner.steps).map(|(name, step)| (name.1, Arg::size(step))));
    args.extend_from_slice(parameters);
    let bytes = site.output(0).bytes();
    let elements = site.output(0).shape.elements();
    let fits = |&i: &usize| {
        let input = site.input(i);
        input.shape.elements() == elements && input.bytes() == bytes
    };
    Lowering::Code(Lowered {
        sources,
        constants,
        scratch_bytes: 0,
        in_place: (0..N).filter(fits).collect(),
        calls: vec![Call { function, args }],
    })
}

pub(crate) fn broadcast(site: &Site) -> Broadcast<2> {
    Broadcast::new([&site.input(0).shape, &site.input(1).shape])
        .expect("the site's shapes have been checked")
}

/// Scale and zero point.
type Affine = (f32, i32);

/// Names, activations and quantisations of operands and output.
const QUANTISATIONS: [(&str, Activation, [Affine; 3]); 9] = [
    ("decimal_ratios", Activation::None, [(0.05, -17), (0.031, 9), (0.06, 3)]),
    ("equal_scales", Activation::None, [(0.05, 0), (0.05, 0), (0.05, 0)]),
    ("halves", Activation::None, [(0.05, 3), (0.05, -4), (0.1, 0)]),
    ("extreme_zero_points", Activation::None, [(0.05, -128), (0.03, 127), (0.07, -128)]),
    ("scales_far_apart", Activation::Relu, [(1e-4, 5), (2.0, -7), (2.5, 0)]),
    ("saturating", Activation::None, [(0.5, 5), (0.7, -7), (0.004, 100)]),
    ("coarse_output", Activation::None, [(0.001, 5), (0.002, -7), (5.0, 1)]),
    ("clamped", Activation::Relu6, [(0.06, 5), (0.07, -7), (0.05, -10)]),
    ("clamped_on_both_sides", Activation::ReluN1To1, [(0.06, 5), (0.07, -7), (0.02, 30)]),
];

/// Cases in which single precision matters: halves, and scales far apart.
pub(crate) fn single_cases<O: Into<Op>>(op: impl Fn(Activation) -> O) -> Vec<Case> {
    let scales = [
        ("decimal_ratios", [(0.05, -17), (0.031, 9), (0.06, 3)]),
        ("powers_of_two", [(0.125, 3), (0.25, -5), (1.0, 1)]),
        ("halves", [(0.5, 0), (0.5, 127), (1.0, -1)]),
        ("far_apart", [(3.0, -128), (1e-6, 127), (0.7, 0)]),
        ("growing", [(1.0, 0), (0.7, 0), (0.003, -128)]),
        ("vanishing", [(1e-5, 0), (1e-4, 1), (30.0, 77)]),
    ];
    let case = |(name, quants): (&str, [Affine; 3])| {
        let [a, b, y] = quants;
        let operands = [int8(&[53, 61], a.0, a.1), int8(&[53, 61], b.0, b.1)];
        let quant = int8(&[], y.0, y.1).quant;
        case(&format!("single_{name}_s8"), op(Activation::None), operands, None, &quant)
    };
    scales.into_iter().map(case).collect()
}

/// Conformance cases of an operator with two operands; `op` makes it with a fused activation.
pub(crate) fn operand_cases<O: Into<Op>>(op: impl Fn(Activation) -> O) -> Vec<Case> {
    let shapes: [(&str, &[usize], &[usize]); 9] = [
        ("same_shape", &[2, 3, 7], &[2, 3, 7]),
        ("scalar", &[3, 5], &[]),
        ("scalar_first", &[1], &[3, 5]),
        ("channels", &[1, 3, 4, 5], &[5]),
        ("channels_first", &[5], &[3, 2, 5]),
        ("rows", &[2, 3, 4], &[2, 3, 1]),
        ("both", &[4, 1], &[2, 1, 3]),
        ("alternating", &[2, 1, 3, 1, 2], &[1, 4, 1, 5, 1]),
        ("alternating_rank_6", &[1, 2, 1, 2, 1, 3], &[2, 1, 3, 1, 2, 1]),
    ];
    let quant =
        |(scale, zero_point)| Quant::per_tensor(scale, zero_point).expect("the scale is positive");
    let mut cases = Vec::new();
    for (name, a, b) in shapes {
        let pair = [int8(a, 0.051_237, -17), int8(b, 0.030_971, 9)];
        for (constant, place) in [("", None), ("_constant", Some(1)), ("_constant_first", Some(0))]
        {
            let name = format!("{name}{constant}_s8");
            cases.push(case(
                &name,
                op(Activation::None),
                pair.clone(),
                place,
                &quant((0.060_531, 3)),
            ));
        }
        for dtype in [DType::F32, DType::I32, DType::I64] {
            let operands = [plain(dtype, a), plain(dtype, b)];
            let name = format!("{name}_{dtype}");
            cases.push(case(&name, op(Activation::Relu), operands, None, &Quant::None));
        }
    }
    for (name, activation, quants) in QUANTISATIONS {
        let [a, b, y] = quants;
        let operands = [int8(&[37, 11], a.0, a.1), int8(&[37, 11], b.0, b.1)];
        cases.push(case(&format!("{name}_s8"), op(activation), operands, None, &quant(y)));
        let operands = [int16(&[17, 5], a.0 / 256.0), int16(&[17, 1], b.0 / 256.0)];
        cases.push(case(
            &format!("{name}_s16"),
            op(activation),
            operands,
            None,
            &quant((y.0 / 256.0, 0)),
        ));
    }
    cases
}

/// A case with two operands, one of which may be constant, and the output's quantisation.
pub(crate) fn case(
    name: &str,
    op: impl Into<Op>,
    operands: [TensorType; 2],
    constant: Option<usize>,
    output: &Quant,
) -> Case {
    let mut random = Random::new(name.len() as u64);
    let inputs = operands.into_iter().enumerate().map(|(i, ty)| {
        let data = (constant == Some(i)).then(|| random.data(ty.dtype, ty.shape.elements()));
        (ty, data)
    });
    Case::new(name, op, inputs.collect(), std::slice::from_ref(output))
}
