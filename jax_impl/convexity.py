"""Convexity of the cost of logistic regression, mirrored from
reference/convexity.py.

Differs from the reference:
- midpoint is one jax.tree.map over both points.
"""

import jax
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.network import cost
from reference.specification import Network, Parameters

__all__ = ["midpoint", "midpoint_gap"]


def midpoint(start: Parameters, end: Parameters) -> Parameters:
    """(w_1 + w_2) / 2,  (b_1 + b_2) / 2                       (1.2-convex)"""
    return jax.tree.map(lambda p, q: (p + q) / 2, start, end)


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
