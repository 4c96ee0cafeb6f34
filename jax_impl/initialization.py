"""Random initialization of the weights, mirrored from
reference/initialization.py.

Differs from the reference:
- the draws come from an explicit key: same law, other bits; initialize
  splits it, one for each layer; the bits depend on the dtype.

JAX's own: jax.nn.initializers.he_normal and its kin, but they read the fan
in from the other axis, (in, out), and truncate the normal at 2 sigma.
"""

import functools
import math

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Rng
from jax import Array as Scalar
from jaxtyping import Float

from reference.specification import Layer, Network, Parameters

__all__ = [
    "zeros",
    "constant",
    "small",
    "xavier",
    "xavier_average",
    "he",
    "weights",
    "initialize",
]


def zeros(rng: Rng, shape: tuple[int, int]) -> Float[Array, "n n_prev"]:
    """W = 0                                                 (2.4-symmetry)"""
    return jnp.zeros(shape)


def constant(shape: tuple[int, int], value: float) -> Float[Array, "n n_prev"]:
    """W = value, the same everywhere                        (2.4-symmetry)"""
    return jnp.full(shape, value, dtype=float)


def small(
    rng: Rng, shape: tuple[int, int], scale: float | Scalar
) -> Float[Array, "n n_prev"]:
    """W = scale N,  N ~ Normal(0, 1)                    (2.4-small-random)"""
    return scale * jax.random.normal(rng, shape)


def xavier(rng: Rng, shape: tuple[int, int]) -> Float[Array, "n n_prev"]:
    """W = N sqrt(1 / n_prev)                                (3.2.2-xavier)"""
    _, n_prev = shape
    return jax.random.normal(rng, shape) * math.sqrt(1 / n_prev)


def xavier_average(
    rng: Rng, shape: tuple[int, int]
) -> Float[Array, "n n_prev"]:
    """W = N sqrt(2 / (n_prev + n))                  (3.2.2-xavier-average)"""
    n, n_prev = shape
    return jax.random.normal(rng, shape) * math.sqrt(2 / (n_prev + n))


def he(rng: Rng, shape: tuple[int, int]) -> Float[Array, "n n_prev"]:
    """W = N sqrt(2 / n_prev)                                    (3.2.2-he)"""
    _, n_prev = shape
    return jax.random.normal(rng, shape) * math.sqrt(2 / n_prev)


def weights(
    rng: Rng, shape: tuple[int, int], rule: str, scale: float | Scalar
) -> Float[Array, "n n_prev"]:
    """W of one layer by the rule of that name           (2.4-small-random)"""
    match rule:
        case "zeros":
            return zeros(rng, shape)
        case "small":
            return small(rng, shape, scale)
        case "xavier":
            return xavier(rng, shape)
        case "xavier_average":
            return xavier_average(rng, shape)
        case _:
            return he(rng, shape)


@functools.partial(jax.jit, static_argnames=("network", "rule"))
def initialize(
    rng: Rng, network: Network, rule: str, scale: float | Scalar = 0.01
) -> Parameters:
    """W[l] (n[l], n[l-1]) by the rule, b[l] (n[l], 1) = 0, l = 1 ... L
    (2.4-symmetry, 2.5-shapes)"""
    keys = jax.random.split(rng, network.L)
    return tuple(
        Layer(weights(key, shape, rule, scale), jnp.zeros((shape[0], 1)))
        for key, shape in zip(keys, network.shapes, strict=True)
    )
