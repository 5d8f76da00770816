//! Calls of kernels that multiply activations with a filter.

use super::COMMON;
use crate::ops::{Activation, Arg, CArray, Call, Constant, Lowered, Lowering, Site, Source};

/// Whether filter and bias are known at compile time.
pub(crate) fn constant_parameters(site: &Site) -> bool {
    (1..site.inputs.len()).all(|operand| site.constant(operand).is_some())
}

/// Sums' starts in the order of a kernel.
pub(crate) fn bias(data: CArray) -> Constant {
    Constant { name: "bias", is_weight: true, data }
}

/// Multipliers in the order of a kernel.
pub(crate) fn scale(data: Vec<i32>) -> Constant {
    Constant { name: "scale", is_weight: false, data: CArray::I32(data) }
}

/// Code of a kernel with constants in an order of its own.
pub(crate) struct Prepared {
    pub sources: Vec<Source>,
    pub function: &'static str,
    /// Filter, bias and multipliers.
    pub constants: [Constant; 3],
    /// Name and bytes of the scratch memory, if it needs some.
    pub scratch: Option<(&'static str, usize)>,
    /// What follows the pointers.
    pub parameters: Vec<(&'static str, Arg)>,
}

impl From<Prepared> for Lowering {
    fn from(prepared: Prepared) -> Self {
        let Prepared { sources, function, constants, scratch, parameters } = prepared;
        let mut args = vec![
            ("input", Arg::Input(0)),
            ("filter", Arg::Constant(0)),
            ("bias", Arg::Constant(1)),
            ("scale", Arg::Constant(2)),
        ];
        args.extend(scratch.map(|(name, _)| (name, Arg::Scratch)));
        args.push(("output", Arg::Output(0)));
        args.extend(parameters);
        Self::Code(Lowered {
            sources,
            constants: constants.into(),
            scratch_bytes: scratch.map_or(0, |(_, bytes)| bytes),
            calls: vec![Call { function, args }],
            ..Lowered::default()
        })
    }
}

/// Code of a kernel of floats, which reads filter and bias as they are.
pub(crate) fn lower_f32(
    site: &Site,
    activation: Activation,
    source: Source,
    function: &'static str,
    sizes: impl IntoIterator<Item = (&'static str, Arg)>,
) -> Lowering {
    let mut constants = vec![];
    let zeros = CArray::F32(vec![0.0; site.output(0).shape.last()]);
    let mut args = vec![
        ("input", Arg::Input(0)),
        plain("filter", site, 1, &mut constants),
        plain_bias(site, zeros, &mut constants),
        ("output", Arg::Output(0)),
    ];
    args.extend(sizes);
    let (low, high) = activation.clamp_f32();
    args.extend([("low", Arg::Float(low)), ("high", Arg::Float(high))]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, source],
        constants,
        calls: vec![Call { function, args }],
        ..Lowered::default()
    })
}

/// An operand as it is, under a name of its own where it is constant.
pub(crate) fn plain(
    name: &'static str,
    site: &Site,
    operand: usize,
    constants: &mut Vec<Constant>,
) -> (&'static str, Arg) {
    let Some(data) = site.constant(operand) else { return (name, Arg::Input(operand)) };
    constants.push(Constant { name, is_weight: true, data: data.into() });
    (name, Arg::Constant(constants.len() - 1))
}

/// The bias as it is, or zeros where there is none.
pub(crate) fn plain_bias(
    site: &Site,
    zeros: CArray,
    constants: &mut Vec<Constant>,
) -> (&'static str, Arg) {
    if site.inputs.len() > 2 {
        return plain("bias", site, 2, constants);
    }
    constants.push(bias(zeros));
    ("bias", Arg::Constant(constants.len() - 1))
}
