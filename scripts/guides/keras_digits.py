"""Trains the Keras model of docs/guides/keras.md and writes what the guide works with.

python keras_digits.py [FOLDER]

Needs tensorflow and scikit-learn. Writes to tests/fixtures/guides unless told otherwise:
digits_float.tflite, digits_int8.tflite (by TensorFlow's converter), digits_test.npz (360 samples
with labels that training has not seen), digits_calibration.npz (100 that it has).
"""

import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "guides"


def data():
    """Pictures of digits, 8×8 pixels in [0, 1], and which digits they are."""
    digits = load_digits()
    x = (digits.images / 16).astype(np.float32)[..., np.newaxis]
    y = digits.target.astype(np.uint8)
    return train_test_split(x, y, test_size=360, random_state=0, stratify=y)


def network():
    """A small convolutional network."""
    return keras.Sequential(
        [
            keras.layers.Input((8, 8, 1)),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.DepthwiseConv2D(3, padding="same", activation="relu"),
            keras.layers.Conv2D(24, 1, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ],
        name="digits",
    )


def main(folder):
    """Trains and writes."""
    keras.utils.set_random_seed(0)
    x, x_test, y, y_test = data()
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=32, epochs=30, verbose=0)
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"Keras: {accuracy:.4f} of {len(x_test)} samples are right")

    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "digits_test.npz", x=x_test, labels=y_test)
    np.savez_compressed(folder / "digits_calibration.npz", x=x[:100], labels=y[:100])

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    (folder / "digits_float.tflite").write_bytes(converter.convert())

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([sample[np.newaxis]] for sample in x[:100])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    (folder / "digits_int8.tflite").write_bytes(converter.convert())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
