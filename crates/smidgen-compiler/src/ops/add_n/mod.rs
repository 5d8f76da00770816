//! `ADD_N`: the sum of several tensors of one shape.
//!
//! Inputs: at least 2 tensors of int8, int32 or float32 of one shape; those of int8, at most 16, have
//! one scale and zero point. Output: the same shape. int32 wraps.

pub(super) mod cases;
mod import;

use super::common::{COMMON, REQUANTISE, binary};
use super::{Arg, Call, Kernel, Lowered, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Multiplier, Shape, TensorType};

/// A sum of several tensors; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct AddN;

const ADD_N: Source = Source { file: "smidgen_add_n.h", text: include_str!("add_n.h") };

/// Most int8 tensors whose sum, with [`HEADROOM`], 32 bits hold.
const MAX_INT8: usize = 16;

/// Bits by which sums of int8 are shifted left before they are scaled.
const HEADROOM: i32 = 19;

impl OpDef for AddN {
    const NAME: &'static str = "ADD_N";
    const TYPES: &'static [DType] = &[DType::I8, DType::I32, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[
        Kernel {
            name: "add_n_s8",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I8,
            lower: |_, site| lower_s8(site),
        },
        Kernel {
            name: "add_n_s32",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::I32,
            lower: |_, site| lower(site, "smidgen_add_n_s32"),
        },
        Kernel {
            name: "add_n_f32",
            needs: &[],
            accepts: |_, site| site.input(0).dtype == DType::F32,
            lower: |_, site| lower(site, "smidgen_add_n_f32"),
        },
    ];

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [first, others @ ..] = inputs else {
            return Err(OpError::inconsistent("needs at least 2 inputs, not 0"));
        };
        if others.is_empty() {
            return Err(OpError::inconsistent("needs at least 2 inputs, not 1"));
        }
        match others.iter().find(|other| other.shape != first.shape) {
            None => Ok(vec![(first.dtype, first.shape.clone())]),
            Some(other) => Err(OpError::inconsistent(format!(
                "all inputs must have one shape, but there are {} and {}",
                first.shape, other.shape
            ))),
        }
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        match site.same_dtype(Self::TYPES)? {
            DType::I8 => Scheme::new(site).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn work(&self, site: &Site) -> u64 {
        (site.inputs.len() * site.output(0).shape.elements()) as u64
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let elements = 0..site.output(0).shape.elements();
        let columns = |i: usize| inputs.iter().map(move |input| (input, i));
        vec![match site.input(0).dtype {
            DType::I8 => {
                let scheme = Scheme::new(site).expect("the site has been checked");
                let sum = |i| columns(i).map(|(x, i)| i32::from(x.get::<i8>()[i])).sum();
                Data::I8(elements.map(|i| scheme.apply(sum(i))).collect())
            }
            DType::I32 => {
                let sum = |i| columns(i).fold(0, |sum, (x, i)| x.get::<i32>()[i].wrapping_add(sum));
                Data::I32(elements.map(sum).collect())
            }
            _ => {
                let sum = |i| columns(i).map(|(x, i)| x.get::<f32>()[i]).reduce(|sum, x| sum + x);
                Data::F32(elements.map(|i| sum(i).expect("there are operands")).collect())
            }
        }]
    }
}

/// As `ADD` computes, with the zero points taken off the sum. TFLite Micro takes off one more.
#[derive(Debug, Clone, PartialEq)]
struct Scheme {
    /// The sum of all zero points.
    zero: i32,
    output: Multiplier,
    output_zero_point: i32,
}

impl Scheme {
    fn new(site: &Site) -> Result<Self, OpError> {
        let (scale, zero_point) = site.input_quant(0)?;
        let (output_scale, output_zero_point) = site.output_quant(0)?;
        let inputs: Vec<_> = (0..site.inputs.len()).collect();
        binary::same_quantisation(&Site { outputs: vec![], ..site.clone() }, &inputs)?;
        if inputs.len() > MAX_INT8 {
            let text = format!("{} tensors of int8 are more than {MAX_INT8}", inputs.len());
            return Err(OpError::unsupported(text).hint("add them in two layers"));
        }
        let output = 2.0 * f64::from(scale) / (f64::from(1 << 20) * f64::from(output_scale));
        if output >= 1.0 {
            return Err(OpError::unsupported(format!(
                "the output scale `{output_scale}` is too small for inputs of scale `{scale}`"
            )));
        }
        Ok(Self {
            zero: inputs.len() as i32 * zero_point,
            output: Multiplier::from_real(output),
            output_zero_point,
        })
    }

    fn apply(&self, sum: i32) -> i8 {
        let scaled = self.output.apply_twice_rounded((sum - self.zero) << HEADROOM);
        (scaled + self.output_zero_point).clamp(-128, 127) as i8
    }
}

/// One call for each operand but the first.
fn lower(site: &Site, function: &'static str) -> Lowering {
    let length = Arg::size(site.output(0).shape.elements());
    let call = |i: usize| {
        let sum = if i == 1 { Arg::Input(0) } else { Arg::Output(0) };
        let args =
            vec![("a", sum), ("b", Arg::Input(i)), ("y", Arg::Output(0)), ("length", length)];
        Call { function, args }
    };
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, ADD_N],
        constants: vec![],
        scratch_bytes: 0,
        in_place: if site.inputs.len() == 2 { vec![0, 1] } else { vec![] },
        calls: (1..site.inputs.len()).map(call).collect(),
    })
}

/// Sums of 16 bits in scratch memory.
fn lower_s8(site: &Site) -> Lowering {
    let scheme = Scheme::new(site).expect("the site has been checked");
    let elements = site.output(0).shape.elements();
    let length = ("length", Arg::size(elements));
    let sums = ("sums", Arg::Scratch);
    let accumulate = |i: usize| Call {
        function: "smidgen_accumulate_s8",
        args: vec![("x", Arg::Input(i)), sums, length, ("first", Arg::Int((i == 0).into()))],
    };
    let scale = Call {
        function: "smidgen_scale_sums_s8",
        args: vec![
            sums,
            ("y", Arg::Output(0)),
            length,
            ("zero", Arg::Int(scheme.zero)),
            ("multiplier", Arg::Int(scheme.output.mantissa)),
            ("shift", Arg::Int(scheme.output.shift)),
            ("zero_point", Arg::Int(scheme.output_zero_point)),
        ],
    };
    Lowering::Code(Lowered {
        sources: vec![COMMON, REQUANTISE, ADD_N],
        constants: vec![],
        scratch_bytes: 2 * elements,
        in_place: vec![],
        calls: (0..site.inputs.len()).map(accumulate).chain([scale]).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, plain, problem};
    use crate::tensor::Quant;

    fn check(inputs: &[TensorType], expected: &str) {
        let quant = inputs.first().map_or(Quant::None, |ty| ty.quant.clone());
        let text = problem(AddN, inputs, &[quant]).unwrap();
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn sums_have_several_operands_of_one_shape() {
        check(&[], "at least 2");
        check(&[plain(DType::F32, &[2])], "at least 2");
        check(&[plain(DType::F32, &[2]), plain(DType::F32, &[1])], "one shape");
    }

    #[test]
    fn int8_has_one_scale_and_few_operands() {
        check(&[int8(&[2], 0.5, 3), int8(&[2], 0.5, 4)], "one scale");
        check(&vec![int8(&[2], 0.5, 3); 17], "more than 16");
    }
}
