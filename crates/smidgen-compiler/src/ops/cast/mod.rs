//! `CAST`: numbers in another element type.
//!
//! Input: a tensor of any type. Output: another type, the same shape. Integers are cut to the lower
//! bits; floats are cut towards zero and saturate; what is not 0 is true. Scales and zero points play
//! no part.

pub(super) mod cases;
mod export;
mod import;

use super::common::{COMMON, binary, unary};
use super::{Arg, Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};

/// Attributes of a conversion.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    /// Element type of the output.
    pub to: DType,
    /// What is not a number becomes 0 in TFLite Micro, the greatest integer in LiteRT.
    pub rounding: Rounding,
}

const CAST: Source = Source { file: "smidgen_cast.h", text: include_str!("cast.h") };

impl OpDef for Cast {
    const NAME: &'static str = "CAST";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::U8, DType::I16, DType::I32, DType::I64, DType::F32, DType::Bool];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "cast", needs: &[], accepts: |_, _| true, lower }];

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, Some(self.to))
    }

    fn check(&self, _: &Site) -> Result<(), OpError> {
        Ok(())
    }

    fn eval(&self, _: &Site, inputs: &[&Data]) -> Vec<Data> {
        vec![match inputs[0] {
            Data::F32(x) => self.of_floats(x),
            integers => binary::narrow(self.to, &binary::wide(integers)),
        }]
    }
}

impl Cast {
    fn of_floats(&self, x: &[f32]) -> Data {
        let high = self.rounding == Rounding::Litert;
        macro_rules! saturated {
            ($integer:ident) => {
                x.iter()
                    .map(|&x| if high && x.is_nan() { $integer::MAX } else { x as $integer })
                    .collect()
            };
        }
        match self.to {
            DType::I8 => Data::I8(saturated!(i8)),
            DType::U8 => Data::U8(saturated!(u8)),
            DType::I16 => Data::I16(saturated!(i16)),
            DType::I32 => Data::I32(saturated!(i32)),
            DType::I64 => Data::I64(saturated!(i64)),
            DType::F32 => Data::F32(x.to_vec()),
            DType::Bool => Data::Bool(x.iter().map(|&x| x != 0.0).collect()),
        }
    }
}

/// The number of a type in `cast.h`.
fn code(dtype: DType) -> i32 {
    match dtype {
        DType::Bool => 0,
        DType::I8 => 1,
        DType::U8 => 2,
        DType::I16 => 3,
        DType::I32 => 4,
        DType::I64 => 5,
        DType::F32 => 6,
    }
}

fn lower(op: &Cast, site: &Site) -> Lowering {
    let from = site.input(0).dtype;
    if from == op.to && site.constant(0).is_none() {
        return Lowering::View;
    }
    let parameters = [
        ("from", Arg::Int(code(from))),
        ("to", Arg::Int(code(op.to))),
        ("nan_is_high", Arg::Int((op.rounding == Rounding::Litert).into())),
    ];
    unary::lower(site, 0, vec![COMMON, CAST], "smidgen_cast", &parameters)
}
