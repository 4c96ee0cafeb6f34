"""Gradient descent on the whole training set, mirrored from
reference/gradient_descent.py.

Differs from the reference:
- the loop is lax.scan: traced once, and run without a return to Python.

JAX's own: jax.tree.map for the update; Optax's sgd outside of JAX proper.
"""

from collections.abc import Callable

import jax
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.backpropagation import cost_and_gradients
from reference.specification import Network, Parameters

__all__ = ["update", "step", "repeat", "train"]


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
) -> tuple[Parameters, Float[Scalar, ""]]:
    """One pass of the loop: J before the update, then the update    (A1.1)"""
    J, dJ = cost_and_gradients(network, parameters, X, Y, l2)
    return update(parameters, dJ, learning_rate), J


def repeat(
    step: Callable[[Parameters], tuple[Parameters, Scalar]],
    parameters: Parameters,
    steps: int,
) -> tuple[Parameters, Float[Array, " steps"]]:
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

    def descend(parameters: Parameters) -> tuple[Parameters, Scalar]:
        return step(network, parameters, X, Y, learning_rate, l2)

    return repeat(descend, parameters, steps)
