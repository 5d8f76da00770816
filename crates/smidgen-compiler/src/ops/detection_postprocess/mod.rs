//! `TFLite_Detection_PostProcess`: from boxes relative to anchors and scores to the best boxes that do
//! not overlap much (non-maximum suppression).
//!
//! Inputs: box encodings `[1, n, 4 or more]` as y, x, height and width, scores `[1, n, classes]` with
//! or without a background class in front, anchors `[n, 4]`; float32, or int8 with scale and zero
//! point. Outputs, in float32: boxes `[1, m, 4]` as top, left, bottom and right, classes `[1, m]`,
//! scores `[1, m]`, and how many of the m are valid `[1]`; the others are zero.

pub(super) mod cases;
mod eval;
mod export;
mod flexbuffer;
mod import;
mod kernels;

use super::common::movement;
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a selection of boxes.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectionPostprocess {
    /// Most boxes that are selected, at least 1.
    pub max_detections: usize,
    /// Classes that are given for each box, at least 1, where boxes are selected across classes.
    pub classes_per_detection: usize,
    /// Most boxes of one class, at least 1, where each class selects its boxes; `None` where a box
    /// counts for its best class alone.
    pub per_class: Option<usize>,
    /// Least score of a box that is selected.
    pub score_threshold: f32,
    /// Boxes whose intersection is more than this part of their union exclude each other.
    pub overlap_threshold: f32,
    /// Classes without the background.
    pub classes: usize,
    /// Divisors of the encodings y, x, height and width.
    pub scales: [f32; 4],
}

/// Sizes of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sizes {
    /// Boxes.
    boxes: usize,
    /// Numbers that encode a box; the first four count.
    code: usize,
    /// Scores of a box.
    scores: usize,
    /// Boxes in the outputs.
    outputs: usize,
}

impl OpDef for DetectionPostprocess {
    const NAME: &'static str = "TFLite_Detection_PostProcess";
    const TYPES: &'static [DType] = &[DType::F32, DType::I8];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let sizes = self.sizes(inputs)?;
        let m = sizes.outputs;
        let shapes = [vec![1, m, 4], vec![1, m], vec![1, m], vec![1]];
        shapes.into_iter().map(|dims| Ok((DType::F32, movement::shape(dims)?))).collect()
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        for (index, operand) in site.inputs.iter().enumerate() {
            match operand.ty.dtype {
                DType::F32 => {}
                DType::I8 => site.input_quant(index).map(|_| ())?,
                other => {
                    let text = format!("input {index} has element type `{other}`");
                    return Err(OpError::unsupported(text).hint("float32 and uint8 are supported"));
                }
            }
        }
        Ok(())
    }

    fn work(&self, site: &Site) -> u64 {
        let boxes = site.input(0).shape.elements() as u64;
        let rounds = match self.per_class {
            Some(limit) => limit.saturating_mul(self.classes),
            None => self.max_detections,
        };
        boxes.saturating_mul(rounds as u64).saturating_add(site.input(1).shape.elements() as u64)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        eval::eval(self, site, inputs)
    }
}

impl DetectionPostprocess {
    fn sizes(&self, inputs: &[&TensorType]) -> Result<Sizes, OpError> {
        let &[codes, scores, anchors] = inputs else {
            return Err(OpError::inconsistent("needs 3 inputs: boxes, scores and anchors"));
        };
        let (codes, scores, anchors) =
            (codes.shape.dims(), scores.shape.dims(), anchors.shape.dims());
        let (&[1, boxes, code], &[1, n, m], &[k, 4]) = (codes, scores, anchors) else {
            return Err(OpError::inconsistent(format!(
                "needs boxes [1, n, 4], scores [1, n, m] and anchors [n, 4], not {codes:?}, {scores:?} \
                 and {anchors:?}"
            )));
        };
        let background = m.checked_sub(self.classes);
        if (n, k) != (boxes, boxes)
            || code < 4
            || self.classes == 0
            || background.is_none_or(|extra| extra > 1)
        {
            return Err(OpError::inconsistent(format!(
                "boxes {codes:?}, scores {scores:?} and anchors {anchors:?} do not fit together with {} \
                 classes",
                self.classes
            )));
        }
        let outputs = self.max_detections.saturating_mul(self.classes_per_detection);
        Ok(Sizes { boxes, code, scores: m, outputs })
    }

    fn sizes_at(&self, site: &Site) -> Sizes {
        let types: Vec<_> = site.inputs.iter().map(|operand| operand.ty).collect();
        self.sizes(&types).expect("the site's shapes have been checked")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check(shapes: [&[usize]; 3], classes: usize, says: &str) {
        let op = DetectionPostprocess {
            max_detections: 1 << 26,
            classes_per_detection: 1 << 26,
            per_class: None,
            score_threshold: 0.5,
            overlap_threshold: 0.5,
            classes,
            scales: [1.0; 4],
        };
        let types = shapes.map(|dims| plain(DType::F32, dims));
        let text = problem(op, &types, &vec![Quant::None; 4]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn shapes_must_fit() {
        check([&[1, 5, 4], &[1, 6, 3], &[5, 4]], 3, "do not fit");
        check([&[1, 5, 3], &[1, 5, 3], &[5, 4]], 3, "do not fit");
        check([&[1, 5, 4], &[1, 5, 3], &[5, 4]], 1, "do not fit");
        check([&[1, 5, 4], &[5, 3], &[5, 4]], 3, "needs boxes");
    }

    #[test]
    fn there_is_a_limit_to_outputs() {
        check([&[1, 5, 4], &[1, 5, 3], &[5, 4]], 3, "elements");
    }
}
