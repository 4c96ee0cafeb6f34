"""Losses of the output layer and their mean, mirrored from
reference/losses.py.

Differs from the reference:
- every gradient is what jax.vjp makes of the loss above it.

JAX's own: jax.nn.log_sigmoid, used here: log A and log(1 - A) from Z, with
the right gradient everywhere. The reference's formula from Z would have a
wrong one at Z = 0, where JAX takes |Z|' for 1 and max(Z, 0)' for 1/2.
"""

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.activations import derivative, relu

__all__ = [
    "cross_entropy",
    "cross_entropy_gradient",
    "half_squared_error",
    "half_squared_error_gradient",
    "loss",
    "loss_gradient",
    "mean_over_examples",
]


def cross_entropy(
    Z: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """L = -Y log A - (1 - Y) log(1 - A),  A = sigmoid(Z)        (1.2-loss)"""
    log_A, log_1_minus_A = jax.nn.log_sigmoid(Z), jax.nn.log_sigmoid(-Z)
    return -Y * log_A - (1 - Y) * log_1_minus_A


def cross_entropy_gradient(
    Z: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """dZ = A - Y,  A = sigmoid(Z)                                    (2.9)"""
    return derivative(lambda Z: cross_entropy(Z, Y), Z)


def half_squared_error(
    A: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """L = (A - Y)^2 / 2                                    (1-relu-neuron)"""
    return (A - Y) * (A - Y) / 2


def half_squared_error_gradient(
    A: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """dA = A - Y                                           (1-relu-neuron)"""
    return derivative(lambda A: half_squared_error(A, Y), A)


def loss(
    output: str, Z: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """L(g(Z), Y), with the loss that belongs to the output g    (1.2-loss)"""
    match output:
        case "sigmoid":
            return cross_entropy(Z, Y)
        case "identity":
            return half_squared_error(Z, Y)
        case _:
            return half_squared_error(relu(Z), Y)


def loss_gradient(
    output: str, Z: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """dZ = A - Y, and for a ReLU output (A - Y) * g'(Z)              (2.9)"""
    return derivative(lambda Z: loss(output, Z, Y), Z)


def mean_over_examples(losses: Float[Array, "n m"]) -> Float[Scalar, ""]:
    """J = 1/m sum_i L(i), the n outputs of an example summed    (1.2-cost)"""
    return jnp.sum(losses) / losses.shape[1]
