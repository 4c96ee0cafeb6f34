"""L2 regularization, mirrored from reference/regularization.py.

Differs from the reference:
- the gradient is what autograd makes of the penalty.

PyTorch's own: weight_decay of torch.optim.SGD adds weight_decay * p to the
gradient of every parameter. The notes' penalty is weight_decay = lambda/m
on the weights alone; the reported cost then lacks it.
"""

import torch
from jaxtyping import Float
from torch import Tensor as Array

from reference.specification import Parameters
from torch_impl.activations import derivative

__all__ = [
    "squared_frobenius_norm",
    "l2_penalty",
    "l2_penalty_gradient",
    "l2_cost",
]


def squared_frobenius_norm(
    W: Float[Array, "n n_prev"],
) -> Float[Array, ""]:
    """||W||^2 = sum_i sum_j W_ij^2                         (3.1-frobenius)"""
    return torch.sum(W * W)


def l2_penalty(
    W: Float[Array, "n n_prev"], l2: float | Array, m: int
) -> Float[Array, ""]:
    """lambda/(2m) ||W||^2                                         (3.1-l2)"""
    return l2 / (2 * m) * squared_frobenius_norm(W)


def l2_penalty_gradient(
    W: Float[Array, "n n_prev"], l2: float | Array, m: int
) -> Float[Array, "n n_prev"]:
    """lambda/m W                                                  (3.1-l2)"""
    return derivative(lambda W: l2_penalty(W, l2, m), W)


def l2_cost(
    parameters: Parameters, l2: float | Array, m: int
) -> Float[Array, ""]:
    """lambda/(2m) sum_l ||W[l]||^2                                (3.1-l2)"""
    penalties = [l2_penalty(W, l2, m) for W, _ in parameters]
    return sum(penalties[1:], start=penalties[0])
