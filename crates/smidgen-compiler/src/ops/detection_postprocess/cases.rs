//! Conformance cases of `TFLite_Detection_PostProcess`.

use super::DetectionPostprocess;
use crate::ops::case::{Case, Random, int8, plain};
use crate::tensor::{DType, Data, Quant};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for dtype in [DType::F32, DType::I8] {
        cases.push(case("fast", dtype, 12, 4, None, 1, 1));
        cases.push(case("fast_two_classes", dtype, 9, 3, None, 0, 2));
        cases.push(case("fast_one_class", dtype, 9, 5, None, 1, 5));
        cases.push(case("regular", dtype, 12, 6, Some(3), 1, 1));
        cases.push(case("regular_few", dtype, 5, 20, Some(100), 0, 1));
        cases.push(case("regular_full", dtype, 30, 4, Some(7), 0, 1));
    }
    cases
}

fn case(
    name: &str,
    dtype: DType,
    boxes: usize,
    max_detections: usize,
    per_class: Option<usize>,
    background: usize,
    classes_per_detection: usize,
) -> Case {
    let classes = if name.ends_with("one_class") { 1 } else { 3 };
    let op = DetectionPostprocess {
        max_detections,
        classes_per_detection,
        per_class,
        score_threshold: 0.3,
        overlap_threshold: 0.4,
        classes,
        scales: [10.0, 10.0, 5.0, 5.0],
    };
    let mut random = Random::new(boxes as u64);
    let (codes, scores) = ([1, boxes, 4 + boxes % 2], [1, boxes, classes + background]);
    let inputs = if dtype == DType::F32 {
        let mut anchor = || random.unit().abs() + 0.1;
        let anchors = Data::F32((0..4 * boxes).map(|_| anchor()).collect());
        vec![
            (plain(dtype, &codes), None),
            (plain(dtype, &scores), None),
            (plain(dtype, &[boxes, 4]), Some(anchors)),
        ]
    } else {
        let anchors = Data::I8((0..4 * boxes).map(|_| random.range(-100, 100) as i8).collect());
        vec![
            (int8(&codes, 0.03, 5), None),
            (int8(&scores, 1.0 / 256.0, -128), None),
            (int8(&[boxes, 4], 0.005, -128), Some(anchors)),
        ]
    };
    Case::new(&format!("{name}_{dtype}"), op, inputs, &vec![Quant::None; 4])
}
