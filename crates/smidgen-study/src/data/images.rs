//! Samples from pictures: one file each.

use super::picture::Picture;
use super::resize;
use super::source::{Port, Raw, Source};
use super::spec::{Colour, ImageSpec, Layout, Spec};
use crate::Error;
use crate::error::data_error;
use smidgen_compiler::tensor::Data;
use std::path::PathBuf;

/// Most pixels along one side of an input that pictures are resized to.
const MAX_SIDE: usize = 1 << 12;

/// Files of pictures, decoded whenever they are asked for.
#[derive(Debug)]
pub(super) struct Images {
    files: Vec<PathBuf>,
    frame: Frame,
    spec: ImageSpec,
}

/// What an input takes as a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frame {
    height: usize,
    width: usize,
    channels: usize,
    layout: Layout,
}

impl Images {
    /// Pictures for an input.
    pub(super) fn new(files: Vec<PathBuf>, spec: &Spec, port: &Port) -> Result<Self, Error> {
        let dims = port.ty.shape.dims();
        let frame = frame(dims, &spec.image).map_err(|text| {
            let input = format!("input `{}` {}", port.name, port.ty.shape);
            data_error(&spec.path, format!("pictures do not suit {input}: {text}"))
        })?;
        Ok(Self { files, frame, spec: spec.image.clone() })
    }

    fn elements(&self, index: usize) -> Result<Vec<u8>, String> {
        let Frame { height, width, channels, layout } = self.frame;
        let colour =
            self.spec.colour.unwrap_or(if channels == 1 { Colour::Gray } else { Colour::Rgb });
        let picture = Picture::load(&self.files[index])?;
        let picture = if colour == Colour::Gray { picture.gray() } else { picture.colour() };
        let picture = resize::fit(picture, height, width, self.spec.fit, self.spec.filter)?;
        let picture = if channels == 3 { picture.colour() } else { picture };
        let mut pixels = picture.pixels;
        if colour == Colour::Bgr {
            pixels.chunks_exact_mut(3).for_each(<[u8]>::reverse);
        }
        Ok(match layout {
            Layout::Nhwc => pixels,
            Layout::Nchw => (0..channels)
                .flat_map(|channel| pixels.iter().skip(channel).step_by(channels).copied())
                .collect(),
        })
    }
}

/// Reads height, width and channels from the shape of an input.
fn frame(dims: &[usize], spec: &ImageSpec) -> Result<Frame, String> {
    let is_colours = |channels: usize| channels == 1 || channels == 3;
    let inner = dims.strip_prefix(&[1]).unwrap_or(dims);
    let layout = spec.layout;
    let (height, width, channels, layout) = match *inner {
        [h, w, c] if layout != Some(Layout::Nchw) && is_colours(c) => (h, w, c, Layout::Nhwc),
        [c, h, w] if layout != Some(Layout::Nhwc) && is_colours(c) => (h, w, c, Layout::Nchw),
        [h, w] if spec.size.is_none() || spec.size == Some((h, w)) => (h, w, 1, Layout::Nhwc),
        _ => {
            let (h, w) = spec.size.ok_or(
                "no axes of height, width and 1 or 3 channels; if it is a picture all the same, \
                 say its size, such as `--size 28x28`",
            )?;
            let elements = dims.iter().product::<usize>();
            let channels = h.checked_mul(w).filter(|&n| n > 0).map_or(0, |n| elements / n);
            if !is_colours(channels) || h.saturating_mul(w).saturating_mul(channels) != elements {
                return Err(format!("{h} × {w} pixels of 1 or 3 channels do not fill it"));
            }
            (h, w, channels, layout.unwrap_or(Layout::Nhwc))
        }
    };
    if height > MAX_SIDE || width > MAX_SIDE {
        return Err(format!("sides of more than {MAX_SIDE} pixels are too large"));
    }
    if spec.size.is_some_and(|size| size != (height, width)) {
        return Err(format!("it takes {height} × {width} pixels, another size was asked for"));
    }
    if channels == 1 && matches!(spec.colour, Some(Colour::Rgb | Colour::Bgr)) {
        return Err("it has one channel, but colours were asked for".into());
    }
    Ok(Frame { height, width, channels, layout })
}

impl Source for Images {
    fn len(&self) -> usize {
        self.files.len()
    }

    fn is_real(&self) -> bool {
        true
    }

    fn channels(&self, _port: &Port) -> (usize, usize) {
        let Frame { height, width, channels, layout } = self.frame;
        match layout {
            Layout::Nhwc => (1, channels),
            Layout::Nchw => (height * width, channels),
        }
    }

    fn read(&self, index: usize, _port: usize) -> Result<Raw, Error> {
        let elements = self.elements(index).map_err(|text| data_error(&self.files[index], text))?;
        Ok(Raw::Typed(Data::U8(elements)))
    }

    fn place(&self, index: usize) -> String {
        format!("`{}`", self.files[index].display())
    }
}
