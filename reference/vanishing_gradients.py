"""Vanishing and exploding signals, layer by layer.

Symbol   Shape     Meaning
w        scalar    the value that all weights of a linear chain share
A[l]     (n[l], m) activations of layer l
dW[l]    (n[l], n[l-1])
                   gradient of the weights of layer l
scale    (L,)      root mean square of each, for l = 1 ... L

Source: notes, section 3.2.2. Erratum: it calls the variance 1/n[l-1] the
Xavier initialization; see initialization.py.
"""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.backpropagation import gradients
from reference.network import forward
from reference.specification import Network, Parameters

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
    return np.stack(a)


def root_mean_square(A: Float[Array, "n m"]) -> Float[Scalar, ""]:
    """sqrt(mean of A_ij^2)                               (3.2.2-vanishing)"""
    return np.sqrt(np.mean(A * A))


def activation_scales(
    network: Network, parameters: Parameters, X: Float[Array, "n_x m"]
) -> Float[Array, " L"]:
    """the scale of A[l], for l = 1 ... L                 (3.2.2-vanishing)"""
    A = forward(network, parameters, X)
    return np.stack([root_mean_square(A_l) for A_l in A])


def gradient_scales(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
) -> Float[Array, " L"]:
    """the scale of dW[l], for l = 1 ... L                (3.2.2-vanishing)"""
    dJ = gradients(network, parameters, X, Y)
    return np.stack([root_mean_square(dW) for dW, _ in dJ])
