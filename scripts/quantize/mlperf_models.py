"""Makes samples for the float models of MLPerf Tiny, for comparisons.

python mlperf_models.py MODELS FOLDER

MODELS has the files of github.com/mlcommons/tiny, benchmark/training/*/trained_models. Needs PyPI's
`tensorflow`, `scikit-learn` and `pillow`, and Debian's `espeak-ng`. Their own data sets are large; these
stand in for them: words that a synthesiser speaks in 48 voices (labelled), parts of scikit-learn's two
photographs, and the hum of a machine. FOLDER gets what `keras_models.py` describes.
"""

import io
import os
import subprocess
import sys
import wave
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from PIL import Image
from sklearn.datasets import load_sample_images

RATE = 16000
WORDS = "down go left no off on right stop up yes".split()
SILENCE, UNKNOWN = 10, 11
OTHER_WORDS = "bed bird cat dog eight five four happy house marvin nine one seven sheila".split()
VOICES = [
    f"{accent}+{voice}"
    for accent in ("en-us", "en-gb", "en-gb-scotland", "en-029")
    for voice in "m1 m2 m3 m4 m5 m6 m7 f1 f2 f3 f4 f5".split()
]
CALIBRATION = 256


def speak(word, voice, speed, pitch, rng):
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", word]
    sound = wave.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))
    clip = np.frombuffer(sound.readframes(10**7), "<i2").astype(np.float32) / 32768
    places = np.arange(int(len(clip) * RATE / sound.getframerate())) * sound.getframerate() / RATE
    clip = np.interp(places, np.arange(len(clip)), clip)
    loud = np.flatnonzero(np.abs(clip) > 0.01)
    clip = clip[loud[0]:loud[-1]][:RATE]
    start = (RATE - len(clip)) // 2
    second = rng.normal(0, 0.002, RATE)
    second[start:start + len(clip)] += clip * rng.uniform(0.5, 1)
    return second


def features(second):
    """Ten mel-frequency cepstral coefficients of 49 windows, as the model was trained with."""
    second = tf.constant(second / np.abs(second).max(), tf.float32)
    spectrum = tf.abs(tf.signal.stft(second, 480, 320, None, tf.signal.hann_window))
    mel = tf.signal.linear_to_mel_weight_matrix(40, spectrum.shape[-1], RATE, 20.0, 4000.0)
    logs = tf.math.log(tf.tensordot(spectrum, mel, 1) + 1e-6)
    return tf.signal.mfccs_from_log_mel_spectrograms(logs)[:, :10].numpy()[..., None]


def words(rng):
    clips, labels = [], []
    for voice in VOICES:
        for speed in (140, 190):
            for label, word in enumerate(WORDS):
                clips.append(speak(word, voice, speed, rng.integers(30, 70), rng))
                labels.append(label)
            clips.append(speak(str(rng.choice(OTHER_WORDS)), voice, speed, 50, rng))
            labels.append(UNKNOWN)
    for _ in range(80):
        clips.append(rng.normal(0, 10 ** rng.uniform(-4, -1.5), RATE))
        labels.append(SILENCE)
    order = rng.permutation(len(clips))
    samples = np.stack([features(clips[i]) for i in order]).astype(np.float32)
    return samples, np.array(labels, np.int32)[order]


def patches(count, size, rng):
    pictures, out = load_sample_images().images, []
    for number in range(count):
        picture = pictures[number % len(pictures)]
        side = rng.integers(size, 400)
        top, left = (rng.integers(0, length - side + 1) for length in picture.shape[:2])
        part = Image.fromarray(picture[top:top + side, left:left + side])
        part = np.asarray(part.resize((size, size), Image.BILINEAR), np.float32)
        part = part[:, ::-1] if rng.random() < 0.5 else part
        out.append(np.clip(part * rng.uniform(0.6, 1.3), 0, 255))
    return np.stack(out)


def mel_bands(bands, length):
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 1400), bands + 2) / 2595) - 1)
    bins = np.arange(length // 2 + 1) * RATE / length
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rise, fall = (bins - low) / (middle - low), (high - bins) / (high - middle)
    return np.clip(np.minimum(rise, fall), 0, None) * 2 / (high - low)


def hum(broken, rng):
    """Two seconds of a machine as log-mel windows, five of which are a sample."""
    time = np.arange(2 * RATE) / RATE
    pitch = rng.uniform(60, 90)
    sound = rng.normal(0, 0.02, len(time))
    for order in range(1, 30):
        phase = rng.uniform(0, 2 * np.pi)
        sound += 0.05 * rng.uniform(0.2, 1) / order * np.sin(2 * np.pi * pitch * order * time + phase)
    if broken:
        beats = np.sin(2 * np.pi * rng.uniform(3, 8) * time) > 0.6
        sound += 0.1 * np.sin(2 * np.pi * rng.uniform(2000, 5000) * time) * beats
    windows = [sound[i:i + 1024] * np.hanning(1025)[:-1] for i in range(0, len(sound) - 1024, 512)]
    power = np.abs(np.fft.rfft(np.stack(windows))) ** 2
    logs = 10 * np.log10(power @ mel_bands(128, 1024).T + 1e-12)
    return np.stack([logs[i:i + 5].ravel() for i in range(0, len(logs) - 4, 6)])


def hums(rng):
    quiet = np.concatenate([hum(False, rng) for _ in range(30)])[:CALIBRATION]
    broken = [number % 2 for number in range(200)]
    clips = [hum(state, rng) for state in broken]
    labels = np.repeat(broken, [len(clip) for clip in clips])
    return np.concatenate([quiet, *clips]).astype(np.float32), labels.astype(np.int32)


def main():
    models, folder = Path(sys.argv[1]), Path(sys.argv[2])
    rng = np.random.default_rng(1)
    speech, spoken = words(rng)
    machine, states = hums(rng)
    jobs = {
        "kws": ("kws_ref_model_float32", speech, spoken[CALIBRATION:]),
        "ic": ("pretrainedResnet", np.round(patches(1256, 32, rng)), None),
        "vww": ("vww_96_float", patches(656, 96, rng) / 255, None),
        "ad": ("ad01_fp32", machine, states),
    }
    for name, (file, samples, labels) in jobs.items():
        source = next(models.rglob(f"{file}.tflite"))
        (folder / f"mlperf_{name}.tflite").write_bytes(source.read_bytes())
        calibration, test = samples[:CALIBRATION], samples[CALIBRATION:]
        np.savez(folder / f"mlperf_{name}.calibration.npz", input0=calibration)
        known = {} if labels is None else {"labels": labels}
        np.savez(folder / f"mlperf_{name}.test.npz", input0=test, **known)
        print(name, flush=True)


if __name__ == "__main__":
    main()
