//! Pools to TFLite.

use super::{Function, Pool2d};
use crate::ops::export::{Layer, ToTflite, Written, activation, by_type, windowed};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator as B;
use crate::tensor::{DType, Data};
use smidgen_schema::tflite::{BuiltinOptions, Pool2DOptions};

impl ToTflite for Pool2d {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let builtin = match self.function {
            Function::Average | Function::AverageUp => B::AveragePool2d,
            Function::Max => B::MaxPool2d,
            Function::L2 => B::L2Pool2d,
        };
        // What is around an image counts in no pool; the least number never is the greatest.
        let least = match site.input(0).dtype {
            DType::I8 => Data::I8(vec![i8::MIN]),
            DType::I16 => Data::I16(vec![i16::MIN]),
            _ => Data::F32(vec![f32::NEG_INFINITY]),
        };
        let fill = (self.function == Function::Max).then_some(&least);
        let (padding, image) = windowed(site, &self.window, self.kernel, fill)?;
        let options = Pool2DOptions {
            padding,
            stride_h: self.window.stride[0] as i32,
            stride_w: self.window.stride[1] as i32,
            filter_height: self.kernel[0] as i32,
            filter_width: self.kernel[1] as i32,
            fused_activation_function: activation(self.activation),
        };
        let in_uint8 = self.function == Function::AverageUp;
        if in_uint8 && site.input(0).dtype != DType::I8 {
            let text = "rounds means as TFLite does of uint8 alone";
            return Err(OpError::unsupported(text));
        }
        let signed = if in_uint8 { 1 } else { 2 };
        let version = by_type(site, &[(DType::I8, signed), (DType::I16, 3)]);
        Layer::new(builtin, site)
            .reading([image])
            .with(BuiltinOptions::Pool2DOptions(Box::new(options)))
            .version(version)
            .in_uint8(in_uint8)
            .written()
    }
}
