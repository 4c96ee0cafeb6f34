"""L2 regularization.

Symbol   Shape         Meaning
W        (n, n_prev)   weights of one layer; biases are not penalized
l2       scalar        the notes' lambda, in [0, inf)
m        scalar        number of examples, >= 1

Source: notes, section 3.1.
"""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.specification import Parameters

__all__ = [
    "squared_frobenius_norm",
    "l2_penalty",
    "l2_penalty_gradient",
    "weight_decay",
    "l2_cost",
]


def squared_frobenius_norm(
    W: Float[Array, "n n_prev"],
) -> Float[Scalar, ""]:
    """||W||^2 = sum_i sum_j W_ij^2                         (3.1-frobenius)"""
    return np.sum(W * W)


def l2_penalty(
    W: Float[Array, "n n_prev"], l2: float | Scalar, m: int
) -> Float[Scalar, ""]:
    """lambda/(2m) ||W||^2                                         (3.1-l2)"""
    return l2 / (2 * m) * squared_frobenius_norm(W)


def l2_penalty_gradient(
    W: Float[Array, "n n_prev"], l2: float | Scalar, m: int
) -> Float[Array, "n n_prev"]:
    """lambda/m W                                                  (3.1-l2)"""
    return l2 / m * W


def weight_decay(
    W: Float[Array, "n n_prev"],
    dW: Float[Array, "n n_prev"],
    learning_rate: float | Scalar,
    l2: float | Scalar,
    m: int,
) -> Float[Array, "n n_prev"]:
    """W := (1 - alpha lambda/m) W - alpha dW                      (3.1-l2)

    dW is here the gradient without the penalty. Equal to the update by
    dW + lambda/m W: the penalty only shrinks W.
    """
    return (1 - learning_rate * l2 / m) * W - learning_rate * dW


def l2_cost(
    parameters: Parameters, l2: float | Scalar, m: int
) -> Float[Scalar, ""]:
    """lambda/(2m) sum_l ||W[l]||^2                                (3.1-l2)"""
    penalties = [l2_penalty(W, l2, m) for W, _ in parameters]
    return sum(penalties[1:], start=penalties[0])
