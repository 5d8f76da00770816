//! `TFLite_Detection_PostProcess` from TFLite.

use super::{DetectionPostprocess, flexbuffer};
use crate::diag::Code;
use crate::ops::import::{FromTflite, Imported, Layer};
use crate::ops::{OpDef, OpError};
use crate::reader::tflite::BuiltinOperator;
use std::collections::BTreeMap;

/// Boxes of a class where the options do not say.
const PER_CLASS: f64 = 100.0;

impl FromTflite for DetectionPostprocess {
    const BUILTIN: &'static [BuiltinOperator] = &[];
    const CUSTOM: &'static [&'static str] = &[Self::NAME];

    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError> {
        let options =
            flexbuffer::numbers(layer.operator.custom_options).ok_or_else(|| OpError {
                code: Code::Malformed,
                text: "its options are no map of numbers".to_owned(),
                hint: None,
            })?;
        let regular = options.get("use_regular_nms").is_some_and(|&flag| flag != 0.0);
        let per_class = match options.get("detections_per_class") {
            _ if !regular => None,
            None => Some(PER_CLASS as usize),
            Some(_) => Some(count(&options, "detections_per_class")?),
        };
        let overlap_threshold = real(&options, "nms_iou_threshold")?;
        if overlap_threshold <= 0.0 || overlap_threshold > 1.0 {
            let text = format!("option `nms_iou_threshold` is {overlap_threshold}, not in (0, 1]");
            return Err(OpError::inconsistent(text));
        }
        let mut scales = [0.0; 4];
        for (scale, name) in scales.iter_mut().zip(["y_scale", "x_scale", "h_scale", "w_scale"]) {
            *scale = real(&options, name)?;
            if *scale == 0.0 {
                return Err(OpError::inconsistent(format!("option `{name}` is 0")));
            }
        }
        Ok(Imported::all(Self {
            max_detections: count(&options, "max_detections")?,
            classes_per_detection: count(&options, "max_classes_per_detection")?,
            per_class,
            score_threshold: real(&options, "nms_score_threshold")?,
            overlap_threshold,
            classes: count(&options, "num_classes")?,
            scales,
        }))
    }
}

type Options<'a> = BTreeMap<&'a str, f64>;

fn option(options: &Options, name: &str) -> Result<f64, OpError> {
    let number = options.get(name).copied().filter(|number| number.is_finite());
    number.ok_or_else(|| OpError::inconsistent(format!("option `{name}` is missing")))
}

fn real(options: &Options, name: &str) -> Result<f32, OpError> {
    let number = option(options, name)? as f32;
    if number.is_finite() {
        return Ok(number);
    }
    Err(OpError::inconsistent(format!("option `{name}` does not fit float32")))
}

/// A number from 1 to the most elements that a tensor has.
fn count(options: &Options, name: &str) -> Result<usize, OpError> {
    let number = option(options, name)?;
    if number >= 1.0 && number <= crate::tensor::MAX_ELEMENTS as f64 {
        return Ok(number as usize);
    }
    Err(OpError::inconsistent(format!("option `{name}` is {number}, it must be at least 1")))
}
