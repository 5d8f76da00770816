//! `BROADCAST_ARGS`: the shape to which two shapes broadcast.
//!
//! Inputs: two lists of dimensions. Output: a list as long as the longer one: where a dimension is 1
//! or missing, the other one counts.

pub(super) mod cases;
mod import;

use super::common::COMMON;
use super::common::movement;
use super::{Arg, Call, Kernel, Lowered, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Element, Shape, TensorType};

/// A broadcasting of shapes; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct BroadcastArgs;

const ARGS: Source =
    Source { file: "smidgen_broadcast_args.h", text: include_str!("broadcast_args.h") };

impl OpDef for BroadcastArgs {
    const NAME: &'static str = "BROADCAST_ARGS";
    const TYPES: &'static [DType] = &[DType::I32, DType::I64];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "broadcast_args", needs: &[], accepts: |_, _| true, lower }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [a, b] = inputs else { return Err(OpError::inconsistent("needs two inputs")) };
        match (a.shape.dims(), b.shape.dims()) {
            (&[a_count], &[b_count]) => {
                Ok(vec![(a.dtype, movement::shape(vec![a_count.max(b_count)])?)])
            }
            _ => Err(OpError::inconsistent("both inputs must be lists of dimensions")),
        }
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.same_dtype(Self::TYPES).map(|_| ())
    }

    fn eval(&self, _: &Site, inputs: &[&Data]) -> Vec<Data> {
        vec![match inputs[0].dtype() {
            DType::I32 => Data::I32(broadcast(inputs[0].get(), inputs[1].get(), 1)),
            _ => Data::I64(broadcast(inputs[0].get(), inputs[1].get(), 1)),
        }]
    }
}

fn broadcast<T: Element>(a: &[T], b: &[T], one: T) -> Vec<T> {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    let new = long.len() - short.len();
    let other = |position: usize| position.checked_sub(new).map_or(one, |place| short[place]);
    let dim = |(position, &dim): (usize, &T)| if dim == one { other(position) } else { dim };
    long.iter().enumerate().map(dim).collect()
}

fn lower(_: &BroadcastArgs, site: &Site) -> Lowering {
    let counts = [0, 1].map(|input| site.input(input).shape.elements());
    let (long, short) = if counts[0] < counts[1] { (1, 0) } else { (0, 1) };
    let args = vec![
        ("shape", Arg::Input(long)),
        ("other", Arg::Input(short)),
        ("result", Arg::Output(0)),
        ("count", Arg::size(counts[long])),
        ("new", Arg::size(counts[long] - counts[short])),
    ];
    let function = match site.input(0).dtype {
        DType::I32 => "smidgen_broadcast_args_32",
        _ => "smidgen_broadcast_args_64",
    };
    let calls = vec![Call { function, args }];
    Lowering::Code(Lowered { sources: vec![COMMON, ARGS], calls, ..Lowered::default() })
}
