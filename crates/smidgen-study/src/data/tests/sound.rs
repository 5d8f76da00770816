//! WAV files.

use super::*;
use hound::{SampleFormat, WavSpec, WavWriter};

pub(super) fn wav(spec: WavSpec, samples: &[i32]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
    for &sample in samples {
        match spec.sample_format {
            SampleFormat::Int => writer.write_sample(sample).unwrap(),
            SampleFormat::Float => writer.write_sample(sample as f32 / 64.0).unwrap(),
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

pub(super) fn pcm(channels: u16, bits: u16) -> WavSpec {
    WavSpec {
        channels,
        sample_rate: 16_000,
        bits_per_sample: bits,
        sample_format: SampleFormat::Int,
    }
}

fn becomes(file: Vec<u8>, input: TensorType, change: impl Fn(&mut Spec), expected: &[f32]) {
    let files = Files::new();
    let mut spec = Spec::new(files.write("x.wav", file));
    change(&mut spec);
    check(&spec, input, &[Data::F32(expected.to_vec())]);
}

fn is_refused(file: Vec<u8>, input: TensorType, change: impl Fn(&mut Spec), parts: &[&str]) {
    let files = Files::new();
    let mut spec = Spec::new(files.write("x.wav", file));
    change(&mut spec);
    refused(&spec, input, &[parts, &["x.wav"]].concat());
}

fn as_is(_: &mut Spec) {}

fn clip(clip: Clip) -> impl Fn(&mut Spec) {
    move |spec| spec.sound.clip = Some(clip)
}

#[test]
fn samples_of_every_width_are_real_numbers() {
    for bits in [8, 16, 24, 32] {
        let full = 1i64 << (bits - 1);
        let samples = [-full, full / 2, 0].map(|x| x as i32);
        becomes(wav(pcm(1, bits), &samples), float(&[1, 3]), as_is, &[-1.0, 0.5, 0.0]);
    }
    let floats = WavSpec { sample_format: SampleFormat::Float, ..pcm(1, 32) };
    becomes(wav(floats, &[-64, 32, 80]), float(&[3]), as_is, &[-1.0, 0.5, 1.25]);
}

#[test]
fn channels_are_mixed_or_kept() {
    let stereo = || wav(pcm(2, 16), &[16384, 0, -16384, -16384]);
    becomes(stereo(), float(&[1, 2, 1]), as_is, &[0.25, -0.5]);
    becomes(stereo(), float(&[1, 1, 2]), as_is, &[0.25, -0.5]);
    let long = wav(pcm(2, 16), &[16384, 0].repeat(9));
    becomes(long, float(&[9, 2]), as_is, &[0.5, 0.0].repeat(9));
    let mono = wav(pcm(1, 16), &[0; 9]);
    is_refused(mono, float(&[9, 2]), as_is, &["has 1 channels, the model takes 2"]);
}

#[test]
fn clips_are_cut_and_lengthened_when_asked() {
    let ramp = || wav(pcm(1, 8), &[-128, -64, 0, 32, 64]);
    is_refused(ramp(), float(&[3]), as_is, &["5 samples, the model takes 3", "--clip"]);
    becomes(ramp(), float(&[3]), clip(Clip::Start), &[-1.0, -0.5, 0.0]);
    becomes(ramp(), float(&[3]), clip(Clip::Middle), &[-0.5, 0.0, 0.25]);
    becomes(ramp(), float(&[6]), clip(Clip::Middle), &[-1.0, -0.5, 0.0, 0.25, 0.5, 0.0]);
}

#[test]
fn all_files_need_the_same_rate() {
    let files = Files::new();
    files.write("d/a.wav", wav(pcm(1, 16), &[0; 3]));
    files.write("d/b.wav", wav(WavSpec { sample_rate: 8_000, ..pcm(1, 16) }, &[0; 3]));
    refused(&files.spec("d"), float(&[3]), &["b.wav", "8000 Hz, not at 16000 Hz", "resample"]);
    let mut spec = files.spec("d");
    spec.sound.rate = Some(8_000);
    refused(&spec, float(&[3]), &["a.wav", "16000 Hz, not at 8000 Hz"]);
}

#[test]
fn features_are_no_sound() {
    let file = wav(pcm(1, 16), &[0; 3]);
    is_refused(file, float(&[1, 49, 10]), as_is, &["`a` [1,49,10]", ".npz"]);
}

#[test]
fn numbers_are_scaled_and_quantised() {
    let files = Files::new();
    let mut spec = Spec::new(files.write("x.wav", wav(pcm(1, 16), &[-32768, 5, 32767])));
    spec.numbers.scale = 32768.0;
    check(&spec, float(&[3]), &[Data::F32(vec![-32768.0, 5.0, 32767.0])]);
    spec.numbers.scale = 1.0;
    let ty = quantised(DType::I16, &[3], 1.0 / 32768.0, 0);
    check(&spec, ty, &[Data::I16(vec![-32768, 5, 32767])]);
}

#[test]
fn bad_files_are_refused() {
    let file = wav(pcm(1, 16), &[1; 100]);
    for length in 0..file.len() {
        is_refused(file[..length].to_vec(), float(&[100]), as_is, &[]);
    }
    is_refused(file[..100].to_vec(), float(&[100]), as_is, &["ends early"]);
    is_refused(b"MP3".to_vec(), float(&[1]), as_is, &["x.wav"]);
    let nan = WavSpec { sample_format: SampleFormat::Float, ..pcm(1, 32) };
    let mut file = wav(nan, &[0; 4]);
    let end = file.len();
    file[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    is_refused(file, float(&[4]), as_is, &["element 3 is `NaN`"]);
}
