//! `PAD` and `PADV2` from TFLite.

use super::Pad;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{Data, TensorType};

impl FromTflite for Pad {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Pad, BuiltinOperator::Padv2];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let value = match layer.builtin {
            BuiltinOperator::Padv2 => given(layer)?,
            _ => zero(layer.output(0)?)?,
        };
        Ok(Imported::reading(Self { amounts: paddings(layer)?, value }, [0]))
    }
}

/// How many elements are added before and after each axis, as input 1 says.
pub(in crate::ops) fn paddings(layer: &Layer) -> Result<Vec<[usize; 2]>, OpError> {
    let amounts = layer.integers(1)?;
    let (pairs, []) = amounts.as_chunks::<2>() else {
        return Err(OpError::inconsistent("the paddings must come in pairs"));
    };
    let amount = |&number: &i64| {
        usize::try_from(number).map_err(|_| {
            let text = format!("a padding of {number} would cut the input");
            OpError::unsupported(text).hint("use SLICE to cut")
        })
    };
    pairs.iter().map(|[before, after]| Ok([amount(before)?, amount(after)?])).collect()
}

/// The padding value of `PADV2`, which must mean the same in the output.
fn given(layer: &Layer) -> Result<Data, OpError> {
    let (value, output) = (layer.input(2)?, layer.output(0)?);
    if value.quant != output.quant {
        let text = "the padding value has another scale or zero point than the output";
        return Err(OpError::inconsistent(text));
    }
    layer.constant(2)?.ok_or_else(|| {
        OpError::unsupported("the padding value must be constant, but it is computed")
            .hint("make it a constant in the source model")
    })
}

/// The element that means 0: the zero point of quantised integers.
pub(in crate::ops) fn zero(ty: &TensorType) -> Result<Data, OpError> {
    let zero_point = ty.quant.whole().map_or(0, |(_, zero_point)| zero_point);
    Data::of_integer(ty.dtype, zero_point.into()).ok_or_else(|| {
        let text = format!("the zero point `{zero_point}` is no element of `{}`", ty.dtype);
        OpError::inconsistent(text)
    })
}
