"""Trains small Keras networks on scikit-learn's data, and converts them with TensorFlow's converter.

python keras_models.py FOLDER

Needs PyPI's `tensorflow` and `scikit-learn`. For each network, FOLDER gets NAME.tflite (float32),
NAME.tf_int8.tflite and, where the converter can, NAME.tf_int16.tflite, both calibrated with the 256
samples of NAME.calibration.npz, and NAME.test.npz with samples and labels that are in neither.
"""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn import datasets
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

CALIBRATION = 256


def split(x, y, train):
    order = np.random.default_rng(1).permutation(len(x))
    x, y = x[order].astype(np.float32), y[order]
    return x[:train], y[:train], x[train:], y[train:]


def digits():
    data = datasets.load_digits()
    return split(data.images[..., None] / 16, data.target.astype(np.int32), 1000)


def cancer():
    data = datasets.load_breast_cancer()
    x = (data.data - data.data.mean(0)) / data.data.std(0)
    return split(x, data.target.astype(np.int32), 300)


def diabetes():
    data = datasets.load_diabetes()
    return split(data.data * 20, (data.target / 100).astype(np.float32)[:, None], 300)


def convolutional():
    return keras.Sequential([
        layers.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])


def separable():
    def normalised(x):
        return layers.ReLU(6.0)(layers.BatchNormalization()(x))

    x = inputs = layers.Input((8, 8, 1))
    x = normalised(layers.Conv2D(16, 3, padding="same", use_bias=False)(x))
    for channels, stride in ((24, 1), (32, 2), (32, 1)):
        x = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
        x = normalised(layers.Conv2D(channels, 1, use_bias=False)(normalised(x)))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def residual():
    x = inputs = layers.Input((8, 8, 1))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    for _ in range(2):
        y = layers.BatchNormalization()(layers.Conv2D(16, 3, padding="same")(x))
        y = layers.Conv2D(16, 3, padding="same")(layers.Activation("swish")(y))
        x = layers.Activation("relu")(layers.Add()([x, layers.BatchNormalization()(y)]))
    pools = [layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]
    return keras.Model(inputs, layers.Dense(10)(layers.Concatenate()(pools)))


def transformer():
    inputs = layers.Input((8, 8, 1))
    x = layers.Dense(32)(layers.Reshape((8, 8))(inputs))
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(2, 16)(y, y)])
        y = layers.Dense(64, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(32)(y)])
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def autoencoder():
    sizes = [(32, "relu"), (8, "relu"), (32, "relu"), (64, "sigmoid")]
    dense = [layers.Dense(units, activation=function) for units, function in sizes]
    return keras.Sequential([layers.Input((8, 8, 1)), layers.Flatten(), *dense])


def perceptron():
    sizes = [(16, "relu"), (16, "relu"), (2, "softmax")]
    dense = [layers.Dense(units, activation=function) for units, function in sizes]
    return keras.Sequential([layers.Input((30,)), *dense])


def regression():
    sizes = [(32, "tanh"), (16, "elu"), (1, None)]
    dense = [layers.Dense(units, activation=function) for units, function in sizes]
    return keras.Sequential([layers.Input((10,)), *dense])


CLASSES = "sparse_categorical_crossentropy"
LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
NETWORKS = {
    "digits_convolutional": (convolutional, digits, CLASSES, 30),
    "digits_separable": (separable, digits, CLASSES, 40),
    "digits_residual": (residual, digits, LOGITS, 30),
    "digits_transformer": (transformer, digits, CLASSES, 60),
    "digits_autoencoder": (autoencoder, digits, "mse", 30),
    "cancer_perceptron": (perceptron, cancer, CLASSES, 30),
    "diabetes_regression": (regression, diabetes, "mse", 60),
}


def convert(model, calibration, operators, integers):
    signature = tf.TensorSpec((1, *calibration.shape[1:]), tf.float32)
    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(signature)
    frozen = convert_variables_to_constants_v2(function)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    if operators is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([x[None]] for x in calibration)
        converter.target_spec.supported_ops = [operators]
        converter.inference_input_type = converter.inference_output_type = integers
    return converter.convert()


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    sixteen = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    forms = {
        "": (None, None),
        ".tf_int8": (tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.int8),
        ".tf_int16": (sixteen, tf.int16),
    }
    for name, (build, data, loss, epochs) in NETWORKS.items():
        keras.utils.set_random_seed(1)
        x, y, test_x, test_y = data()
        if "autoencoder" in name:
            y, test_y = x.reshape(len(x), -1), test_x.reshape(len(test_x), -1)
        model = build()
        model.compile(keras.optimizers.Adam(2e-3), loss)
        model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
        for ending, (operators, integers) in forms.items():
            try:
                content = convert(model, x[:CALIBRATION], operators, integers)
            except Exception as error:  # the converter fails in many ways
                print(f"{name}{ending}: {str(error).splitlines()[0]}")
                continue
            (folder / f"{name}{ending}.tflite").write_bytes(content)
        np.savez(folder / f"{name}.calibration.npz", input0=x[:CALIBRATION])
        np.savez(folder / f"{name}.test.npz", input0=test_x, labels=test_y)
        print(name, flush=True)


if __name__ == "__main__":
    main()
