"""Quantises a float TFLite file as TensorFlow's converter does after training.

python calibrate.py MODEL CALIBRATION.npz OUT
"""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from tensorflow.lite.python.optimize.calibrator import Calibrator


def calibrate(content, samples):
    """Bytes of the int8 model for those of the float model."""
    steps = lambda: ([sample[None]] for sample in samples)
    return Calibrator(content).calibrate_and_quantize(
        steps, tf.int8, tf.int8, False, tf.int8, tf.int32)


if __name__ == "__main__":
    model, data, out = sys.argv[1:]
    Path(out).write_bytes(calibrate(Path(model).read_bytes(), np.load(data)["input0"]))
