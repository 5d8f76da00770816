//! Samples from WAV files: one file each.

use super::source::{Port, Raw, Source};
use super::spec::{Clip, SoundSpec, Spec};
use crate::Error;
use crate::error::data_error;
use hound::{SampleFormat, WavReader};
use smidgen_compiler::tensor::Data;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// Most channels of an input.
const MAX_CHANNELS: usize = 8;

/// WAV files, decoded whenever they are asked for.
#[derive(Debug)]
pub(super) struct Clips {
    files: Vec<PathBuf>,
    /// Samples of each channel that the input takes.
    frames: usize,
    /// Channels of the input, beside each other.
    channels: usize,
    clip: Option<Clip>,
    /// Rate of all files, in hertz.
    rate: u32,
}

impl Clips {
    /// Clips for an input.
    pub(super) fn new(files: Vec<PathBuf>, spec: &Spec, port: &Port) -> Result<Self, Error> {
        let Some((frames, channels)) = extent(port.ty.shape.dims()) else {
            let text = format!(
                "sound does not suit input `{}` {}, which is no [samples] or [samples, channels]; \
                 compute the model's features and save them as an `.npz` file",
                port.name, port.ty.shape
            );
            return Err(data_error(&spec.path, text));
        };
        let SoundSpec { clip, rate } = spec.sound;
        let rate = match (rate, files.first()) {
            (Some(rate), _) => rate,
            (None, Some(first)) => {
                open(first).map_err(|text| data_error(first, text))?.spec().sample_rate
            }
            (None, None) => 0,
        };
        Ok(Self { files, frames, channels, clip, rate })
    }

    fn elements(&self, index: usize) -> Result<Vec<f32>, String> {
        let mut reader = open(&self.files[index])?;
        let spec = reader.spec();
        if spec.sample_rate != self.rate {
            return Err(format!(
                "is sampled at {} Hz, not at {} Hz; resample it, for example with `sox IN.wav -r \
                 {} OUT.wav`",
                spec.sample_rate, self.rate, self.rate
            ));
        }
        let given = usize::from(spec.channels);
        if self.channels > 1 && given != self.channels {
            return Err(format!("has {given} channels, the model takes {}", self.channels));
        }
        let length = reader.duration() as usize;
        let start = match self.clip {
            None if length != self.frames => {
                return Err(format!(
                    "has {length} samples, the model takes {}; give `--clip start` or `middle` to \
                     cut longer clips and lengthen shorter ones with silence",
                    self.frames
                ));
            }
            Some(Clip::Middle) => length.saturating_sub(self.frames) / 2,
            None | Some(Clip::Start) => 0,
        };
        let numbers = decode(&mut reader, start * given, length.min(self.frames) * given)?;
        let mut elements = if self.channels == 1 { mixed(&numbers, given) } else { numbers };
        elements.resize(self.frames * self.channels, 0.0);
        Ok(elements)
    }
}

/// Samples and channels of an input that takes sound.
fn extent(dims: &[usize]) -> Option<(usize, usize)> {
    let inner = dims.strip_prefix(&[1]).unwrap_or(dims);
    match *inner {
        [frames] | [frames, 1] | [1, frames] => Some((frames, 1)),
        [frames, channels] if channels <= MAX_CHANNELS && frames > MAX_CHANNELS => {
            Some((frames, channels))
        }
        _ => None,
    }
}

type Reader = WavReader<BufReader<File>>;

/// Opens a file that is long enough for what its header claims.
fn open(path: &Path) -> Result<Reader, String> {
    let unreadable = |e: std::io::Error| format!("cannot be read: {e}");
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let reader = WavReader::new(BufReader::new(file)).map_err(words)?;
    if u64::from(reader.len()) * u64::from(reader.spec().bits_per_sample / 8) > length {
        return Err("ends early".into());
    }
    Ok(reader)
}

/// What the reader of WAV files complains about.
fn words(error: hound::Error) -> String {
    match error {
        hound::Error::IoError(error) => format!("ends early or cannot be read: {error}"),
        hound::Error::Unsupported | hound::Error::TooWide | hound::Error::InvalidSampleFormat => {
            "has no PCM samples of 8, 16, 24 or 32 bits nor floats of 32".into()
        }
        error => format!("is no WAV file: {error}"),
    }
}

/// `count` numbers from number `start` on, in [-1, 1) where they are integers.
fn decode(
    reader: &mut WavReader<impl Read>,
    start: usize,
    count: usize,
) -> Result<Vec<f32>, String> {
    let spec = reader.spec();
    let numbers: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().skip(start).take(count).collect(),
        SampleFormat::Int => {
            let full = (1u64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f64;
            let real = |sample: i32| (f64::from(sample) / full) as f32;
            reader.samples::<i32>().skip(start).take(count).map(|s| s.map(real)).collect()
        }
    };
    numbers.map_err(words)
}

/// The mean of all channels.
fn mixed(numbers: &[f32], channels: usize) -> Vec<f32> {
    let mean =
        |frame: &[f32]| (frame.iter().map(|&x| f64::from(x)).sum::<f64>() / channels as f64) as f32;
    numbers.chunks_exact(channels).map(mean).collect()
}

impl Source for Clips {
    fn len(&self) -> usize {
        self.files.len()
    }

    fn is_real(&self) -> bool {
        true
    }

    fn read(&self, index: usize, _port: usize) -> Result<Raw, Error> {
        let elements = self.elements(index).map_err(|text| data_error(&self.files[index], text))?;
        Ok(Raw::Typed(Data::F32(elements)))
    }

    fn place(&self, index: usize) -> String {
        format!("`{}`", self.files[index].display())
    }
}
