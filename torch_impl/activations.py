"""Activation functions g and their derivatives g', mirrored from
reference/activations.py.

Differs from the reference:
- every g' is what autograd makes of the g above it.

PyTorch's own: torch.sigmoid, torch.tanh, torch.relu and leaky_relu agree
with the notes, at Z = 0 too; torch.clamp(Z, min=0) and torch.maximum do not
(derivatives 1 and 1/2 there).
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

__all__ = [
    "identity",
    "identity_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "tanh",
    "tanh_derivative",
    "shifted_sigmoid",
    "relu",
    "relu_derivative",
    "leaky_relu",
    "leaky_relu_derivative",
    "activation",
    "activation_derivative",
]


def identity(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g(Z) = Z                                              (2.2-identity)"""
    return Z


def identity_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g'(Z) = 1                                             (2.2-identity)"""
    return derivative(identity, Z)


def sigmoid(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g(Z) = 1 / (1 + e^-Z)                                  (1.2-sigmoid)"""
    return torch.sigmoid(Z)


def sigmoid_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g'(Z) = g(Z) (1 - g(Z))                            (2.3-derivatives)"""
    return derivative(sigmoid, Z)


def tanh(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g(Z) = (e^Z - e^-Z) / (e^Z + e^-Z)                        (2.2-tanh)"""
    return torch.tanh(Z)


def tanh_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g'(Z) = 1 - g(Z)^2                                 (2.3-derivatives)"""
    return derivative(tanh, Z)


def shifted_sigmoid(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """tanh(Z) = 2 sigma(2 Z) - 1                                (2.2-tanh)"""
    return 2 * sigmoid(2 * Z) - 1


def relu(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g(Z) = max(0, Z)                                          (2.2-relu)"""
    return torch.relu(Z)


def relu_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g'(Z) = 1 if Z > 0 else 0                          (2.3-derivatives)"""
    return derivative(relu, Z)


def leaky_relu(
    Z: Float[Array, "n m"], leaky_slope: float | Scalar
) -> Float[Array, "n m"]:
    """g(Z) = max(leaky_slope Z, Z)                        (2.2-leaky-relu)"""
    return F.leaky_relu(Z, float(leaky_slope))


def leaky_relu_derivative(
    Z: Float[Array, "n m"], leaky_slope: float | Scalar
) -> Float[Array, "n m"]:
    """g'(Z) = 1 if Z > 0 else leaky_slope                (2.3-derivatives)"""
    return derivative(lambda Z: leaky_relu(Z, leaky_slope), Z)


def activation(
    name: str, Z: Float[Array, "n m"], leaky_slope: float | Scalar
) -> Float[Array, "n m"]:
    """A = g(Z), with g chosen by its name                            (2.4)"""
    match name:
        case "identity":
            return identity(Z)
        case "sigmoid":
            return sigmoid(Z)
        case "tanh":
            return tanh(Z)
        case "relu":
            return relu(Z)
        case _:
            return leaky_relu(Z, leaky_slope)


def activation_derivative(
    name: str, Z: Float[Array, "n m"], leaky_slope: float | Scalar
) -> Float[Array, "n m"]:
    """g'(Z), with g chosen by its name                   (2.3-derivatives)"""
    match name:
        case "identity":
            return identity_derivative(Z)
        case "sigmoid":
            return sigmoid_derivative(Z)
        case "tanh":
            return tanh_derivative(Z)
        case "relu":
            return relu_derivative(Z)
        case _:
            return leaky_relu_derivative(Z, leaky_slope)


def derivative(g: Callable[[Array], Array], Z: Array) -> Array:
    """g'(Z) of an elementwise g: its pullback of ones."""
    return torch.func.vjp(g, Z)[1](torch.ones_like(Z))[0]
