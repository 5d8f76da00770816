//! `REBIAS`: the same real numbers in the other type of 8 bits. smidgen inserts it at the inputs and
//! outputs of models that are quantised to uint8, which compute in int8.
//!
//! Input: a quantised tensor of uint8 or int8. Output: the other type, its zero point moved by 128.

pub(super) mod cases;
mod export;
mod import;

use super::common::{COMMON, unary};
use super::{Kernel, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Shape, TensorType};

/// A change of the range of 8-bit integers; it has no attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Rebias;

const REBIAS: Source = Source { file: "smidgen_rebias.h", text: include_str!("rebias.h") };

impl OpDef for Rebias {
    const NAME: &'static str = "REBIAS";
    const TYPES: &'static [DType] = &[DType::U8, DType::I8];
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "rebias",
        needs: &[],
        accepts: |_, _| true,
        lower: |_, site| unary::lower(site, 0, vec![COMMON, REBIAS], "smidgen_rebias", &[]),
    }];

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let dtype = match inputs {
            [x] if x.dtype == DType::U8 => DType::I8,
            _ => DType::U8,
        };
        unary::infer(inputs, Some(dtype))
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let (scale, zero_point) = site.input_quant(0)?;
        let offset = match site.input(0).dtype {
            DType::U8 => -128,
            DType::I8 => 128,
            other => {
                let text = format!("element type `{other}` is not supported");
                return Err(OpError::unsupported(text));
            }
        };
        if site.output_quant(0)? == (scale, zero_point.saturating_add(offset)) {
            return Ok(());
        }
        Err(OpError::inconsistent("the zero point must move by 128, and the scale stay"))
    }

    fn eval(&self, _: &Site, inputs: &[&Data]) -> Vec<Data> {
        vec![match inputs[0] {
            Data::U8(x) => Data::I8(x.iter().map(|&x| (x ^ 0x80) as i8).collect()),
            other => Data::U8(other.get::<i8>().iter().map(|&x| x as u8 ^ 0x80).collect()),
        }]
    }
}
