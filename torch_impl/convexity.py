"""Convexity of the cost of logistic regression, mirrored from
reference/convexity.py.

Differs from the reference:
- nothing.
"""

from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Layer, Network, Parameters
from torch_impl.network import cost

__all__ = ["midpoint", "midpoint_gap"]


def midpoint(start: Parameters, end: Parameters) -> Parameters:
    """(w_1 + w_2) / 2,  (b_1 + b_2) / 2                       (1.2-convex)"""
    return tuple(
        Layer((W + V) / 2, (b + c) / 2)
        for (W, b), (V, c) in zip(start, end, strict=True)
    )


def midpoint_gap(
    network: Network,
    start: Parameters,
    end: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
) -> Float[Scalar, ""]:
    """(J(start) + J(end)) / 2 - J((start + end) / 2)          (1.2-convex)"""
    J_start = cost(network, start, X, Y)
    J_end = cost(network, end, X, Y)
    J_middle = cost(network, midpoint(start, end), X, Y)
    return (J_start + J_end) / 2 - J_middle
