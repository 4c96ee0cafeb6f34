"""Vanishing and exploding signals, layer by layer, mirrored from
reference/vanishing_gradients.py.

Differs from the reference:
- the gradients come from autograd.
"""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Network, Parameters
from torch_impl.backpropagation import gradients
from torch_impl.network import forward

__all__ = [
    "repeated_weight",
    "root_mean_square",
    "activation_scales",
    "gradient_scales",
]


def repeated_weight(w: Float[Array, ""], L: int) -> Float[Array, " L"]:
    """a[l] = w a[l-1] from a[0] = 1: w, w^2, ..., w^L    (3.2.2-vanishing)"""
    a = [w]
    for _ in range(1, L):
        a.append(w * a[-1])
    return torch.stack(a)


def root_mean_square(A: Float[Array, "n m"]) -> Float[Scalar, ""]:
    """sqrt(mean of A_ij^2)                               (3.2.2-vanishing)"""
    return torch.sqrt(torch.mean(A * A))


def activation_scales(
    network: Network, parameters: Parameters, X: Float[Array, "n_x m"]
) -> Float[Array, " L"]:
    """the scale of A[l], for l = 1 ... L                 (3.2.2-vanishing)"""
    A = forward(network, parameters, X)
    return torch.stack([root_mean_square(A_l) for A_l in A])


def gradient_scales(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
) -> Float[Array, " L"]:
    """the scale of dW[l], for l = 1 ... L                (3.2.2-vanishing)"""
    dJ = gradients(network, parameters, X, Y)
    return torch.stack([root_mean_square(dW) for dW, _ in dJ])
