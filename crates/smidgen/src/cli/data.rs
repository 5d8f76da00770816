//! Options that say how samples are read.

use clap::{Args, ValueEnum};
use smidgen_study::data::{Clip, Colour, Filter, Fit, Layout, Meaning, Spec};
use std::path::{Path, PathBuf};

/// How samples and their labels are read.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[group(id = "data_options", multiple = true)]
#[command(next_help_heading = "Data")]
pub(crate) struct DataArgs {
    /// Take the samples in a random order, given by `--seed`.
    #[arg(long)]
    pub(crate) shuffle: bool,
    /// What numbers mean: real numbers, which are quantised for a quantised input, or the input's
    /// own integers. Integers of NumPy files are codes otherwise, all else is real.
    #[arg(long, value_enum, value_name = "MEANING")]
    pub(crate) values: Option<ValuesArg>,
    /// A factor for every number, such as `1/255`; then mean and deviation follow.
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    pub(crate) scale: Option<f64>,
    /// Subtract this from every number: one value, or one per channel.
    #[arg(long, value_name = "X,…", value_delimiter = ',', allow_negative_numbers = true)]
    pub(crate) mean: Vec<f64>,
    /// Divide every number by this: one value, or one per channel.
    #[arg(long, value_name = "X,…", value_delimiter = ',')]
    pub(crate) std: Vec<f64>,
    /// Read labels from a CSV, `.npy` or `.npz` file.
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,
    /// The column or array of labels: a name, or an index from 0, or from -1 backwards.
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub(crate) label_column: Option<String>,
    /// Names of the classes in the order of the model's outputs.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(crate) classes: Vec<String>,
    /// Whether CSV files begin with names of columns; found out by default.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) header: Option<bool>,
    /// How pictures of another size are brought to the input's.
    #[arg(long, value_enum, value_name = "FIT")]
    pub(crate) fit: Option<FitArg>,
    /// How pixels are resampled; bilinear by default.
    #[arg(long, value_enum)]
    pub(crate) filter: Option<FilterArg>,
    /// Colours of the input; grey or red, green, blue by its channels by default.
    #[arg(long, value_enum, value_name = "COLOURS")]
    pub(crate) color: Option<ColourArg>,
    /// Order of the input's axes; by their sizes by default.
    #[arg(long, value_enum)]
    pub(crate) layout: Option<LayoutArg>,
    /// Height and width of pictures, for inputs whose shape does not say them.
    #[arg(long, value_name = "HxW", value_parser = size)]
    pub(crate) size: Option<(usize, usize)>,
    /// Cut longer clips of sound to their beginning or middle, and lengthen shorter ones.
    #[arg(long, value_enum, value_name = "PART")]
    pub(crate) clip: Option<ClipArg>,
    /// Rate of all clips of sound in hertz; that of the first by default.
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,
}

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident as $target:ident { $($(#[$text:meta])* $choice:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        pub(crate) enum $name {
            $($(#[$text])* $choice,)+
        }

        impl From<$name> for $target {
            fn from(choice: $name) -> Self {
                match choice {
                    $($name::$choice => Self::$choice,)+
                }
            }
        }
    };
}

choices! {
    /// Meanings of numbers.
    ValuesArg as Meaning {
        /// Real numbers.
        Real,
        /// The input's own integers; floats are refused for a quantised input.
        Codes,
    }
}
choices! {
    /// Fits of pictures.
    FitArg as Fit {
        /// Scale height and width on their own.
        Stretch,
        /// Scale the largest central part of the input's proportions.
        Crop,
        /// Scale the whole picture and put it in the middle of black.
        Pad,
    }
}
choices! {
    /// Filters of pictures.
    FilterArg as Filter {
        /// Linear between the nearest pixels, without smoothing.
        Bilinear,
        /// The nearest pixel.
        Nearest,
        /// The mean of the area that a pixel covers.
        Area,
        /// Linear, smoothed where pictures shrink.
        Antialias,
    }
}
choices! {
    /// Colours of pictures.
    ColourArg as Colour {
        /// Grey.
        Gray,
        /// Red, green, blue.
        Rgb,
        /// Blue, green, red.
        Bgr,
    }
}
choices! {
    /// Orders of axes.
    LayoutArg as Layout {
        /// Height, width, channels.
        Nhwc,
        /// Channels, height, width.
        Nchw,
    }
}
choices! {
    /// Parts of clips.
    ClipArg as Clip {
        /// The beginning.
        Start,
        /// The middle.
        Middle,
    }
}

impl DataArgs {
    /// What the options say of the samples in `path`, `limit` of them; `seed` is for the order.
    pub(crate) fn spec(&self, path: &Path, limit: Option<usize>, seed: u64) -> Spec {
        let mut spec = Spec::new(path);
        spec.labels.clone_from(&self.labels);
        spec.label_column.clone_from(&self.label_column);
        spec.header = self.header;
        spec.classes.clone_from(&self.classes);
        spec.limit = limit;
        spec.shuffle = self.shuffle.then_some(seed);
        spec.numbers.meaning = self.values.map_or(Meaning::Auto, Into::into);
        spec.numbers.scale = self.scale.unwrap_or(1.0);
        spec.numbers.mean.clone_from(&self.mean);
        spec.numbers.deviation.clone_from(&self.std);
        spec.image.fit = self.fit.map(Into::into);
        spec.image.filter = self.filter.map_or(Filter::default(), Into::into);
        spec.image.colour = self.color.map(Into::into);
        spec.image.layout = self.layout.map(Into::into);
        spec.image.size = self.size;
        spec.sound.clip = self.clip.map(Into::into);
        spec.sound.rate = self.rate;
        spec
    }
}

/// A number or a fraction, such as `1/255`.
fn factor(text: &str) -> Result<f64, String> {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let quotient = number(numerator).zip(number(denominator)).map(|(n, d)| n / d);
    quotient
        .filter(|x| x.is_finite() && *x != 0.0)
        .ok_or_else(|| "expected a number or a fraction, such as `0.5` or `1/255`".into())
}

/// A height and a width, such as `28x28`.
fn size(text: &str) -> Result<(usize, usize), String> {
    let side = |text: &str| text.parse().ok().filter(|&side| side > 0);
    let sides = text.split_once('x').and_then(|(h, w)| side(h).zip(side(w)));
    sides.ok_or_else(|| "expected a height and a width, such as `28x28`".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_may_be_fractions() {
        assert_eq!((factor("0.5"), factor("1/4"), factor("-2")), (Ok(0.5), Ok(0.25), Ok(-2.0)));
        for text in ["", "0", "1/0", "a", "1/2/3", "nan"] {
            assert!(factor(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_have_two_sides() {
        assert_eq!(size("28x96"), Ok((28, 96)));
        for text in ["", "28", "0x1", "1x", "ax2", "-1x2"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
