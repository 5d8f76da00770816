//! Pictures: decoding, colours, sizes, order of axes.

use super::super::picture::Picture;
use super::*;
use jpeg_encoder::{ColorType, Encoder};

pub(super) fn png(
    width: u32,
    height: u32,
    kind: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(kind);
    encoder.set_depth(depth);
    if kind == png::ColorType::Indexed {
        encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
    }
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    bytes
}

pub(super) fn rgb(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    png(width, height, png::ColorType::Rgb, png::BitDepth::Eight, data)
}

fn gray(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    png(width, height, png::ColorType::Grayscale, png::BitDepth::Eight, data)
}

pub(super) fn jpeg(
    width: u16,
    height: u16,
    kind: ColorType,
    progressive: bool,
    data: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 100);
    encoder.set_progressive(progressive);
    encoder.encode(data, width, height, kind).unwrap();
    bytes
}

fn becomes(file: &[u8], input: TensorType, change: impl Fn(&mut Spec), expected: Data) {
    let files = Files::new();
    let mut spec = Spec::new(files.write("x.png", file));
    change(&mut spec);
    check(&spec, input, &[expected]);
}

fn is_refused(file: &[u8], input: TensorType, change: impl Fn(&mut Spec), parts: &[&str]) {
    let files = Files::new();
    let mut spec = Spec::new(files.write("x.png", file));
    change(&mut spec);
    refused(&spec, input, &[parts, &["x.png"]].concat());
}

fn as_is(_: &mut Spec) {}

fn bytes(dims: &[usize]) -> TensorType {
    plain(DType::U8, dims)
}

fn decodes(file: &[u8], channels: usize, pixels: &[u8]) {
    let picture = Picture::decode(file).unwrap();
    assert_eq!((picture.channels, &picture.pixels[..]), (channels, pixels));
}

#[test]
fn every_kind_of_png_becomes_8_bits() {
    use png::{BitDepth::*, ColorType::*};
    decodes(&png(2, 1, Grayscale, Eight, &[1, 2]), 1, &[1, 2]);
    decodes(&png(2, 1, GrayscaleAlpha, Eight, &[1, 0, 2, 9]), 1, &[1, 2]);
    decodes(&png(1, 1, Rgb, Eight, &[1, 2, 3]), 3, &[1, 2, 3]);
    decodes(&png(1, 1, Rgba, Eight, &[1, 2, 3, 0]), 3, &[1, 2, 3]);
    decodes(&png(2, 1, Indexed, Eight, &[1, 0]), 3, &[4, 5, 6, 1, 2, 3]);
    decodes(&png(1, 1, Grayscale, Sixteen, &[200, 3]), 1, &[200]);
    decodes(&png(4, 1, Grayscale, One, &[0b1010_0000]), 1, &[255, 0, 255, 0]);
}

#[test]
fn jpegs_are_decoded() {
    for progressive in [false, true] {
        let flat = jpeg(16, 8, ColorType::Luma, progressive, &[77; 128]);
        decodes(&flat, 1, &[77; 128]);
        let colours = jpeg(8, 8, ColorType::Rgb, progressive, &[200, 100, 50].repeat(64));
        let picture = Picture::decode(&colours).unwrap();
        let near = picture
            .pixels
            .chunks_exact(3)
            .all(|p| p.iter().zip([200u8, 100, 50]).all(|(&x, y)| x.abs_diff(y) <= 2));
        assert!(near && picture.channels == 3, "{:?}", &picture.pixels[..3]);
    }
}

