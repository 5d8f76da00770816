//! What to load, and how: everything that a user may say about data.

use super::labels;
use super::source::ending;
use crate::{Error, arrays};
use std::path::PathBuf;

/// A file or folder of samples, and how to read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// An `.npz`, `.npy`, CSV, PNG, JPEG or WAV file, or a folder of pictures or of WAV files.
    pub path: PathBuf,
    /// A file of labels, where the samples' own file has none.
    pub labels: Option<PathBuf>,
    /// Column of a CSV file or array of an `.npz` file that holds the labels: a name, or the index
    /// of a column from 0, or from -1 backwards.
    pub label_column: Option<String>,
    /// Whether CSV files begin with names of columns; found out by default.
    pub header: Option<bool>,
    /// Names of the classes in the order of the model's outputs; in alphabetical order by default.
    pub classes: Vec<String>,
    /// Use so many samples at most; all by default.
    pub limit: Option<usize>,
    /// Take the samples in the random order that this seed gives.
    pub shuffle: Option<u64>,
    /// What the numbers mean.
    pub numbers: Numbers,
    /// How pictures become inputs.
    pub image: ImageSpec,
    /// How sound becomes inputs.
    pub sound: SoundSpec,
}

impl Spec {
    /// The same, with the array `out0` of an `.npz` file as labels where there are no others.
    pub fn with_outputs(mut self) -> Result<Self, Error> {
        let own = self.labels.is_none() && self.label_column.is_none();
        if own && ending(&self.path) == "npz" {
            self.label_column = labels::output_array(&arrays::names(&self.path)?);
        }
        Ok(self)
    }

    /// All samples of a file or folder, in order, taken as they are.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            labels: None,
            label_column: None,
            header: None,
            classes: Vec::new(),
            limit: None,
            shuffle: None,
            numbers: Numbers::default(),
            image: ImageSpec::default(),
            sound: SoundSpec::default(),
        }
    }
}

/// What the numbers of data mean: `real = (number * scale - mean) / deviation`.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    /// Real numbers or the input's own integers.
    pub meaning: Meaning,
    /// A factor for every number.
    pub scale: f64,
    /// Subtracted after that: none, one number, or one per channel.
    pub mean: Vec<f64>,
    /// Divided by after that: none, one number, or one per channel.
    pub deviation: Vec<f64>,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { meaning: Meaning::Auto, scale: 1.0, mean: Vec::new(), deviation: Vec::new() }
    }
}

impl Numbers {
    /// Whether numbers are changed on the way.
    pub fn normalises(&self) -> bool {
        self.scale.to_bits() != 1f64.to_bits()
            || !self.mean.is_empty()
            || !self.deviation.is_empty()
    }
}

/// Whether numbers are real numbers or a quantised input's own integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Meaning {
    /// Integers of NumPy files are codes, all other numbers are real.
    #[default]
    Auto,
    /// Real numbers, which are quantised for a quantised input.
    Real,
    /// The input's own integers; floats are refused for a quantised input.
    Codes,
}

/// How pictures become inputs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageSpec {
    /// How pictures of another size are brought to the input's; they are refused by default.
    pub fit: Option<Fit>,
    /// How pixels are resampled.
    pub filter: Filter,
    /// What pictures are converted to; grey or red, green, blue by the input's channels by default.
    pub colour: Option<Colour>,
    /// Order of the input's axes; by the size of its axes by default.
    pub layout: Option<Layout>,
    /// Height and width, for inputs whose shape does not say them.
    pub size: Option<(usize, usize)>,
}

/// How a picture of another size is brought to the input's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Height and width are scaled on their own.
    Stretch,
    /// The largest central part of the input's proportions is scaled.
    Crop,
    /// The picture is scaled as a whole and put in the middle of black.
    Pad,
}

/// How pixels are resampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// Linear between the four nearest pixels, at pixel centres; what shrinks is not smoothed.
    #[default]
    Bilinear,
    /// The nearest pixel.
    Nearest,
    /// The mean of the area that a pixel covers.
    Area,
    /// Linear, and smoothed over the area that a pixel covers where the picture shrinks.
    Antialias,
}

/// Colours of pictures and the order of their channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Luma of ITU-R BT.601; repeated for an input of three channels.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
}

/// Order of an input's axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Height, width, channels.
    Nhwc,
    /// Channels, height, width.
    Nchw,
}

/// How sound becomes inputs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoundSpec {
    /// How clips of another length are brought to the input's; they are refused by default.
    pub clip: Option<Clip>,
    /// The rate that all files must have, in hertz; that of the first file by default.
    pub rate: Option<u32>,
}

/// Which part of a longer clip is kept. Shorter clips get silence at their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clip {
    /// The beginning.
    Start,
    /// The middle.
    Middle,
}
