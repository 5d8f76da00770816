//! Kernels of `TFLite_Detection_PostProcess`.

use super::DetectionPostprocess;
use crate::ops::common::{COMMON, FLOAT_MATH};
use crate::ops::{Arg, Call, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<DetectionPostprocess>] =
    &[Kernel { name: "detection_postprocess", needs: &[], accepts: |_, _| true, lower }];

const SOURCE: Source = Source {
    file: "smidgen_detection_postprocess.h",
    text: include_str!("detection_postprocess.h"),
};

fn lower(op: &DetectionPostprocess, site: &Site) -> Lowering {
    let sizes = op.sizes_at(site);
    let mut args = vec![
        ("codes", Arg::Input(0)),
        ("scores", Arg::Input(1)),
        ("anchors", Arg::Input(2)),
        ("out_boxes", Arg::Output(0)),
        ("out_classes", Arg::Output(1)),
        ("out_scores", Arg::Output(2)),
        ("out_count", Arg::Output(3)),
        ("scratch", Arg::Scratch),
    ];
    let names = [
        ("code_scale", "code_zero"),
        ("score_scale", "score_zero"),
        ("anchor_scale", "anchor_zero"),
    ];
    for (index, (scale, zero)) in names.into_iter().enumerate() {
        let (real, zero_point) = match site.input(index).dtype {
            DType::F32 => (0.0, 0),
            _ => site.input_quant(index).expect("the site's quantisation has been checked"),
        };
        args.extend([(scale, Arg::Float(real)), (zero, Arg::Int(zero_point))]);
    }
    let [y_scale, x_scale, height_scale, width_scale] = op.scales;
    args.extend([
        ("count", Arg::size(sizes.boxes)),
        ("code_length", Arg::size(sizes.code)),
        ("score_length", Arg::size(sizes.scores)),
        ("outputs", Arg::size(sizes.outputs)),
        ("classes", Arg::size(op.classes)),
        ("max_detections", Arg::size(op.max_detections)),
        ("classes_per_detection", Arg::size(op.classes_per_detection)),
        ("per_class", Arg::size(op.per_class.unwrap_or(0))),
        ("score_threshold", Arg::Float(op.score_threshold)),
        ("overlap_threshold", Arg::Float(op.overlap_threshold)),
        ("y_scale", Arg::Float(y_scale)),
        ("x_scale", Arg::Float(x_scale)),
        ("height_scale", Arg::Float(height_scale)),
        ("width_scale", Arg::Float(width_scale)),
    ]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, FLOAT_MATH, SOURCE],
        scratch_bytes: 5 * 4 * sizes.boxes,
        calls: vec![Call { function: "smidgen_detection_postprocess", args }],
        ..Lowered::default()
    })
}
