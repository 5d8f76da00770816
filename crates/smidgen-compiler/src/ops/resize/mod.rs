//! `RESIZE_NEAREST_NEIGHBOR` and `RESIZE_BILINEAR`: images of another size.
//!
//! Input: `[n, h, w, c]`. Output: `[n, oh, ow, c]` of the same quantisation.

pub(super) mod cases;
mod eval;
mod export;
mod import;
mod kernels;

use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// A change of an image's size.
#[derive(Debug, Clone, PartialEq)]
pub struct Resize {
    /// How pixels come from those around them.
    pub method: Method,
    /// Rows and columns of the output.
    pub size: [usize; 2],
    /// Whether the centres of the corner pixels coincide, instead of the images' corners.
    pub align_corners: bool,
    /// Whether a pixel is looked up by its centre, instead of by its corner.
    pub half_pixel_centers: bool,
}

/// How pixels come from those around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The nearest pixel.
    Nearest,
    /// Four pixels, weighted; integers with weights of 10 bits.
    Bilinear,
    /// The same for int8 that stands for uint8: in single precision, as LiteRT does.
    BilinearInFloat,
}

/// Most rows or columns of an image.
pub(in crate::ops) const MAX_SIDE: usize = i16::MAX as usize;

impl OpDef for Resize {
    const NAME: &'static str = "RESIZE";
    const TYPES: &'static [DType] = &[DType::I8, DType::I16, DType::I32, DType::F32];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn name(&self) -> &'static str {
        match self.method {
            Method::Nearest => "RESIZE_NEAREST_NEIGHBOR",
            Method::Bilinear | Method::BilinearInFloat => "RESIZE_BILINEAR",
        }
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else {
            return Err(OpError::inconsistent(format!("needs 1 input, not {}", inputs.len())));
        };
        let (&[n, h, w, c], [oh, ow]) = (x.shape.dims(), self.size) else {
            return Err(OpError::inconsistent("the input must have 4 dimensions"));
        };
        if [h, w, oh, ow].into_iter().any(|side| side > MAX_SIDE) {
            return Err(OpError::unsupported(format!(
                "an image has more than {MAX_SIDE} rows or columns"
            )));
        }
        let shape = Shape::new([n, oh, ow, c]).map_err(|e| OpError::inconsistent(e.to_string()))?;
        Ok(vec![(x.dtype, shape)])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        let dtype = site.same_dtype(self.types())?;
        if self.method != Method::Nearest && self.align_corners && self.half_pixel_centers {
            return Err(OpError::inconsistent(
                "corners cannot be aligned where pixels are looked up by their centres",
            ));
        }
        if matches!(dtype, DType::I8 | DType::I16) && site.input(0).quant != site.output(0).quant {
            return Err(OpError::unsupported("input and output are quantised differently"));
        }
        Ok(())
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        vec![eval::eval(self, site, inputs[0])]
    }
}

impl Resize {
    fn types(&self) -> &'static [DType] {
        match self.method {
            Method::Nearest => Self::TYPES,
            Method::Bilinear => BILINEAR_TYPES,
            Method::BilinearInFloat => &[DType::I8],
        }
    }

    /// Input rows or columns per output row or column, in single precision.
    fn scale(&self, input: usize, output: usize) -> f32 {
        if self.align_corners && output > 1 {
            (input - 1) as f32 / (output - 1) as f32
        } else {
            input as f32 / output as f32
        }
    }

    /// The same in units of 2^-10, rounded.
    fn scale_10(&self, input: usize, output: usize) -> usize {
        if self.align_corners && output > 1 {
            (1024 * (input - 1) + (output - 1) / 2) / (output - 1)
        } else {
            (1024 * input + output / 2) / output
        }
    }

    /// The nearest input row or column of every output row or column.
    pub(in crate::ops) fn nearest(&self, input: usize, output: usize) -> Vec<usize> {
        let scale = self.scale(input, output);
        let offset = if self.half_pixel_centers { 0.5 } else { 0.0 };
        let source = |index: usize| {
            let at = (index as f32 + offset) * scale;
            let at = if self.align_corners { at.round() } else { at.floor() };
            (at as usize).min(input - 1)
        };
        (0..output).map(source).collect()
    }
}

/// Element types of bilinear interpolation.
const BILINEAR_TYPES: &[DType] = &[DType::I8, DType::I16, DType::F32];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::plain;
    use crate::ops::site::Operand;

    fn resize(size: [usize; 2], align_corners: bool, half_pixel_centers: bool) -> Resize {
        Resize { method: Method::Bilinear, size, align_corners, half_pixel_centers }
    }

    #[test]
    fn huge_images_are_refused() {
        let x = plain(DType::F32, &[1, 1, 1, 1]);
        for size in [[MAX_SIDE + 1, 1], [1, usize::MAX], [0, 1]] {
            assert!(resize(size, false, false).infer(&[&x]).is_err(), "{size:?}");
        }
    }

    #[test]
    fn options_that_contradict_each_other_are_refused() {
        let (x, y) = (plain(DType::F32, &[1, 2, 2, 1]), plain(DType::F32, &[1, 3, 3, 1]));
        let site = Site { inputs: vec![Operand { ty: &x, constant: None }], outputs: vec![&y] };
        assert!(resize([3, 3], true, true).check(&site).is_err());
        assert_eq!(resize([3, 3], false, true).check(&site), Ok(()));
    }

    #[test]
    fn the_nearest_row_depends_on_the_options() {
        let nearest = |corners, centers| resize([6, 1], corners, centers).nearest(4, 6);
        assert_eq!(nearest(false, false), [0, 0, 1, 2, 2, 3]);
        assert_eq!(nearest(true, false), [0, 1, 1, 2, 2, 3]);
        assert_eq!(nearest(false, true), [0, 1, 1, 2, 3, 3]);
    }
}
