/* Selection of boxes by their scores, without those that overlap better ones. */
#ifndef SMIDGEN_DETECTION_POSTPROCESS_H
#define SMIDGEN_DETECTION_POSTPROCESS_H

#include "smidgen_float_math.h"

/* The score of what is no candidate, or no more. */
#define SMIDGEN_NO_SCORE (-1.0f / 0.0f)

/* Numbers as they are, or int8 where the scale is not 0. */
typedef struct {
    const void *elements;
    float scale, zero_point;
} smidgen_reals;

SMIDGEN_INLINE float smidgen_real_at(const smidgen_reals *x, int32_t index) {
    if (x->scale == 0.0f) {
        return ((const float *)x->elements)[index];
    }
    return ((float)((const int8_t *)x->elements)[index] - x->zero_point) * x->scale;
}

SMIDGEN_INLINE float smidgen_greater(float a, float b) {
    return a < b ? b : a;
}

SMIDGEN_INLINE float smidgen_lesser(float a, float b) {
    return b < a ? b : a;
}

/* Intersection by union of boxes given by top, left, bottom and right. */
SMIDGEN_INLINE float smidgen_overlap(const float *a, const float *b) {
    const float area_a = (a[2] - a[0]) * (a[3] - a[1]);
    const float area_b = (b[2] - b[0]) * (b[3] - b[1]);
    if (area_a <= 0.0f || area_b <= 0.0f) {
        return 0.0f;
    }
    const float height = smidgen_lesser(a[2], b[2]) - smidgen_greater(a[0], b[0]);
    const float width = smidgen_lesser(a[3], b[3]) - smidgen_greater(a[1], b[1]);
    const float intersection = smidgen_greater(height, 0.0f) * smidgen_greater(width, 0.0f);
    return intersection / (area_a + area_b - intersection);
}

/* The best candidate, or -1. It and those that overlap it are candidates no more. */
SMIDGEN_INLINE int32_t smidgen_next_box(const float *boxes, float *candidates, int32_t count,
                                        float score_threshold, float overlap_threshold) {
    int32_t best = -1;
    for (int32_t i = 0; i < count; i++) {
        const float score = candidates[i];
        if (score >= score_threshold && score > (best < 0 ? SMIDGEN_NO_SCORE : candidates[best])) {
            best = i;
        }
    }
    for (int32_t i = 0; best >= 0 && i < count; i++) {
        if (i == best ||
            smidgen_overlap(boxes + 4 * best, boxes + 4 * i) > overlap_threshold) {
            candidates[i] = SMIDGEN_NO_SCORE;
        }
    }
    return best;
}

/* The class with the greatest of the scores from `first` on, or the next one after `previous`. */
SMIDGEN_INLINE int32_t smidgen_next_class(const smidgen_reals *scores, int32_t first,
                                          int32_t classes, int32_t previous) {
    int32_t best = -1;
    for (int32_t i = 0; i < classes; i++) {
        const float score = smidgen_real_at(scores, first + i);
        if (previous >= 0) {
            const float limit = smidgen_real_at(scores, first + previous);
            if (!(score < limit || (score <= limit && i > previous))) {
                continue;
            }
        }
        if (best < 0 || score > smidgen_real_at(scores, first + best)) {
            best = i;
        }
    }
    return best < 0 ? 0 : best;
}

SMIDGEN_INLINE void smidgen_set_box(float *boxes, int32_t place, const float *box) {
    for (int32_t i = 0; i < 4; i++) {
        boxes[4 * place + i] = box[i];
    }
}

/* Centres and sizes relative to anchors become corners. */
SMIDGEN_INLINE void smidgen_decode_boxes(const smidgen_reals *codes, const smidgen_reals *anchors,
                                         float *boxes, int32_t count, int32_t code_length,
                                         float y_scale, float x_scale, float height_scale,
                                         float width_scale) {
    for (int32_t i = 0; i < count; i++) {
        const int32_t code = i * code_length;
        const float height = smidgen_real_at(anchors, 4 * i + 2);
        const float width = smidgen_real_at(anchors, 4 * i + 3);
        const float y = smidgen_real_at(codes, code) / y_scale * height +
                        smidgen_real_at(anchors, 4 * i);
        const float x = smidgen_real_at(codes, code + 1) / x_scale * width +
                        smidgen_real_at(anchors, 4 * i + 1);
        const float half_height =
            0.5f * smidgen_exp(smidgen_real_at(codes, code + 2) / height_scale) * height;
        const float half_width =
            0.5f * smidgen_exp(smidgen_real_at(codes, code + 3) / width_scale) * width;
        boxes[4 * i] = y - half_height;
        boxes[4 * i + 1] = x - half_width;
        boxes[4 * i + 2] = y + half_height;
        boxes[4 * i + 3] = x + half_width;
    }
}

/* Each class selects at most per_class boxes, which are inserted before the worse of the best
   max_detections so far. Returns how many there are. */
