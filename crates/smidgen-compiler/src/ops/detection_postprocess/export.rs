//! `TFLite_Detection_PostProcess` to TFLite.

use super::DetectionPostprocess;
use super::flexbuffer::{self, Entry};
use crate::ops::export::{Layer, Operator, ToTflite, Written};
use crate::ops::{OpDef, OpError, Site};
use crate::reader::tflite::BuiltinOperator;

impl ToTflite for DetectionPostprocess {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let count = |number: usize| Entry::Int(number as i32);
        let [y, x, h, w] = self.scales.map(Entry::Float);
        let mut entries = vec![
            ("h_scale", h),
            ("max_classes_per_detection", count(self.classes_per_detection)),
            ("max_detections", count(self.max_detections)),
            ("nms_iou_threshold", Entry::Float(self.overlap_threshold)),
            ("nms_score_threshold", Entry::Float(self.score_threshold)),
            ("num_classes", count(self.classes)),
            ("use_regular_nms", Entry::Bool(self.per_class.is_some())),
            ("w_scale", w),
            ("x_scale", x),
            ("y_scale", y),
        ];
        if let Some(boxes) = self.per_class {
            entries.insert(0, ("detections_per_class", count(boxes)));
        }
        Layer {
            operator: Operator::Custom(Self::NAME),
            custom_options: flexbuffer::map(&entries),
            ..Layer::new(BuiltinOperator::Custom, site)
        }
        // Interpreters compute it of uint8 and of floats.
        .in_uint8(true)
        .written()
    }
}
