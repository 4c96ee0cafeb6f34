"""Logistic regression, looped and vectorized, mirrored from
reference/logistic_regression.py.

Differs from the reference:
- dz is not written down: torch.func.grad_and_value of the loss of one
  example in the loop, and of J vectorized.

PyTorch's own: torch.func.grad_and_value.
"""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Layer
from torch_impl.activations import sigmoid
from torch_impl.gradient_descent import repeat
from torch_impl.losses import cross_entropy

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
    return torch.cat([b, w])


def theta_model(
    theta: Float[Array, "n 1"], X: Float[Array, "n_x m"]
) -> Float[Array, "1 m"]:
    """y_hat = sigma(theta^T x), with x_0 = 1                   (1.2-theta)"""
    x_0 = torch.ones_like(X[:1])
    return sigmoid(theta.T @ torch.cat([x_0, X]))


def looped_gradients(
    w: Float[Array, "n_x 1"],
    b: Float[Array, "1 1"],
    X: Float[Array, "n_x m"],
    Y: Float[Array, "1 m"],
) -> tuple[Float[Scalar, ""], Float[Array, "n_x 1"], Float[Array, "1 1"]]:
    """For i = 1 ... m: J += L(i), dw += x(i) dz(i), db += dz(i); all /= m
    (A1.2)"""
    m = X.shape[1]

    def L(w: Array, b: Array, x: Array, y: Array) -> Array:
        return torch.sum(cross_entropy(w.T @ x + b, y))

    J, dw, db = (
        torch.zeros_like(b).sum(),
        torch.zeros_like(w),
        torch.zeros_like(b),
    )
    for i in range(m):
        gradients = torch.func.grad_and_value(L, argnums=(0, 1))
        of_w_b, loss = gradients(w, b, X[:, i : i + 1], Y[:, i : i + 1])
        J = J + loss
        dw = dw + of_w_b[0]
        db = db + of_w_b[1]
    return J / m, dw / m, db / m


def vectorized_gradients(
    w: Float[Array, "n_x 1"],
    b: Float[Array, "1 1"],
    X: Float[Array, "n_x m"],
    Y: Float[Array, "1 m"],
) -> tuple[Float[Scalar, ""], Float[Array, "n_x 1"], Float[Array, "1 1"]]:
    """dZ = sigma(w^T X + b) - Y, dw = 1/m X dZ^T, db = 1/m sum dZ   (A1.3)"""

    def J(w: Array, b: Array) -> Array:
        return torch.sum(cross_entropy(w.T @ X + b, Y)) / X.shape[1]

    (dw, db), value = torch.func.grad_and_value(J, argnums=(0, 1))(w, b)
    return value, dw, db


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
