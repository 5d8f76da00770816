//! `BITCAST`: the bytes of a tensor as another element type.
//!
//! Input: a tensor of any type but bool. Output: another type with the same bytes; where its elements
//! are smaller, a last axis counts the parts, and where they are larger, the last axis has been them.

pub(super) mod cases;
mod import;

use super::common::COMMON;
use super::{Arg, Call, Kernel, Lowered, Lowering, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a change of type.
#[derive(Debug, Clone, PartialEq)]
pub struct Bitcast {
    /// Element type of the output.
    pub to: DType,
}

impl OpDef for Bitcast {
    const NAME: &'static str = "BITCAST";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::U8, DType::I16, DType::I32, DType::I64, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "bitcast",
        needs: &[],
        accepts: |_, _| true,
        lower: |_, site| lower(site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        let mut dims = x.shape.dims().to_vec();
        let (from, to) = (x.dtype.bytes(), self.to.bytes());
        if to < from {
            dims.push(from / to);
        }
        if to > from && dims.pop() != Some(to / from) {
            return Err(OpError::inconsistent(format!(
                "the last axis of {} must have {} elements to become one `{}`",
                x.shape,
                to / from,
                self.to
            )));
        }
        let shape = Shape::new(dims).map_err(|error| OpError::inconsistent(error.to_string()))?;
        Ok(vec![(self.to, shape)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        for dtype in [site.input(0).dtype, self.to] {
            if !Self::TYPES.contains(&dtype) {
                let text = format!("element type `{dtype}` is not supported");
                return Err(OpError::unsupported(text));
            }
        }
        Ok(())
    }

    fn eval(&self, _: &Site, inputs: &[&Data]) -> Vec<Data> {
        let data = Data::from_le_bytes(self.to, &inputs[0].to_le_bytes());
        vec![data.expect("the types' sizes divide each other")]
    }
}

fn lower(site: &Site) -> Lowering {
    let args = vec![
        ("from", Arg::Input(0)),
        ("to", Arg::Output(0)),
        ("bytes", Arg::size(site.input(0).bytes())),
    ];
    Lowering::Code(Lowered {
        sources: vec![COMMON],
        calls: vec![Call { function: "smidgen_copy_bytes", args }],
        ..Lowered::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check(from: DType, dims: &[usize], to: DType, says: &str) {
        let text = problem(Bitcast { to }, &[plain(from, dims)], &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn parts_make_a_whole() {
        check(DType::I8, &[3, 3], DType::I32, "must have 4 elements to become one `int32`");
        check(DType::I8, &[], DType::I32, "must have 4 elements");
        check(DType::Bool, &[3], DType::I8, "`bool` is not supported");
        check(DType::I8, &[3], DType::Bool, "`bool` is not supported");
    }
}
