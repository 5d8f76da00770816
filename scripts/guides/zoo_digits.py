"""Trains a network and writes it as files of model zoos are, for docs/guides/onnx-zoo.md.

python zoo_digits.py [FOLDER]

Needs torch, onnxruntime and scikit-learn. Writes to tests/fixtures/guides unless told otherwise:
zoo_float.onnx (channels first; batch, height and width are open), zoo_qdq.onnx (the same quantised by
onnxruntime), zoo_test.npz (360 samples with labels that training has not seen),
zoo_calibration.npz (100 that it has).
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "guides"


def data():
    """Pictures of digits, 8×8 pixels in [0, 1], and which digits they are."""
    digits = load_digits()
    x = (digits.images / 16).astype(np.float32)[:, np.newaxis]
    y = digits.target.astype(np.uint8)
    return train_test_split(x, y, test_size=360, random_state=0, stratify=y)


def network():
    """A network of the kind that zoos have: normalised convolutions and a mean over the plane."""

    def block(inputs, outputs, stride):
        return [
            torch.nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
            torch.nn.BatchNorm2d(outputs),
            torch.nn.ReLU(),
        ]

    return torch.nn.Sequential(
        *block(1, 8, 1),
        *block(8, 16, 2),
        *block(16, 16, 1),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(16, 10),
    )


def train(model, x, y):
    """Some epochs of Adam."""
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(30):
        for part in torch.randperm(len(x)).split(64):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(model(x[part]), y[part]).backward()
            optimiser.step()


class Samples(CalibrationDataReader):
    """Samples for calibration, one at a time."""

    def __init__(self, x):
        self.samples = iter(x)

    def get_next(self):
        sample = next(self.samples, None)
        return None if sample is None else {"image": sample[np.newaxis]}


def main(folder):
    """Trains and writes."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    x, x_test, y, y_test = data()
    model = network()
    train(model, torch.from_numpy(x), torch.from_numpy(y).long())
    model.eval()
    right = (model(torch.from_numpy(x_test)).argmax(1).numpy() == y_test).mean()
    print(f"PyTorch: {right:.4f} of {len(x_test)} samples are right")

    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "zoo_test.npz", x=x_test, labels=y_test)
    np.savez_compressed(folder / "zoo_calibration.npz", x=x[:100], labels=y[:100])
    path = folder / "zoo_float.onnx"
    torch.onnx.export(
        model,
        (torch.from_numpy(x[:1]),),
        path,
        dynamo=False,
        opset_version=13,
        input_names=["image"],
        output_names=["scores"],
        dynamic_axes={"image": {0: "batch", 2: "height", 3: "width"}, "scores": {0: "batch"}},
    )
    with tempfile.TemporaryDirectory() as scratch:
        prepared = Path(scratch) / "prepared.onnx"
        quant_pre_process(path, prepared)
        quantised = folder / "zoo_qdq.onnx"
        quantize_static(prepared, quantised, Samples(x[:100]), QuantFormat.QDQ, per_channel=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
