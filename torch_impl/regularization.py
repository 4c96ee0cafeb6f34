"""L2 regularization, mirrored from reference/regularization.py.

Differs from the reference:
- the gradient is what torch.func.grad makes of the penalty.

PyTorch's own: weight_decay of torch.optim.SGD adds weight_decay * p to the
gradient of every parameter. The notes' penalty is weight_decay = lambda/m
on the weights alone; the reported cost then lacks it.
"""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

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
    return torch.sum(W * W)


def l2_penalty(
    W: Float[Array, "n n_prev"], l2: float | Scalar, m: int
) -> Float[Scalar, ""]:
    """lambda/(2m) ||W||^2                                         (3.1-l2)"""
    return l2 / (2 * m) * squared_frobenius_norm(W)


def l2_penalty_gradient(
    W: Float[Array, "n n_prev"], l2: float | Scalar, m: int
) -> Float[Array, "n n_prev"]:
    """lambda/m W                                                  (3.1-l2)"""
    return torch.func.grad(l2_penalty)(W, l2, m)


def weight_decay(
    W: Float[Array, "n n_prev"],
    dW: Float[Array, "n n_prev"],
    learning_rate: float | Scalar,
    l2: float | Scalar,
    m: int,
) -> Float[Array, "n n_prev"]:
    """W := (1 - alpha lambda/m) W - alpha dW                      (3.1-l2)"""
    return (1 - learning_rate * l2 / m) * W - learning_rate * dW


def l2_cost(
    parameters: Parameters, l2: float | Scalar, m: int
) -> Float[Scalar, ""]:
    """lambda/(2m) sum_l ||W[l]||^2                                (3.1-l2)"""
    penalties = [l2_penalty(W, l2, m) for W, _ in parameters]
    return sum(penalties[1:], start=penalties[0])