#[test]
fn inputs_choose_colours_and_axes() {
    let picture = rgb(2, 1, &[10, 20, 30, 40, 50, 60]);
    becomes(&picture, bytes(&[1, 1, 2, 3]), as_is, Data::U8(vec![10, 20, 30, 40, 50, 60]));
    becomes(&picture, bytes(&[1, 3, 1, 2]), as_is, Data::U8(vec![10, 40, 20, 50, 30, 60]));
    // 0.299 × 10 + 0.587 × 20 + 0.114 × 30 = 18.15; 30 more for the second.
    becomes(&picture, bytes(&[1, 1, 2, 1]), as_is, Data::U8(vec![18, 48]));
    becomes(&picture, bytes(&[1, 1, 2]), as_is, Data::U8(vec![18, 48]));
    let bgr = |s: &mut Spec| s.image.colour = Some(Colour::Bgr);
    becomes(&picture, bytes(&[1, 1, 2, 3]), bgr, Data::U8(vec![30, 20, 10, 60, 50, 40]));
    let grey = |s: &mut Spec| s.image.colour = Some(Colour::Gray);
    becomes(&picture, bytes(&[1, 1, 2, 3]), grey, Data::U8(vec![18, 18, 18, 48, 48, 48]));
    becomes(&gray(2, 1, &[7, 8]), bytes(&[1, 1, 2, 3]), as_is, Data::U8(vec![7, 7, 7, 8, 8, 8]));
    let nchw = |s: &mut Spec| s.image.layout = Some(Layout::Nchw);
    let picture = rgb(3, 1, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    becomes(&picture, bytes(&[3, 1, 3]), nchw, Data::U8(vec![1, 4, 7, 2, 5, 8, 3, 6, 9]));
}

#[test]
fn flat_inputs_need_a_size() {
    let size = |s: &mut Spec| s.image.size = Some((2, 3));
    becomes(
        &gray(3, 2, &[1, 2, 3, 4, 5, 6]),
        bytes(&[1, 6]),
        size,
        Data::U8(vec![1, 2, 3, 4, 5, 6]),
    );
    is_refused(&gray(3, 2, &[0; 6]), bytes(&[1, 6]), as_is, &["`a` [1,6]", "--size"]);
    is_refused(&gray(3, 2, &[0; 6]), bytes(&[1, 7]), size, &["2 × 3 pixels"]);
    is_refused(&gray(3, 2, &[0; 6]), bytes(&[1, 4, 4, 1]), size, &["4 × 4", "another size"]);
    is_refused(&gray(3, 2, &[0; 6]), bytes(&[1, 2, 3, 5]), as_is, &["1 or 3 channels"]);
    let rgb = |s: &mut Spec| s.image.colour = Some(Colour::Rgb);
    is_refused(&gray(3, 2, &[0; 6]), bytes(&[1, 2, 3, 1]), rgb, &["one channel"]);
}

#[test]
fn pixels_are_real_numbers() {
    let scaled = |s: &mut Spec| {
        s.numbers.scale = 1.0 / 255.0;
        s.numbers.mean = vec![0.5];
        s.numbers.deviation = vec![0.5];
    };
    let picture = gray(3, 1, &[0, 51, 255]);
    becomes(&picture, float(&[1, 1, 3, 1]), as_is, Data::F32(vec![0.0, 51.0, 255.0]));
    becomes(&picture, float(&[1, 1, 3, 1]), scaled, Data::F32(vec![-1.0, -0.6, 1.0]));
    let ty = quantised(DType::I8, &[1, 1, 3, 1], 1.0, -128);
    becomes(&picture, ty, as_is, Data::I8(vec![-128, -77, 127]));
    let per_channel = |s: &mut Spec| s.numbers.mean = vec![1.0, 2.0, 3.0];
    let picture = rgb(2, 1, &[1, 2, 3, 4, 5, 6]);
    let wanted = Data::F32(vec![0.0, 3.0, 0.0, 3.0, 0.0, 3.0]);
    becomes(&picture, float(&[1, 3, 1, 2]), per_channel, wanted);
}

#[test]
fn other_sizes_are_refused_unless_a_fit_is_given() {
    let parts = ["2 pixels high and 4 wide", "1 × 2", "--fit"];
    is_refused(&gray(4, 2, &[0; 8]), bytes(&[1, 1, 2, 1]), as_is, &parts);
}

/// Rows of 0, 40, 80, 120 and of 100, 140, 180, 220 brought to other sizes.
fn resized(fit: Fit, filter: Filter, (height, width): (usize, usize), expected: &[u8]) {
    let change = |s: &mut Spec| (s.image.fit, s.image.filter) = (Some(fit), filter);
    let picture = gray(4, 2, &[0, 40, 80, 120, 100, 140, 180, 220]);
    becomes(&picture, bytes(&[1, height, width, 1]), change, Data::U8(expected.to_vec()));
}

#[test]
fn pictures_are_stretched() {
    resized(Fit::Stretch, Filter::Nearest, (2, 2), &[40, 120, 140, 220]);
    resized(Fit::Stretch, Filter::Area, (1, 2), &[70, 150]);
    resized(Fit::Stretch, Filter::Area, (2, 1), &[60, 160]);
    resized(Fit::Stretch, Filter::Bilinear, (1, 2), &[70, 150]);
    // Centres of 8 pixels fall on -0.25, 0.25, 0.75 … of 4.
    resized(
        Fit::Stretch,
        Filter::Bilinear,
        (2, 8),
        &[0, 10, 30, 50, 70, 90, 110, 120, 100, 110, 130, 150, 170, 190, 210, 220],
    );
    // The weights of 4 pixels for the left of 2 are 3/8, 3/8, 1/8 and 0, of 7/8 in all.
    resized(Fit::Stretch, Filter::Antialias, (2, 2), &[29, 91, 129, 191]);
    resized(
        Fit::Stretch,
        Filter::Antialias,
        (2, 8),
        &[0, 10, 30, 50, 70, 90, 110, 120, 100, 110, 130, 150, 170, 190, 210, 220],
    );
}

#[test]
fn pictures_are_cropped() {
    resized(Fit::Crop, Filter::Bilinear, (2, 2), &[40, 80, 140, 180]);
    resized(Fit::Crop, Filter::Area, (1, 1), &[110]);
    resized(Fit::Crop, Filter::Nearest, (1, 4), &[0, 40, 80, 120]);
}

#[test]
fn pictures_are_padded() {
    resized(
        Fit::Pad,
        Filter::Bilinear,
        (4, 4),
        &[0, 0, 0, 0, 0, 40, 80, 120, 100, 140, 180, 220, 0, 0, 0, 0],
    );
    resized(Fit::Pad, Filter::Area, (2, 2), &[70, 150, 0, 0]);
    resized(Fit::Pad, Filter::Area, (1, 4), &[0, 70, 150, 0]);
}

#[test]
fn flat_pictures_stay_flat() {
    let mut random = Random::new(4);
    for round in 0..60 {
        let mut side = || random.range(1, 40) as usize;
        let (w, h, width, height) = (side(), side(), side(), side());
        for filter in [Filter::Bilinear, Filter::Nearest, Filter::Area, Filter::Antialias] {
            for fit in [Fit::Stretch, Fit::Crop] {
                let picture =
                    Picture { height: h, width: w, channels: 1, pixels: vec![round; w * h] };
                let out = resize::fit(picture, height, width, Some(fit), filter).unwrap();
                assert_eq!((out.height, out.width), (height, width));
                assert!(out.pixels.iter().all(|&p| p == round), "{w}×{h} to {width}×{height}");
            }
        }
    }
}

#[test]
fn enormous_pictures_are_refused_before_they_are_decoded() {
    let mut claim = gray(1, 1, &[0]);
    // Width of the header chunk, and its checksum by the encoder.
    let huge = gray(1 << 15, 1, &vec![0; 1 << 15]);
    claim[..33].copy_from_slice(&huge[..33]);
    is_refused(&claim, bytes(&[1, 1, 1]), as_is, &["32768 × 1 pixels", "at most 16384"]);
    let mut claim = jpeg(8, 8, ColorType::Luma, false, &[0; 64]);
    let frame = claim.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    claim[frame + 5..frame + 9].fill(0xff);
    is_refused(&claim, bytes(&[1, 1, 1]), as_is, &["65535 × 65535 pixels"]);
}

#[test]
fn what_is_no_picture_is_refused() {
    is_refused(b"", bytes(&[1, 1, 1]), as_is, &["neither PNG nor JPEG"]);
    is_refused(b"GIF89a", bytes(&[1, 1, 1]), as_is, &["neither PNG nor JPEG"]);
}

#[test]
fn truncated_pictures_are_refused() {
    let noise: Vec<u8> = (0..16 * 16 * 3).map(|i| (i * 89 % 251) as u8).collect();
    let files = [
        rgb(16, 16, &noise),
        jpeg(16, 16, ColorType::Rgb, false, &noise),
        jpeg(16, 16, ColorType::Rgb, true, &noise),
    ];
    for file in files {
        assert!(Picture::decode(&file).is_ok());
        // The last bytes are markers and checksums that decoders may not need.
        for length in 0..file.len() - 16 {
            assert!(Picture::decode(&file[..length]).is_err(), "{length} of {}", file.len());
        }
    }
}
