"""Gradient descent on the whole training set, mirrored from
reference/gradient_descent.py.

Differs from the reference:
- the loop is lax.scan: traced once, and run without a return to Python.

JAX's own: jax.tree.map for the update; Optax's sgd outside of JAX proper.
"""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.backpropagation import cost_and_gradients
from reference.specification import Dropout, Network, Parameters

__all__ = ["update", "step", "repeat", "train", "train_dropout"]

P = TypeVar("P")


def update(
    parameters: Parameters, gradients: Parameters, learning_rate: float | Scalar
) -> Parameters:
    """W := W - alpha dW,  b := b - alpha db                         (A1.1)"""
    return jax.tree.map(
        lambda p, dp: p - learning_rate * dp, parameters, gradients
    )


def step(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    learning_rate: float | Scalar,
    l2: float | Scalar,
    dropout: Dropout | None = None,
) -> tuple[Parameters, Float[Scalar, ""]]:
    """One pass of the loop: J before the update, then the update    (A1.1)"""
    J, dJ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    return update(parameters, dJ, learning_rate), J


def repeat(
    step: Callable[[P], tuple[P, Scalar]], parameters: P, steps: int
) -> tuple[P, Float[Array, " steps"]]:
    """Repeat { step }                                               (A1.1)"""
    return jax.lax.scan(lambda p, _: step(p), parameters, length=steps)


def train(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float | Scalar,
    steps: int,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)"""
    return repeat(
        lambda theta: step(network, theta, X, Y, learning_rate, l2),
        parameters,
        steps,
    )


def train_dropout(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    dropouts: tuple[Dropout, ...],
    *,
    learning_rate: float | Scalar,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """For each D: W := W - alpha dW,  b := b - alpha db, under the masks D
    (A1.1, 3.1-dropout)"""
    stacked = jax.tree.map(lambda *D: jnp.stack(D), *dropouts)
    return jax.lax.scan(
        lambda p, D: step(network, p, X, Y, learning_rate, l2, D),
        parameters,
        stacked,
    )
