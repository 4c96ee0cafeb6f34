"""Activation functions g and their derivatives g'.

Symbol        Shape    Meaning
Z             (n, m)   linear part of one layer, one column per example
A = g(Z)      (n, m)   activation of the layer
leaky_slope   scalar   slope of leaky ReLU left of 0, in [0, 1]

Source: notes, section 2.2, and 2.3 for the derivatives. At Z = 0, where
the notes leave g' undefined, ReLU and leaky ReLU take it from the left.
"""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

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
    return np.ones_like(Z)


def sigmoid(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g(Z) = 1 / (1 + e^-Z)                                  (1.2-sigmoid)

    Evaluated with e^-|Z|, which never overflows: for Z < 0 both parts of
    the fraction are multiplied by e^Z.
    """
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1, E) / (1 + E)


def sigmoid_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g'(Z) = g(Z) (1 - g(Z))                            (2.3-derivatives)"""
    A = sigmoid(Z)
    return A * (1 - A)


def tanh(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g(Z) = (e^Z - e^-Z) / (e^Z + e^-Z)                        (2.2-tanh)

    NumPy's own: the quotient as printed is inf / inf from |Z| = 710 on.
    """
    return np.tanh(Z)


def tanh_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g'(Z) = 1 - g(Z)^2                                 (2.3-derivatives)"""
    A = tanh(Z)
    return 1 - A * A


def shifted_sigmoid(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """tanh(Z) = 2 sigma(2 Z) - 1                                (2.2-tanh)

    The notes' "shifted version of the sigmoid"; near Z = 0 it cancels, so
    tanh is not computed by it.
    """
    return 2 * sigmoid(2 * Z) - 1


def relu(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g(Z) = max(0, Z)                                          (2.2-relu)"""
    return np.maximum(0, Z)


def relu_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """g'(Z) = 1 if Z > 0 else 0                          (2.3-derivatives)

    At Z = 0 a zero-initialized or dropped node sits on the kink, so the
    value there decides whether it learns: 0, as in PyTorch and JAX.
    """
    return (Z > 0).astype(Z.dtype)


def leaky_relu(
    Z: Float[Array, "n m"], leaky_slope: float | Scalar
) -> Float[Array, "n m"]:
    """g(Z) = max(leaky_slope Z, Z)                        (2.2-leaky-relu)"""
    return np.where(Z > 0, Z, leaky_slope * Z)


def leaky_relu_derivative(
    Z: Float[Array, "n m"], leaky_slope: float | Scalar
) -> Float[Array, "n m"]:
    """g'(Z) = 1 if Z > 0 else leaky_slope                (2.3-derivatives)"""
    return np.where(Z > 0, np.ones_like(Z), leaky_slope)


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
