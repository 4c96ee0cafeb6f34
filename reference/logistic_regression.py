"""Logistic regression: a neuron with a sigmoid, looped and vectorized.

Symbol     Shape          Meaning
w          (n_x, 1)       weights
b          (1, 1)         bias
theta      (n_x + 1, 1)   b and w in one vector, theta_0 = b
X          (n_x, m)       one column per example
Y          (1, m)         labels in [0, 1]
dz, dZ     (1, 1), (1, m) dL/dz of one example, and of all
J          scalar         mean of the losses

Source: notes, section 1.2, algorithms 1.2 and 1.3. The loop is kept as a
loop: what vectorizing buys is seen beside it.
"""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.activations import sigmoid
from reference.gradient_descent import repeat
from reference.losses import cross_entropy
from reference.specification import Layer

__all__ = [
    "logistic_model",
    "fold",
    "theta_model",
    "looped_gradients",
    "vectorized_gradients",
    "looped_step",
    "vectorized_step",
    "train_looped",
    "train_vectorized",
]


def logistic_model(
    w: Float[Array, "n_x 1"],
    b: Float[Array, "1 1"],
    X: Float[Array, "n_x m"],
) -> Float[Array, "1 m"]:
    """y_hat = sigma(w^T x + b)                                 (1.2-model)"""
    return sigmoid(w.T @ X + b)


def fold(
    w: Float[Array, "n_x 1"], b: Float[Array, "1 1"]
) -> Float[Array, "n 1"]:
    """theta = (b, w_1, ..., w_n)                               (1.2-theta)"""
    return np.concatenate([b, w])


def theta_model(
    theta: Float[Array, "n 1"], X: Float[Array, "n_x m"]
) -> Float[Array, "1 m"]:
    """y_hat = sigma(theta^T x), with x_0 = 1                   (1.2-theta)"""
    x_0 = np.ones_like(X[:1])
    return sigmoid(theta.T @ np.concatenate([x_0, X]))


def looped_gradients(
    w: Float[Array, "n_x 1"],
    b: Float[Array, "1 1"],
    X: Float[Array, "n_x m"],
    Y: Float[Array, "1 m"],
) -> tuple[Float[Scalar, ""], Float[Array, "n_x 1"], Float[Array, "1 1"]]:
    """For i = 1 ... m: J += L(i), dw += x(i) dz(i), db += dz(i); all /= m
    (A1.2)"""
    m = X.shape[1]
    J, dw, db = np.zeros_like(b), np.zeros_like(w), np.zeros_like(b)
    for i in range(m):
        x, y = X[:, i : i + 1], Y[:, i : i + 1]
        z = w.T @ x + b
        a = sigmoid(z)
        J = J + cross_entropy(z, y)
        dz = a - y
        dw = dw + x * dz
        db = db + dz
    return np.sum(J) / m, dw / m, db / m


def vectorized_gradients(
    w: Float[Array, "n_x 1"],
    b: Float[Array, "1 1"],
    X: Float[Array, "n_x m"],
    Y: Float[Array, "1 m"],
) -> tuple[Float[Scalar, ""], Float[Array, "n_x 1"], Float[Array, "1 1"]]:
    """dZ = sigma(w^T X + b) - Y, dw = 1/m X dZ^T, db = 1/m sum dZ   (A1.3)"""
    m = X.shape[1]
    Z = w.T @ X + b
    A = sigmoid(Z)
    dZ = A - Y
    dw = X @ dZ.T / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return np.sum(cross_entropy(Z, Y)) / m, dw, db


def looped_step(
    parameters: Layer,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "1 m"],
    learning_rate: float | Scalar,
) -> tuple[Layer, Float[Scalar, ""]]:
    """J; then w := w - alpha dw,  b := b - alpha db, by the loop    (A1.2)"""
    J, dw, db = looped_gradients(*parameters, X, Y)
    w, b = parameters
    return Layer(w - learning_rate * dw, b - learning_rate * db), J


def vectorized_step(
    parameters: Layer,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "1 m"],
    learning_rate: float | Scalar,
) -> tuple[Layer, Float[Scalar, ""]]:
    """J; then w := w - alpha dw,  b := b - alpha db, vectorized     (A1.3)"""
    J, dw, db = vectorized_gradients(*parameters, X, Y)
    w, b = parameters
    return Layer(w - learning_rate * dw, b - learning_rate * db), J


def train_looped(
    parameters: Layer,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "1 m"],
    *,
    learning_rate: float | Scalar,
    steps: int,
) -> tuple[Layer, Float[Array, " steps"]]:
    """Repeat { loop over the examples; update }                     (A1.2)"""
    return repeat(
        lambda parameters: looped_step(parameters, X, Y, learning_rate),
        parameters,
        steps,
    )


def train_vectorized(
    parameters: Layer,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "1 m"],
    *,
    learning_rate: float | Scalar,
    steps: int,
) -> tuple[Layer, Float[Array, " steps"]]:
    """Repeat { all examples at once; update }                       (A1.3)"""
    return repeat(
        lambda parameters: vectorized_step(parameters, X, Y, learning_rate),
        parameters,
        steps,
    )
