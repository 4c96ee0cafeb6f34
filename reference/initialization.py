"""Random initialization of the weights; biases start at 0.

Symbol   Shape         Meaning
shape    (n, n_prev)   n[l] nodes of the layer, n[l-1] inputs to each (fan in)
W        (n, n_prev)   independent normal draws of mean 0
scale    scalar        standard deviation of small random weights

Source: notes, sections 2.4 and 3.2.2. Erratum: the notes call variance
1/n[l-1] Xavier; libraries call that LeCun, and 2/(n[l-1] + n[l]) Xavier or
Glorot. Here xavier is the notes' and xavier_average the libraries'.
"""

import math

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array
from numpy.random import Generator as Rng

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
    """W = 0                                                 (2.4-symmetry)

    All nodes of a layer then stay equal for ever; only a network without
    hidden layers learns from it.
    """
    return np.zeros(shape)


def constant(shape: tuple[int, int], value: float) -> Float[Array, "n n_prev"]:
    """W = value, the same everywhere                        (2.4-symmetry)

    To see what not to do: the rows of W[l] then have equal gradients, and
    stay equal in every step.
    """
    return np.full(shape, value)


def small(
    rng: Rng, shape: tuple[int, int], scale: float | Scalar
) -> Float[Array, "n n_prev"]:
    """W = scale N,  N ~ Normal(0, 1)                    (2.4-small-random)"""
    return scale * rng.standard_normal(shape)


def xavier(rng: Rng, shape: tuple[int, int]) -> Float[Array, "n n_prev"]:
    """W = N sqrt(1 / n_prev)                                (3.2.2-xavier)"""
    _, n_prev = shape
    return rng.standard_normal(shape) * math.sqrt(1 / n_prev)


def xavier_average(
    rng: Rng, shape: tuple[int, int]
) -> Float[Array, "n n_prev"]:
    """W = N sqrt(2 / (n_prev + n))                  (3.2.2-xavier-average)"""
    n, n_prev = shape
    return rng.standard_normal(shape) * math.sqrt(2 / (n_prev + n))


def he(rng: Rng, shape: tuple[int, int]) -> Float[Array, "n n_prev"]:
    """W = N sqrt(2 / n_prev)                                    (3.2.2-he)

    Twice the variance of xavier, since ReLU drops half of the signal.
    """
    _, n_prev = shape
    return rng.standard_normal(shape) * math.sqrt(2 / n_prev)


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
        Layer(weights(rng, shape, rule, scale), np.zeros((shape[0], 1)))
        for shape in network.shapes
    )
