//! `RESIZE_NEAREST_NEIGHBOR` and `RESIZE_BILINEAR` to TFLite.

use super::{Method, Resize};
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::DType;
use smidgen_schema::tflite::{BuiltinOptions, ResizeBilinearOptions, ResizeNearestNeighborOptions};

impl ToTflite for Resize {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let Self { align_corners, half_pixel_centers, .. } = *self;
        let in_uint8 = self.method == Method::BilinearInFloat && site.input(0).dtype == DType::I8;
        let signed = if in_uint8 { 1 } else { 2 };
        let by_type = by_type(site, &[(DType::I8, signed), (DType::I16, 4)]);
        let (builtin, options, newer) = if self.method == Method::Nearest {
            let options = ResizeNearestNeighborOptions { align_corners, half_pixel_centers };
            let options = BuiltinOptions::ResizeNearestNeighborOptions(Box::new(options));
            let newer = half_pixel_centers || align_corners;
            (BuiltinOperator::ResizeNearestNeighbor, options, newer)
        } else {
            let options = ResizeBilinearOptions { align_corners, half_pixel_centers };
            let options = BuiltinOptions::ResizeBilinearOptions(Box::new(options));
            (BuiltinOperator::ResizeBilinear, options, half_pixel_centers)
        };
        Layer::new(builtin, site)
            .reading([Input::Operand(0), Input::list(&self.size)])
            .with(options)
            .version(if newer { by_type.max(3) } else { by_type })
            .in_uint8(in_uint8)
            .written()
    }
}
