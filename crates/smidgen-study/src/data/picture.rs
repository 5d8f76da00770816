//! Decoding of PNG and JPEG.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Largest file of a picture in bytes.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// Most pixels along one side.
const MAX_SIDE: usize = 1 << 14;
/// Most pixels altogether.
const MAX_PIXELS: usize = 1 << 26;
/// Most pixels in a byte of PNG: 8 pixels of one bit in a byte, of which deflate makes 1032 of one.
const PNG_DENSITY: usize = 8 * 1032;
/// Most pixels in a byte of JPEG: each block of 64 has a code of at least one bit.
const JPEG_DENSITY: usize = 64 * 8;
/// Markers of JPEG, which compressed data cannot contain.
const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// A picture of 8-bit channels, row by row, channels of a pixel beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) height: usize,
    pub(super) width: usize,
    /// 1 for grey, 3 for red, green and blue.
    pub(super) channels: usize,
    pub(super) pixels: Vec<u8>,
}

impl Picture {
    /// Reads the picture in a file.
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|e| format!("cannot be read: {e}"))?;
        let read = file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|e| format!("cannot be read: {e}"))?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(format!("is larger than {} MiB", MAX_FILE_BYTES >> 20));
        }
        Self::decode(&bytes)
    }

    /// Decodes a file's content, whatever its name says.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, String> {
        if bytes.starts_with(b"\x89PNG") {
            png(bytes)
        } else if bytes.starts_with(&[0xff, 0xd8]) {
            jpeg(bytes)
        } else {
            Err("is neither PNG nor JPEG".into())
        }
    }

    /// Grey, by the weights of ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue.
    pub(super) fn gray(self) -> Self {
        if self.channels == 1 {
            return self;
        }
        let luma = |p: &[u8]| {
            let [r, g, b] = [p[0], p[1], p[2]].map(u32::from);
            // Weights in units of 2^-16, rounded to nearest.
            ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16) as u8
        };
        Self { channels: 1, pixels: self.pixels.chunks_exact(3).map(luma).collect(), ..self }
    }

    /// Three equal channels if there is but one.
    pub(super) fn colour(self) -> Self {
        if self.channels == 3 {
            return self;
        }
        Self { channels: 3, pixels: self.pixels.iter().flat_map(|&p| [p; 3]).collect(), ..self }
    }
}

/// Refuses sizes that are not read, and those that `bytes` of a file cannot hold where one byte
/// holds `density` pixels at most: what is allocated must not depend on a mere claim.
fn check_size(width: usize, height: usize, bytes: usize, density: usize) -> Result<(), String> {
    if width == 0 || height == 0 {
        return Err("has no pixels".into());
    }
    if width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS {
        return Err(format!(
            "has {width} × {height} pixels; at most {MAX_SIDE} along a side and {MAX_PIXELS} \
             altogether are read"
        ));
    }
    if width * height > bytes.saturating_mul(density) {
        return Err(format!("ends early: it is too short for {width} × {height} pixels"));
    }
    Ok(())
}

fn png(bytes: &[u8]) -> Result<Picture, String> {
    let fail = |e: png::DecodingError| format!("is a damaged PNG: {e}");
    let limits = png::Limits { bytes: 4 * MAX_PIXELS };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(fail)?;
    let (width, height) = (header.width as usize, header.height as usize);
    check_size(width, height, bytes.len(), PNG_DENSITY)?;
    let mut reader = decoder.read_info().map_err(fail)?;
    let size = reader.output_buffer_size().ok_or("is a damaged PNG")?;
    let mut buffer = vec![0; size];
    reader.next_frame(&mut buffer).map_err(fail)?;
    // Transparency is dropped, as TensorFlow and Pillow do.
    let (samples, channels) = match reader.output_color_type().0 {
        png::ColorType::Grayscale => (1, 1),
        png::ColorType::GrayscaleAlpha => (2, 1),
        png::ColorType::Rgb => (3, 3),
        png::ColorType::Rgba => (4, 3),
        png::ColorType::Indexed => return Err("is a PNG of an unknown kind".into()),
    };
    let opaque = |pixel: &[u8]| pixel[..channels].to_vec();
    let pixels = if samples == channels {
        buffer
    } else {
        buffer.chunks_exact(samples).flat_map(opaque).collect()
    };
    Ok(Picture { height, width, channels, pixels })
}

fn jpeg(bytes: &[u8]) -> Result<Picture, String> {
    let fail = |e: zune_jpeg::errors::DecodeErrors| format!("is a damaged JPEG: {e}");
    // Without these checks, what is missing of a truncated file would be grey.
    let last = |marker: u8| bytes.windows(2).rposition(|two| two == [0xff, marker]);
    if last(END_OF_IMAGE) < last(START_OF_SCAN) {
        return Err("is a damaged JPEG: it ends early".into());
    }
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().map_err(fail)?;
    let (width, height) = decoder.dimensions().ok_or("is a damaged JPEG")?;
    check_size(width, height, bytes.len(), JPEG_DENSITY)?;
    let gray = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let (space, channels) = if gray { (ColorSpace::Luma, 1) } else { (ColorSpace::RGB, 3) };
    decoder.set_options(decoder.options().jpeg_set_out_colorspace(space));
    let pixels = decoder.decode().map_err(fail)?;
    if pixels.len() != width * height * channels {
        return Err("is a damaged JPEG".into());
    }
    Ok(Picture { height, width, channels, pixels })
}
