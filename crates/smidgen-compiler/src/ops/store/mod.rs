//! `STORE`: a state takes on a value. smidgen inserts it where a model assigns a variable.
//!
//! Inputs: the value, the old state, of one type. Output: the new state.

pub(super) mod cases;
mod export;
mod import;

use super::common::COMMON;
use super::{Arg, Call, Kernel, Lowered, Lowering, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// An assignment; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Store;

impl OpDef for Store {
    const NAME: &'static str = "STORE";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::U8, DType::I16, DType::I32, DType::I64, DType::F32, DType::Bool];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "store_bytes",
        needs: &[],
        accepts: |_, _| true,
        lower: |_, site| lower(site),
    }];

    fn updates(&self) -> Vec<usize> {
        vec![1]
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [value, state] = inputs else {
            return Err(OpError::inconsistent("needs a value and a state"));
        };
        if (value.dtype, &value.shape) != (state.dtype, &state.shape) {
            return Err(OpError::inconsistent(format!(
                "assigns {}{} to a state of {}{}",
                value.dtype, value.shape, state.dtype, state.shape
            )));
        }
        Ok(vec![(state.dtype, state.shape.clone())])
    }

    fn check(&self, _: &Site) -> Result<(), OpError> {
        Ok(())
    }

    fn eval(&self, _: &Site, inputs: &[&Data]) -> Vec<Data> {
        vec![inputs[0].clone()]
    }
}

fn lower(site: &Site) -> Lowering {
    let args = vec![
        ("from", Arg::Input(0)),
        ("to", Arg::Output(0)),
        ("bytes", Arg::size(site.output(0).bytes())),
    ];
    let calls = vec![Call { function: "smidgen_copy_bytes", args }];
    Lowering::Code(Lowered { sources: vec![COMMON], calls, ..Lowered::default() })
}
