//! Reference of `TFLite_Detection_PostProcess`.

use super::{DetectionPostprocess, Sizes};
use crate::ops::Site;
use crate::ops::common::float_math;
use crate::tensor::Data;

/// Top, left, bottom and right.
type Corners = [f32; 4];

/// A box that was selected, for a class.
#[derive(Debug, Clone, Copy)]
struct Detection {
    corners: Corners,
    class: usize,
    score: f32,
}

pub(super) fn eval(op: &DetectionPostprocess, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let sizes = op.sizes_at(site);
    let [codes, scores, anchors] = [0, 1, 2].map(|index| reals(site, index, inputs[index]));
    let codes = codes.chunks(sizes.code).zip(anchors.chunks(4));
    let boxes: Vec<Corners> = codes.map(|(code, anchor)| op.corners(code, anchor)).collect();
    // Without the background.
    let scores: Vec<&[f32]> =
        scores.chunks(sizes.scores).map(|row| &row[sizes.scores - op.classes..]).collect();
    let (found, valid) = match op.per_class {
        Some(limit) => by_class(op, &boxes, &scores, limit),
        None => across_classes(op, &boxes, &scores),
    };
    outputs(&found, valid, sizes)
}

fn outputs(found: &[Option<Detection>], valid: usize, sizes: Sizes) -> Vec<Data> {
    let mut outputs =
        [vec![0.0; 4 * sizes.outputs], vec![0.0; sizes.outputs], vec![0.0; sizes.outputs]];
    for (place, detection) in found.iter().enumerate() {
        if let Some(detection) = detection {
            outputs[0][4 * place..][..4].copy_from_slice(&detection.corners);
            outputs[1][place] = detection.class as f32;
            outputs[2][place] = detection.score;
        }
    }
    let counts = vec![valid as f32];
    outputs.into_iter().chain([counts]).map(Data::F32).collect()
}

/// Real numbers of an operand.
fn reals(site: &Site, index: usize, data: &Data) -> Vec<f32> {
    if let Data::F32(x) = data {
        return x.clone();
    }
    let quant = site.input_quant(index).expect("the site's quantisation has been checked");
    let (scale, zero_point) = quant;
    let real = |&x: &i8| (f32::from(x) - zero_point as f32) * scale;
    data.get::<i8>().iter().map(real).collect()
}

impl DetectionPostprocess {
    fn corners(&self, code: &[f32], anchor: &[f32]) -> Corners {
        let [y_scale, x_scale, height_scale, width_scale] = self.scales;
        let y = code[0] / y_scale * anchor[2] + anchor[0];
        let x = code[1] / x_scale * anchor[3] + anchor[1];
        let half_height = 0.5 * float_math::exp(code[2] / height_scale) * anchor[2];
        let half_width = 0.5 * float_math::exp(code[3] / width_scale) * anchor[3];
        [y - half_height, x - half_width, y + half_height, x + half_width]
    }

    /// The best of the boxes whose scores count, without those that overlap it: their scores no longer
    /// count.
    fn next(&self, boxes: &[Corners], scores: &mut [f32]) -> Option<usize> {
        let mut best: Option<usize> = None;
        for (index, &score) in scores.iter().enumerate() {
            let better = best.is_none_or(|best| score > scores[best]);
            if score >= self.score_threshold && better && score > f32::NEG_INFINITY {
                best = Some(index);
            }
        }
        let best = best?;
        for (index, score) in scores.iter_mut().enumerate() {
            let overlap = || overlap(&boxes[best], &boxes[index]) > self.overlap_threshold;
            if index == best || overlap() {
                *score = f32::NEG_INFINITY;
            }
        }
        Some(best)
    }
}

/// Intersection by union.
fn overlap(a: &Corners, b: &Corners) -> f32 {
    let area = |[top, left, bottom, right]: &Corners| (bottom - top) * (right - left);
    let (area_a, area_b) = (area(a), area(b));
    if area_a <= 0.0 || area_b <= 0.0 {
        return 0.0;
    }
    let length = |low: usize, high: usize| {
        let (from, to) = (greater(a[low], b[low]), lesser(a[high], b[high]));
        greater(to - from, 0.0)
    };
    let intersection = length(0, 2) * length(1, 3);
    intersection / (area_a + area_b - intersection)
}

fn greater(a: f32, b: f32) -> f32 {
    if a < b { b } else { a }
}

fn lesser(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}

/// Each class selects its boxes; the best of all are kept, of equal scores the earlier.
fn by_class(
    op: &DetectionPostprocess,
    boxes: &[Corners],
    scores: &[&[f32]],
    limit: usize,
) -> (Vec<Option<Detection>>, usize) {
    let mut found: Vec<Detection> = Vec::new();
    for class in 0..op.classes {
        let mut column: Vec<f32> = scores.iter().map(|row| row[class]).collect();
        for _ in 0..limit {
            let Some(index) = op.next(boxes, &mut column) else { break };
            let score = scores[index][class];
            let worse = found.iter().rev().take_while(|other| score > other.score).count();
            let place = found.len() - worse;
            found.insert(place, Detection { corners: boxes[index], class, score });
            found.truncate(op.max_detections);
        }
    }
    let valid = found.len();
    (found.into_iter().map(Some).collect(), valid)
}

/// A box counts for its best class; then its best classes are given.
fn across_classes(
    op: &DetectionPostprocess,
    boxes: &[Corners],
    scores: &[&[f32]],
) -> (Vec<Option<Detection>>, usize) {
    let best = |row: &&[f32]| row[nth_class(row, None)];
    let mut column: Vec<f32> = scores.iter().map(best).collect();
    let mut found = Vec::new();
    let mut valid = 0;
    while valid < op.max_detections
        && let Some(index) = op.next(boxes, &mut column)
    {
        valid += 1;
        let mut class = None;
        for place in 0..op.classes_per_detection {
            found.push((place < op.classes).then(|| {
                let next = nth_class(scores[index], class);
                class = Some(next);
                Detection { corners: boxes[index], class: next, score: scores[index][next] }
            }));
        }
    }
    (found, valid)
}

/// The class with the greatest score, or the next one after `previous`; of equal scores the first.
fn nth_class(scores: &[f32], previous: Option<usize>) -> usize {
    let mut best: Option<usize> = None;
    for (class, &score) in scores.iter().enumerate() {
        let follows = previous.is_none_or(|previous| {
            let limit = scores[previous];
            score < limit || (score <= limit && class > previous)
        });
        if follows && best.is_none_or(|best| score > scores[best]) {
            best = Some(class);
        }
    }
    best.unwrap_or(0)
}
