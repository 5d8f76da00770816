"""Compares models that smidgen quantised with those that TensorFlow's converter quantised.

python compare.py SMIDGEN FOLDER

FOLDER is what keras_models.py, torch_models.py and mlperf_models.py made. Both get the same calibration
samples; both results run on LiteRT's reference kernels on the same test samples. Where the converter
cannot take the model itself, an ONNX file or one with integer weights, it gets what `smidgen convert`
writes. Prints a table in Markdown; ends with 1 if smidgen is worse anywhere.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from calibrate import calibrate

Kernels = tf.lite.experimental.OpResolverType


def load(content):
    """On reference kernels; the reference has no exponential units, so some run on others."""
    for kernels in (Kernels.BUILTIN_REF, Kernels.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            interpreter = tf.lite.Interpreter(
                model_content=content, experimental_op_resolver_type=kernels)
            interpreter.allocate_tensors()
            return interpreter
        except ValueError as error:
            refused = error
    raise refused


def run(content, samples):
    interpreter = load(content)
    [given], [got] = interpreter.get_input_details(), interpreter.get_output_details()
    scale, zero = given["quantization"]
    if scale:
        limits = np.iinfo(given["dtype"])
        samples = np.clip(np.round(samples / scale) + zero, limits.min, limits.max)
    outputs = []
    for sample in samples.astype(given["dtype"]):
        interpreter.set_tensor(given["index"], sample.reshape(given["shape"]))
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(got["index"]).astype(np.float64).ravel())
    scale, zero = got["quantization"]
    return (np.array(outputs) - zero) * scale if scale else np.array(outputs)


def decibels(exact, found):
    return 10 * np.log10((exact**2).sum() / max(((exact - found) ** 2).sum(), 1e-30))


def score(name, data, outputs):
    """What counts for the task, and whether more is better."""
    labels = data.get("labels")
    if labels is None:
        return None, True
    if name == "mlperf_ad":
        # How far the reconstruction is from the sample tells broken machines from others.
        errors = ((data["input0"] - outputs) ** 2).mean(1)
        clips = np.flatnonzero(np.diff(labels)) + 1
        errors = np.array([clip.mean() for clip in np.split(errors, clips)])
        labels = np.array([clip[0] for clip in np.split(labels, clips)])
        bad, good = errors[labels == 1], errors[labels == 0]
        return (bad[:, None] > good).mean() + (bad[:, None] == good).mean() / 2, True
    if labels.dtype.kind == "i":
        return (outputs.argmax(1) == labels).mean(), True
    return ((outputs - labels.reshape(outputs.shape)) ** 2).mean(), False


def smidgen(program, *arguments):
    subprocess.run([program, "--quiet", *arguments], check=True, capture_output=True)


def converted(name, folder, floats, calibration):
    """What TensorFlow makes of the model, if it takes it."""
    path = folder / f"{name}.tf_int8.tflite"
    if not path.exists():
        try:
            path.write_bytes(calibrate(floats.read_bytes(), np.load(calibration)["input0"]))
        except RuntimeError:
            return None
    return path


def compare(program, model):
    """Cells of a row, and whether smidgen is worse."""
    name, folder = model.stem, model.parent
    data = dict(np.load(folder / f"{name}.test.npz"))
    calibration = folder / f"{name}.calibration.npz"
    floats, ours = folder / f"{name}.float.tflite", folder / f"{name}.int8.tflite"
    smidgen(program, "convert", model, "-o", floats)
    smidgen(program, "quantize", model, "--data", calibration, "-o", ours)
    theirs = converted(name, folder, floats, calibration)
    exact = run(floats.read_bytes(), data["input0"])
    found = [path and run(path.read_bytes(), data["input0"]) for path in (theirs, ours)]
    value, more_is_better = score(name, data, exact)
    if value is None:
        measure, text = "same class as float", "{:.2%}"
        figures = [o is not None and (o.argmax(1) == exact.argmax(1)).mean() for o in found]
    else:
        figures = [o is not None and score(name, data, o)[0] for o in found]
        measure = "accuracy" if more_is_better else "squared error"
        measure = "area under curve" if name == "mlperf_ad" else measure
        text = "{:.2%}" if measure == "accuracy" else "{:.4f}"
    shown = ["refused" if figure is False else text.format(figure) for figure in figures]
    noise = ["" if o is None else f"{decibels(exact, o):.1f} dB" for o in found]
    first = "" if value is None else text.format(value)
    tf, own = figures
    worse = tf is not False and (own < tf if more_is_better else own > tf)
    return [name, measure, first, *shown, *noise], worse


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    models = [path for path in sorted(folder.iterdir())
              if path.suffix in (".onnx", ".tflite") and path.name.count(".") == 1]
    print("| model | measure | float | TensorFlow | smidgen | SQNR, TensorFlow | smidgen |")
    print("|---|---|---|---|---|---|---|")
    any_worse = False
    for model in models:
        cells, worse = compare(program, model)
        any_worse |= worse
        print(f"| {' | '.join(cells)} |", flush=True)
    return any_worse


if __name__ == "__main__":
    sys.exit(main())
