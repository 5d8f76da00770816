//! Functions of two numbers as they are stored, such as `MAXIMUM` and `FLOOR_DIV`, with broadcasting.
//!
//! Inputs: two tensors of one element type whose shapes agree where neither is 1. Output: their
//! broadcast shape. `MAXIMUM` and `MINIMUM` of quantised numbers keep their scale and zero point; the
//! other functions refuse quantised numbers. Integers wrap; a division of integers by 0 gives 0.

pub(super) mod cases;
mod export;
mod import;
mod power;
mod table;

pub use table::Function;

use super::common::{BROADCAST, COMMON, binary};
use super::{Kernel, Lowering, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Quant, Shape, TensorType};

/// Attributes of a function of two numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairwise {
    /// What is computed.
    pub function: Function,
}

impl OpDef for Pairwise {
    const NAME: &'static str = "PAIRWISE";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::U8, DType::I16, DType::I32, DType::I64, DType::F32, DType::Bool];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "pairwise", needs: &[], accepts: |_, _| true, lower }];

    fn name(&self) -> &'static str {
        self.function.row().name
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        binary::infer(inputs)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let row = self.function.row();
        let dtype = site.same_dtype(row.types)?;
        if !matches!(dtype, DType::I8 | DType::U8 | DType::I16) {
            return Ok(());
        }
        if row.keeps_quantisation {
            return binary::same_quantisation(site, &[0, 1]);
        }
        let mut types = site.inputs.iter().map(|operand| operand.ty).chain(site.outputs.clone());
        if types.all(|ty| ty.quant == Quant::None) {
            return Ok(());
        }
        let text = "works on integers as they are stored, but the tensors are quantised";
        Err(OpError::unsupported(text)
            .hint("convert the model with this layer in int32 or float32"))
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let row = self.function.row();
        let dtype = site.input(0).dtype;
        if dtype == DType::F32 {
            return binary::eval(site, inputs, row.float);
        }
        let bits = 8 * dtype.bytes() as u32;
        binary::eval_integers(site, inputs, dtype, |a, b| (row.integer)(a, b, bits))
    }
}

fn lower(op: &Pairwise, site: &Site) -> Lowering {
    let row = op.function.row();
    let sources = [&[COMMON, BROADCAST], row.sources].concat();
    binary::lower(site, sources, row.functions.of(site.input(0).dtype), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{int8, plain, problem};

    fn check(function: Function, types: [TensorType; 3], expected: &str) {
        let [a, b, y] = types;
        let text = problem(Pairwise { function }, &[a, b], &[y.quant]).unwrap();
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn extrema_need_one_scale() {
        let types = [int8(&[2], 0.5, 1), int8(&[2], 0.5, 2), int8(&[2], 0.5, 1)];
        check(Function::Maximum, types, "one scale and zero point");
    }

    #[test]
    fn stored_numbers_are_not_quantised() {
        let types = [plain(DType::I8, &[2]), plain(DType::I8, &[2]), int8(&[2], 0.5, 1)];
        check(Function::FloorMod, types, "are quantised");
    }

    #[test]
    fn each_function_has_its_types() {
        let types = |dtype| std::array::from_fn(|_| plain(dtype, &[2]));
        check(Function::LogicalOr, types(DType::I32), "`int32` is not supported");
        check(Function::Atan2, types(DType::I64), "`int64` is not supported");
    }

    #[test]
    fn shapes_must_meet() {
        let types = [plain(DType::F32, &[2]), plain(DType::F32, &[3]), plain(DType::F32, &[3])];
        check(Function::Pow, types, "cannot be broadcast");
    }
}
