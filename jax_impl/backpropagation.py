"""Backpropagation, mirrored from reference/backpropagation.py.

Differs from the reference:
- nothing is derived by hand: jax.value_and_grad transforms cost.

JAX's own: jax.grad, which returns gradients in the shape of the parameters,
here a tuple of Layers as it stands.
"""

import jax
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.network import cost
from reference.specification import Dropout, Network, Parameters

__all__ = ["gradients", "cost_and_gradients"]


def gradients(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> Parameters:
    """dJ/dW[l], dJ/db[l] for l = 1 ... L          (2.9, 2.10, 2.11, 2.12)"""
    return cost_and_gradients(network, parameters, X, Y, l2, dropout)[1]


def cost_and_gradients(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> tuple[Float[Scalar, ""], Parameters]:
    """J, and dJ/dW[l], dJ/db[l], from one forward pass
    (A1.1, 2.9, 2.10, 2.11, 2.12)"""
    transformed = jax.value_and_grad(cost, argnums=1)
    return transformed(network, parameters, X, Y, l2, dropout)
