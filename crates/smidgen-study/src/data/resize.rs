//! Pictures of another size: which part is taken, and how pixels are resampled.

use super::picture::Picture;
use super::spec::{Filter, Fit};

/// Brings a picture to `height` × `width`.
pub(super) fn fit(
    picture: Picture,
    height: usize,
    width: usize,
    fit: Option<Fit>,
    filter: Filter,
) -> Result<Picture, String> {
    if (picture.height, picture.width) == (height, width) {
        return Ok(picture);
    }
    match fit {
        None => Err(format!(
            "is {} pixels high and {} wide, the model takes {height} × {width}; give `--fit \
             stretch`, `crop` or `pad`",
            picture.height, picture.width
        )),
        Some(Fit::Stretch) => Ok(resize(&picture, height, width, filter)),
        Some(Fit::Crop) => Ok(resize(&cropped(&picture, height, width), height, width, filter)),
        Some(Fit::Pad) => Ok(padded(&picture, height, width, filter)),
    }
}

/// `a * b / c` to the nearest integer, at least 1 and at most `limit`.
fn scaled(a: usize, b: usize, c: usize, limit: usize) -> usize {
    ((a * b + c / 2) / c).clamp(1, limit)
}

/// The largest central part with the proportions of `height` × `width`.
fn cropped(picture: &Picture, height: usize, width: usize) -> Picture {
    let part_width = scaled(picture.height, width, height, picture.width);
    let part_height = scaled(picture.width, height, width, picture.height);
    let (top, left) = ((picture.height - part_height) / 2, (picture.width - part_width) / 2);
    let channels = picture.channels;
    let rows = picture.pixels.chunks_exact(picture.width * channels).skip(top).take(part_height);
    let pixels = rows.flat_map(|row| &row[left * channels..][..part_width * channels]).copied();
    Picture { height: part_height, width: part_width, channels, pixels: pixels.collect() }
}

/// The whole picture in the middle of black.
fn padded(picture: &Picture, height: usize, width: usize, filter: Filter) -> Picture {
    let inner_width = scaled(picture.width, height, picture.height, width);
    let inner_height = scaled(picture.height, width, picture.width, height);
    let inner = resize(picture, inner_height, inner_width, filter);
    let (top, left) = ((height - inner_height) / 2, (width - inner_width) / 2);
    let channels = picture.channels;
    let mut pixels = vec![0; height * width * channels];
    let rows = pixels.chunks_exact_mut(width * channels).skip(top);
    for (row, source) in rows.zip(inner.pixels.chunks_exact(inner_width * channels)) {
        row[left * channels..][..source.len()].copy_from_slice(source);
    }
    Picture { height, width, channels, pixels }
}

/// Resamples rows, then columns; pixels are rounded once, at the end.
fn resize(picture: &Picture, height: usize, width: usize, filter: Filter) -> Picture {
    let channels = picture.channels;
    let columns = weights(filter, picture.width, width);
    let rows = weights(filter, picture.height, height);
    let mut narrow = vec![0f32; picture.height * width * channels];
    let lines = picture.pixels.chunks_exact(picture.width * channels);
    for (line, out) in lines.zip(narrow.chunks_exact_mut(width * channels)) {
        for (out, taps) in out.chunks_exact_mut(channels).zip(&columns) {
            for (channel, sum) in out.iter_mut().enumerate() {
                let tap = |&(at, w): &(usize, f32)| w * f32::from(line[at * channels + channel]);
                *sum = taps.iter().map(tap).sum();
            }
        }
    }
    let mut pixels = Vec::with_capacity(height * width * channels);
    for taps in &rows {
        for at in 0..width * channels {
            let sum: f32 =
                taps.iter().map(|&(row, w)| w * narrow[row * width * channels + at]).sum();
            pixels.push(sum.round() as u8);
        }
    }
    Picture { height, width, channels, pixels }
}

/// For each of `to` pixels, the pixels of `from` that it is made of, with weights that sum to 1.
/// Pixel `i` covers the interval from `i` to `i + 1`.
fn weights(filter: Filter, from: usize, to: usize) -> Vec<Vec<(usize, f32)>> {
    let scale = from as f64 / to as f64;
    let last = from - 1;
    let pixel = |index: usize| {
        let centre = (index as f64 + 0.5) * scale;
        match filter {
            Filter::Nearest => vec![((centre as usize).min(last), 1.0)],
            Filter::Bilinear => {
                let left = (centre - 0.5).clamp(0.0, last as f64);
                let (at, share) = (left as usize, left.fract());
                vec![(at, 1.0 - share), ((at + 1).min(last), share)]
            }
            Filter::Area => {
                let (start, end) = (index as f64 * scale, (index + 1) as f64 * scale);
                let overlap = |at: usize| end.min((at + 1) as f64) - start.max(at as f64);
                (start as usize..=(end as usize).min(last)).map(|at| (at, overlap(at))).collect()
            }
            Filter::Antialias => {
                let reach = scale.max(1.0);
                let height = |at: usize| 1.0 - ((at as f64 + 0.5 - centre) / reach).abs();
                let start = (centre - reach).max(0.0) as usize;
                let end = ((centre + reach) as usize).min(last);
                (start..=end).map(|at| (at, height(at))).collect()
            }
        }
    };
    let normalised = |index: usize| {
        let taps: Vec<(usize, f64)> = pixel(index).into_iter().filter(|tap| tap.1 > 0.0).collect();
        let sum: f64 = taps.iter().map(|tap| tap.1).sum();
        taps.into_iter().map(|(at, weight)| (at, (weight / sum) as f32)).collect()
    };
    (0..to).map(normalised).collect()
}
