"""Logistic regression, looped and vectorized, mirrored from
reference/logistic_regression.py.

Differs from the reference:
- dz is not written down: jax.value_and_grad of the loss of one example in
  the loop, and of J vectorized;
- the loop over the examples is lax.scan, one example after the other.
"""

from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.activations import sigmoid
from jax_impl.gradient_descent import repeat
from jax_impl.losses import cross_entropy
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
    return jnp.concatenate([b, w])


def theta_model(
    theta: Float[Array, "n 1"], X: Float[Array, "n_x m"]
) -> Float[Array, "1 m"]:
    """y_hat = sigma(theta^T x), with x_0 = 1                   (1.2-theta)"""
    x_0 = jnp.ones_like(X[:1])
    return sigmoid(theta.T @ jnp.concatenate([x_0, X]))


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
        return jnp.sum(cross_entropy(w.T @ x[:, None] + b, y[:, None]))

    def add(sums: Any, example: Any) -> Any:
        of_one = jax.value_and_grad(L, argnums=(0, 1))(w, b, *example)
        return jax.tree.map(jnp.add, sums, of_one), None

    zeros = jnp.zeros_like(b).sum(), (jnp.zeros_like(w), jnp.zeros_like(b))
    (J, (dw, db)), _ = jax.lax.scan(add, zeros, (X.T, Y.T))
    return J / m, dw / m, db / m


def vectorized_gradients(
    w: Float[Array, "n_x 1"],
    b: Float[Array, "1 1"],
    X: Float[Array, "n_x m"],
    Y: Float[Array, "1 m"],
) -> tuple[Float[Scalar, ""], Float[Array, "n_x 1"], Float[Array, "1 1"]]:
    """dZ = sigma(w^T X + b) - Y, dw = 1/m X dZ^T, db = 1/m sum dZ   (A1.3)"""

    def J(w: Array, b: Array) -> Array:
        return jnp.sum(cross_entropy(w.T @ X + b, Y)) / X.shape[1]

    value, (dw, db) = jax.value_and_grad(J, argnums=(0, 1))(w, b)
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
