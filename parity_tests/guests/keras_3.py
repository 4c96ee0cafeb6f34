"""Keras 3: Dense layers with an L2 regularizer, and SGD; in float32."""

import os
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

dtype = "float32"


def model(
    network: Any, parameters: Any, m: int, alpha: float, l2: float
) -> Any:
    """Compiled, with these parameters."""
    *hidden, output = network.activations
    if not {*hidden} <= {"tanh", "relu", "sigmoid"} or output != "sigmoid":
        raise NotImplementedError("leaky ReLU, or another output")
    n_x, *sizes = network.layer_sizes
    # Keras' penalty has neither the half nor the 1/m.
    decay = keras.regularizers.L2(l2 / (2 * m))
    made = keras.Sequential([keras.Input((n_x,)), *(
        keras.layers.Dense(n, g, kernel_regularizer=decay)
        for n, g in zip(sizes, (*hidden, None), strict=True)
    )])  # fmt: skip
    made.compile(
        keras.optimizers.SGD(alpha),
        keras.losses.BinaryCrossentropy(from_logits=True),
        # Its loss is a mean over the outputs too.
        loss_weights=[sizes[-1]],
    )
    made.set_weights([a for W, b in parameters for a in (W.T, b[:, 0])])
    return made


def forward(network: Any, parameters: Any, X: Any) -> Any:
    """A[L]."""
    logits = model(network, parameters, X.shape[1], 1.0, 0.0)(X.T)
    return np.asarray(keras.ops.convert_to_numpy(keras.ops.sigmoid(logits))).T


def train(
    network: Any, parameters: Any, X: Any, Y: Any,
    learning_rate: float, steps: int, l2: float = 0.0,
) -> Any:  # fmt: skip
    """The parameters, and J before each step."""
    made = model(network, parameters, X.shape[1], learning_rate, l2)
    costs = [made.train_on_batch(X.T, Y.T) for _ in range(steps)]
    kernels, biases = made.get_weights()[::2], made.get_weights()[1::2]
    pairs = zip(kernels, biases, strict=True)
    return [(W.T, b[:, None]) for W, b in pairs], np.array(costs, dtype)


def cost(network: Any, parameters: Any, X: Any, Y: Any, l2: float = 0) -> Any:
    """J."""
    made = model(network, parameters, X.shape[1], 1.0, l2)
    return made.evaluate(X.T, Y.T, X.shape[1], verbose=0)
