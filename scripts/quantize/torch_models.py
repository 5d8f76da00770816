"""Trains small PyTorch networks on scikit-learn's digits, and exports them as ONNX.

python torch_models.py FOLDER

Needs PyPI's `torch`, `onnx`, `onnxscript` and `scikit-learn`. FOLDER gets NAME.onnx, and samples as
`keras_models.py` describes, with channels first.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from sklearn import datasets
from torch import nn

CALIBRATION = 256


class Attention(nn.Module):
    """Two blocks of attention over the rows of a picture."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(8, 32)
        block = nn.TransformerEncoderLayer(
            32, 2, 64, 0.0, "gelu", batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)
        self.classify = nn.Linear(32, 10)

    def forward(self, x):
        return self.classify(self.blocks(self.embed(x.reshape(-1, 8, 8))).mean(1))


def convolutional():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding=1, groups=32), nn.BatchNorm2d(32), nn.Hardswish(),
        nn.Conv2d(32, 32, 1), nn.LeakyReLU(0.1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(32, 10))


def dense():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 24), nn.Tanh(), nn.Linear(24, 10))


NETWORKS = {
    "torch_convolutional": convolutional,
    "torch_dense": dense,
    "torch_transformer": Attention,
}


def main():
    folder = Path(sys.argv[1])
    data = datasets.load_digits()
    order = np.random.default_rng(1).permutation(len(data.target))
    x = torch.tensor(data.images[order][:, None] / 16, dtype=torch.float32)
    y = torch.tensor(data.target[order])
    for name, build in NETWORKS.items():
        torch.manual_seed(1)
        model = build()
        optimiser = torch.optim.Adam(model.parameters(), 3e-3)
        for _ in range(40):
            for batch in torch.randperm(1000).split(32):
                optimiser.zero_grad()
                nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
                optimiser.step()
        model.eval()
        torch.onnx.export(
            model, (x[:1],), str(folder / f"{name}.onnx"), dynamo=True, external_data=False)
        np.savez(folder / f"{name}.calibration.npz", input0=x[:CALIBRATION].numpy())
        np.savez(folder / f"{name}.test.npz", input0=x[1000:].numpy(),
                 labels=y[1000:].numpy().astype(np.int32))
        print(name, flush=True)


if __name__ == "__main__":
    main()
