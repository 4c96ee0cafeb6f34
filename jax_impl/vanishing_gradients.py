"""Vanishing and exploding signals, layer by layer, mirrored from
reference/vanishing_gradients.py.

Differs from the reference:
- repeated_weight is a lax.scan; the gradients come from jax.grad.
"""

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.backpropagation import gradients
from jax_impl.network import forward
from reference.specification import Network, Parameters

__all__ = [
    "repeated_weight",
    "root_mean_square",
    "activation_scales",
    "gradient_scales",
]


def repeated_weight(w: Float[Array, ""], L: int) -> Float[Array, " L"]:
    """a[l] = w a[l-1] from a[0] = 1: w, w^2, ..., w^L    (3.2.2-vanishing)"""
    _, a = jax.lax.scan(lambda a, _: (w * a, w * a), jnp.ones_like(w), length=L)
    return a


def root_mean_square(A: Float[Array, "n m"]) -> Float[Scalar, ""]:
    """sqrt(mean of A_ij^2)                               (3.2.2-vanishing)"""
    return jnp.sqrt(jnp.mean(A * A))


def activation_scales(
    network: Network, parameters: Parameters, X: Float[Array, "n_x m"]
) -> Float[Array, " L"]:
    """the scale of A[l], for l = 1 ... L                 (3.2.2-vanishing)"""
    A = forward(network, parameters, X)
    return jnp.stack([root_mean_square(A_l) for A_l in A])


def gradient_scales(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
) -> Float[Array, " L"]:
    """the scale of dW[l], for l = 1 ... L                (3.2.2-vanishing)"""
    dJ = gradients(network, parameters, X, Y)
    return jnp.stack([root_mean_square(dW) for dW, _ in dJ])
