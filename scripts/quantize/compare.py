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

REFERENCE = tf.lite.experimental.OpResolverType.BUILTIN_REF


def run(content, samples):
    interpreter = tf.lite.Interpreter(
        model_content=content, experimental_op_resolver_type=REFERENCE)
    interpreter.allocate_tensors()
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
        bad, good = errors[labels == 1], errors[labels == 0]
        return (bad[:, None] > good).mean() + (bad[:, None] == good).mean() / 2, True
    if labels.dtype.kind == "i":
        return (outputs.argmax(1) == labels).mean(), True
    return ((outputs - labels.reshape(outputs.shape)) ** 2).mean(), False


def smidgen(program, *arguments):
    subprocess.run([program, "--quiet", *arguments], check=True, capture_output=True)


def compare(program, model):
    name, folder = model.stem, model.parent
    data = dict(np.load(folder / f"{name}.test.npz"))
    calibration = folder / f"{name}.calibration.npz"
    floats, ours = folder / f"{name}.float.tflite", folder / f"{name}.int8.tflite"
    smidgen(program, "convert", model, "-o", floats)
    smidgen(program, "quantize", model, "--data", calibration, "-o", ours)
    theirs = folder / f"{name}.tf_int8.tflite"
    if not theirs.exists():
        theirs.write_bytes(calibrate(floats.read_bytes(), np.load(calibration)["input0"]))
    exact, *found = (run(path.read_bytes(), data["input0"]) for path in (floats, theirs, ours))
    figures = [score(name, data, outputs) for outputs in (exact, *found)]
    noise = [decibels(exact, outputs) for outputs in found]
    alike = [(outputs.argmax(1) == exact.argmax(1)).mean() for outputs in found]
    return figures, noise, alike, [path.stat().st_size for path in (theirs, ours)]


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    models = [path for path in sorted(folder.iterdir())
              if path.suffix in (".onnx", ".tflite") and path.name.count(".") == 1]
    print("| model | measure | float | TensorFlow | smidgen | SQNR, TensorFlow | smidgen |")
    print("|---|---|---|---|---|---|---|")
    worse = False
    for model in models:
        figures, noise, alike, _ = compare(program, model)
        (_, more_is_better) = figures[0]
        if figures[0][0] is None:
            measure, shown = "same class as float", ["", *(f"{x:.2%}" for x in alike)]
            worse |= alike[1] < alike[0]
        else:
            values = [value for value, _ in figures]
            measure = "squared error" if not more_is_better else (
                "area under curve" if model.stem == "mlperf_ad" else "accuracy")
            text = "{:.2%}" if measure == "accuracy" else "{:.4f}"
            shown = [text.format(value) for value in values]
            worse |= (values[2] < values[1]) if more_is_better else (values[2] > values[1])
        cells = [model.stem, measure, *shown, *(f"{x:.1f} dB" for x in noise)]
        print(f"| {' | '.join(cells)} |", flush=True)
    return worse


if __name__ == "__main__":
    sys.exit(main())
