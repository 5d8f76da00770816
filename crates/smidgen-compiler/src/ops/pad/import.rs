//! `PAD` from TFLite.

use super::Pad;
use crate::ops::OpError;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Data};

impl FromTflite for Pad {
    const BUILTIN: &'static [BuiltinOperator] = &[BuiltinOperator::Pad];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
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
        let pair = |[before, after]: &[i64; 2]| Ok([amount(before)?, amount(after)?]);
        let amounts = pairs.iter().map(pair).collect::<Result<_, OpError>>()?;
        Ok(Imported::reading(Self { amounts, value: zero(layer)? }, [0]))
    }
}

/// The element that means 0: in int8 the output's zero point.
fn zero(layer: &Layer) -> Result<Data, OpError> {
    let output = layer.output(0)?;
    let (DType::I8, Some((_, zero_point))) = (output.dtype, output.quant.whole()) else {
        return Ok(Data::zeros(output.dtype, 1));
    };
    let value = i8::try_from(zero_point).map_err(|_| {
        OpError::inconsistent(format!("the zero point `{zero_point}` is not an int8"))
    })?;
    Ok(Data::I8(vec![value]))
}
