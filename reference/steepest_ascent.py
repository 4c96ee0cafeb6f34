"""The gradient is the direction of steepest ascent.

Symbol      Shape                 Meaning
dJ          (dW[l], db[l])        gradient of J, for l = 1 ... L
direction   the same shapes       a direction v in parameter space
slope       scalar                how fast J rises along v, dJ . v

Source: notes, section 1.2.1, proposition 1.1. The slope is taken without
backpropagation, by a complex step; see gradient_checking.py.
"""

from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.complex_step import complex_step, imaginary
from reference.network import cost
from reference.specification import Layer, Network, Parameters

__all__ = ["steepest_direction", "directional_derivative"]


def steepest_direction(dJ: Parameters) -> Parameters:
    """v = dJ / ||dJ||, of length 1                                  (P1.1)"""
    squares = [np.sum(a * a) for layer in dJ for a in layer]
    length = np.sqrt(sum(squares[1:], start=squares[0]))
    return tuple(Layer(dW / length, db / length) for dW, db in dJ)


def directional_derivative(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    direction: Parameters,
    l2: float | Scalar = 0.0,
) -> Float[Scalar, ""]:
    """d/dt J(theta + t v) at t = 0, which is dJ . v                 (P1.1)

    Im J(theta + i h v) / h, exact but for rounding, whatever h is: there
    is no difference to cancel.
    """
    with complex_step(X.dtype) as i_h:
        moved = tuple(
            Layer(W + i_h * dW, b + i_h * db)
            for (W, b), (dW, db) in zip(parameters, direction, strict=True)
        )
        J: Any = cost(network, moved, X, Y, l2)
    return imaginary(J, i_h)