SMIDGEN_INLINE int32_t smidgen_detect_by_class(const float *boxes, const smidgen_reals *scores,
                                               float *candidates, float *out_boxes,
                                               float *out_classes, float *out_scores, int32_t count,
                                               int32_t score_length, int32_t classes,
                                               int32_t max_detections, int32_t per_class,
                                               float score_threshold, float overlap_threshold) {
    int32_t found = 0;
    for (int32_t class = 0; class < classes; class++) {
        const int32_t column = score_length - classes + class;
        for (int32_t i = 0; i < count; i++) {
            candidates[i] = smidgen_real_at(scores, i * score_length + column);
        }
        for (int32_t i = 0; i < per_class; i++) {
            const int32_t best =
                smidgen_next_box(boxes, candidates, count, score_threshold, overlap_threshold);
            if (best < 0) {
                break;
            }
            const float score = smidgen_real_at(scores, best * score_length + column);
            int32_t place = found;
            for (; place > 0 && score > out_scores[place - 1]; place--) {
                if (place < max_detections) {
                    smidgen_set_box(out_boxes, place, out_boxes + 4 * (place - 1));
                    out_classes[place] = out_classes[place - 1];
                    out_scores[place] = out_scores[place - 1];
                }
            }
            if (place < max_detections) {
                smidgen_set_box(out_boxes, place, boxes + 4 * best);
                out_classes[place] = (float)class;
                out_scores[place] = score;
            }
            found += found < max_detections ? 1 : 0;
        }
    }
    return found;
}

/* A box counts for its best class; then its best classes are given. Returns how many there are. */
SMIDGEN_INLINE int32_t smidgen_detect_across_classes(
    const float *boxes, const smidgen_reals *scores, float *candidates, float *out_boxes,
    float *out_classes, float *out_scores, int32_t count, int32_t score_length, int32_t classes,
    int32_t max_detections, int32_t classes_per_detection, float score_threshold,
    float overlap_threshold) {
    const int32_t background = score_length - classes;
    for (int32_t i = 0; i < count; i++) {
        const int32_t first = i * score_length + background;
        candidates[i] =
            smidgen_real_at(scores, first + smidgen_next_class(scores, first, classes, -1));
    }
    int32_t found = 0;
    while (found < max_detections) {
        const int32_t best =
            smidgen_next_box(boxes, candidates, count, score_threshold, overlap_threshold);
        if (best < 0) {
            break;
        }
        const int32_t first = best * score_length + background;
        int32_t class = -1;
        for (int32_t i = 0; i < classes_per_detection && i < classes; i++) {
            const int32_t place = found * classes_per_detection + i;
            class = smidgen_next_class(scores, first, classes, class);
            smidgen_set_box(out_boxes, place, boxes + 4 * best);
            out_classes[place] = (float)class;
            out_scores[place] = smidgen_real_at(scores, first + class);
        }
        found++;
    }
    return found;
}

/* scratch: five floats per box. per_class: 0 where boxes are selected across classes. A scale of 0
   marks an operand in float. */
SMIDGEN_INLINE void smidgen_detection_postprocess(
    const void *codes, const void *scores, const void *anchors, float *out_boxes,
    float *out_classes, float *out_scores, float *out_count, void *scratch, float code_scale,
    int32_t code_zero, float score_scale, int32_t score_zero, float anchor_scale,
    int32_t anchor_zero, int32_t count, int32_t code_length, int32_t score_length,
    int32_t outputs, int32_t classes, int32_t max_detections, int32_t classes_per_detection,
    int32_t per_class, float score_threshold, float overlap_threshold, float y_scale,
    float x_scale, float height_scale, float width_scale) {
    const smidgen_reals real_codes = {codes, code_scale, (float)code_zero};
    const smidgen_reals real_scores = {scores, score_scale, (float)score_zero};
    const smidgen_reals real_anchors = {anchors, anchor_scale, (float)anchor_zero};
    float *const boxes = scratch;
    float *const candidates = boxes + 4 * count;
    for (int32_t i = 0; i < outputs; i++) {
        out_classes[i] = 0.0f;
        out_scores[i] = 0.0f;
    }
    for (int32_t i = 0; i < 4 * outputs; i++) {
        out_boxes[i] = 0.0f;
    }
    smidgen_decode_boxes(&real_codes, &real_anchors, boxes, count, code_length, y_scale, x_scale,
                         height_scale, width_scale);
    const int32_t found =
        per_class > 0
            ? smidgen_detect_by_class(boxes, &real_scores, candidates, out_boxes, out_classes,
                                      out_scores, count, score_length, classes, max_detections,
                                      per_class, score_threshold, overlap_threshold)
            : smidgen_detect_across_classes(boxes, &real_scores, candidates, out_boxes,
                                            out_classes, out_scores, count, score_length, classes,
                                            max_detections, classes_per_detection,
                                            score_threshold, overlap_threshold);
    out_count[0] = (float)found;
}

#endif
