"""Convexity of the cost of logistic regression.

Symbol           Shape            Meaning
start, end       (w, b) each      two points of parameter space
gap              scalar           how far J at the middle lies below the chord

Source: notes, section 1.2.1, figure 1.8. J is convex in (w, b) for logistic
regression; with hidden layers it is not, whatever the notes' word for the
generic graph.
"""

from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.network import cost
from reference.specification import Layer, Network, Parameters

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
    """(J(start) + J(end)) / 2 - J((start + end) / 2)          (1.2-convex)

    Never negative where J is convex.
    """
    J_start = cost(network, start, X, Y)
    J_end = cost(network, end, X, Y)
    J_middle = cost(network, midpoint(start, end), X, Y)
    return (J_start + J_end) / 2 - J_middle
