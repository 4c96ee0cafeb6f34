"""Random initialization of the weights, mirrored from
reference/initialization.py.

Differs from the reference:
- the draws come from a torch.Generator: same law, other bits; in float64,
  whatever the default dtype.

PyTorch's own: torch.nn.init.kaiming_normal_(W, nonlinearity="relu") is he,
xavier_normal_ is xavier_average. nn.Linear's default is none of these: a
uniform law of variance 1/(3 n_prev), and random biases.
"""

import math

import torch
from jaxtyping import Float
from torch import Generator as Rng
from torch import Tensor as Array
from torch import Tensor as Scalar

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
    return torch.zeros(shape, dtype=torch.float64, device=rng.device)


def constant(shape: tuple[int, int], value: float) -> Float[Array, "n n_prev"]:
    """W = value, the same everywhere                        (2.4-symmetry)"""
    return torch.full(shape, value, dtype=torch.float64)


def small(
    rng: Rng, shape: tuple[int, int], scale: float | Scalar
) -> Float[Array, "n n_prev"]:
    """W = scale N,  N ~ Normal(0, 1)                    (2.4-small-random)"""
    return scale * normal(rng, shape)


def xavier(rng: Rng, shape: tuple[int, int]) -> Float[Array, "n n_prev"]:
    """W = N sqrt(1 / n_prev)                                (3.2.2-xavier)"""
    _, n_prev = shape
    return normal(rng, shape) * math.sqrt(1 / n_prev)


def xavier_average(
    rng: Rng, shape: tuple[int, int]
) -> Float[Array, "n n_prev"]:
    """W = N sqrt(2 / (n_prev + n))                  (3.2.2-xavier-average)"""
    n, n_prev = shape
    return normal(rng, shape) * math.sqrt(2 / (n_prev + n))


def he(rng: Rng, shape: tuple[int, int]) -> Float[Array, "n n_prev"]:
    """W = N sqrt(2 / n_prev)                                    (3.2.2-he)"""
    _, n_prev = shape
    return normal(rng, shape) * math.sqrt(2 / n_prev)


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


def initialize(
    rng: Rng, network: Network, rule: str, scale: float | Scalar = 0.01
) -> Parameters:
    """W[l] (n[l], n[l-1]) by the rule, b[l] (n[l], 1) = 0, l = 1 ... L
    (2.4-symmetry, 2.5-shapes)"""
    return tuple(
        Layer(weights(rng, shape, rule, scale), zeros(rng, (shape[0], 1)))
        for shape in network.shapes
    )


def normal(rng: Rng, shape: tuple[int, int]) -> Array:
    """Independent draws from Normal(0, 1)."""
    return torch.randn(
        shape, generator=rng, dtype=torch.float64, device=rng.device
    )
