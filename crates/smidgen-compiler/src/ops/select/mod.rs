//! `SELECT` and `SELECT_V2`: the elements of one tensor where a condition holds, else those of
//! another, with broadcasting.
//!
//! Inputs: two tensors of one type, then the condition, truth values; shapes agree where none is 1.
//! Output: their broadcast shape, of the first two's type and quantisation.

pub(super) mod cases;
mod export;
mod import;

use super::common::binary::{self, Functions, functions};
use super::common::broadcast::Broadcast;
use super::common::{BROADCAST, COMMON};
use super::{Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::for_each_dtype;
use crate::tensor::{DType, Data, Element, Shape, TensorType};

/// Attributes of a choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// Whether the condition, of one dimension, chooses whole slices along the first axis.
    pub slices: bool,
}

const SELECT: Source = Source { file: "smidgen_select.h", text: include_str!("select.h") };

const FUNCTIONS: Functions = functions!("select");

impl OpDef for Select {
    const NAME: &'static str = "SELECT_V2";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::U8, DType::I16, DType::I32, DType::I64, DType::F32, DType::Bool];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "select", needs: &[], accepts: |_, _| true, lower }];

    fn is_elementwise(&self) -> bool {
        !self.slices
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [a, b, condition] = inputs else {
            return Err(OpError::inconsistent(format!("needs 3 inputs, not {}", inputs.len())));
        };
        let broadcast = self.broadcast(&a.shape, &b.shape, &condition.shape)?;
        Ok(vec![(a.dtype, broadcast.shape)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let values = Site { inputs: site.inputs[..2].to_vec(), outputs: site.outputs.clone() };
        values.same_dtype(Self::TYPES)?;
        let condition = site.input(2).dtype;
        if condition != DType::Bool {
            return Err(OpError::inconsistent(format!(
                "the condition has element type `{condition}`, it must have `bool`"
            )));
        }
        binary::same_quantisation(&values, &[0, 1])
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let broadcast = self.site_broadcast(site);
        let condition = inputs[2].get::<bool>();
        for_each_dtype!(inputs[0], a => vec![choose(&broadcast, a, inputs[1].get(), condition)])
    }
}

impl Select {
    fn broadcast(&self, a: &Shape, b: &Shape, condition: &Shape) -> Result<Broadcast<3>, OpError> {
        if !self.slices {
            return Broadcast::new([a, b, condition]);
        }
        let mut dims = condition.dims().to_vec();
        dims.resize(a.rank().max(dims.len()), 1);
        let slices = Shape::new(dims).map_err(|e| OpError::inconsistent(e.to_string()))?;
        Broadcast::new([a, b, &slices])
    }

    fn site_broadcast(&self, site: &Site) -> Broadcast<3> {
        self.broadcast(&site.input(0).shape, &site.input(1).shape, &site.input(2).shape)
            .expect("the site's shapes have been checked")
    }
}

fn choose<T: Element>(broadcast: &Broadcast<3>, a: &[T], b: &[T], condition: &[bool]) -> Data {
    let chosen = broadcast.positions().map(|[i, j, k]| if condition[k] { a[i] } else { b[j] });
    T::data(chosen.collect())
}

fn lower(op: &Select, site: &Site) -> Lowering {
    let names = [("a", "step_a"), ("b", "step_b"), ("c", "step_c")];
    let sources = vec![COMMON, BROADCAST, SELECT];
    let function = FUNCTIONS.of(site.input(0).dtype);
    binary::lower_operands(site, &op.site_broadcast(site), names, sources, function, &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, plain, problem};

    fn check(slices: bool, types: &[TensorType; 3], expected: &str) {
        let text = problem(Select { slices }, types, &[types[0].quant.clone()]).unwrap();
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn conditions_are_truth_values() {
        let types = std::array::from_fn(|_| plain(DType::I32, &[2]));
        check(false, &types, "it must have `bool`");
    }

    #[test]
    fn scales_must_agree() {
        let types = [int8(&[2], 0.5, 3), int8(&[2], 0.25, 3), plain(DType::Bool, &[2])];
        check(false, &types, "one scale");
    }

    #[test]
    fn slices_must_be_as_many_as_conditions() {
        let values = || plain(DType::F32, &[2, 3]);
        check(true, &[values(), values(), plain(DType::Bool, &[3])], "cannot be broadcast");
    }
}
