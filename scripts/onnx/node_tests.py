#!/usr/bin/env python3
"""Writes ONNX's own node tests as files, for `cargo xtask nodes`.

Needs PyPI's `onnx`. Each test becomes a folder with `model.onnx`, the tensors that go in (`inputs.npz`:
`in0`, `in1` ...) and those that should come out (`outputs.npz`: `out0` ...). `index.csv` names all tests,
also those that cannot be written because their values are no tensors. The tests named `_expanded`, which
spell out what a function does, are left aside.

    python3 scripts/onnx/node_tests.py FOLDER
"""

import csv
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx.backend.test.case.node import collect_testcases

# Results of half precision were computed in it: they may be two steps off.
HALF_STEP = 2**-9


def tensors(values, prefix):
    """The arrays by name; None where a value is no tensor."""
    arrays = {}
    for index, value in enumerate(values):
        if not isinstance(value, (np.ndarray, np.generic)) or value.dtype.kind not in "biuf":
            return None
        value = np.asarray(value)
        arrays[f"{prefix}{index}"] = np.ascontiguousarray(value).reshape(value.shape)
    return arrays


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    rows = []
    for test in sorted(collect_testcases(None), key=lambda test: test.name):
        if "_expanded" in test.name:
            continue
        ops = sorted({node.op_type for node in test.model.graph.node})
        inputs, outputs = test.data_sets[0]
        given, wanted = tensors(inputs, "in"), tensors(outputs, "out")
        written = given is not None and wanted is not None
        halves = written and any(array.dtype == np.float16 for array in wanted.values())
        rtol = max(test.rtol, HALF_STEP) if halves else test.rtol
        rows.append([test.name, "+".join(ops), rtol, test.atol, int(written)])
        if not written:
            continue
        place = folder / test.name
        place.mkdir(exist_ok=True)
        (place / "model.onnx").write_bytes(test.model.SerializeToString())
        np.savez(place / "inputs.npz", **given)
        np.savez(place / "outputs.npz", **wanted)
    with open(folder / "index.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["test", "operators", "rtol", "atol", "tensors"])
        writer.writerows(rows)
    print(f"onnx {onnx.__version__}: {len(rows)} tests, {sum(row[4] for row in rows)} of tensors")


if __name__ == "__main__":
    main()
