"""Losses of the output layer, from Z[L], and their mean over the examples.

Symbol        Shape      Meaning
Z             (n_L, m)   linear part of the output layer
A = g(Z)      (n_L, m)   output, the notes' y_hat
Y             (n_L, m)   labels in [0, 1], or targets of a regression
dZ            (n_L, m)   dL/dZ of each example, m times dJ/dZ
J             scalar     cost: a sum over outputs, a mean over examples

Source: notes, section 1.2, and (2.9). Errata: for y = 0 the notes print
-log(y_hat - 1); -log(1 - y_hat) is meant, and only then are the two cases
the one-line loss. (2.9) holds for the first two pairs of activation and
loss here; a ReLU output needs the factor g'(Z) of (2.12).
"""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.activations import relu, relu_derivative, sigmoid

__all__ = [
    "cross_entropy",
    "cross_entropy_gradient",
    "half_squared_error",
    "half_squared_error_gradient",
    "loss",
    "loss_gradient",
    "mean_over_examples",
]


def cross_entropy(
    Z: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """L = -Y log A - (1 - Y) log(1 - A),  A = sigmoid(Z)        (1.2-loss)

    Evaluated from Z, as max(Z, 0) - Y Z + log(1 + e^-|Z|): a saturated
    output then costs |Z|, where log A would give inf, and inf * 0 nan.
    """
    return np.maximum(Z, 0) - Y * Z + np.log1p(np.exp(-np.abs(Z)))


def cross_entropy_gradient(
    Z: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """dZ = A - Y,  A = sigmoid(Z)                                    (2.9)"""
    return sigmoid(Z) - Y


def half_squared_error(
    A: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """L = (A - Y)^2 / 2                                    (1-relu-neuron)

    The notes name no loss for the price model; half the square is the one
    for which (2.9) holds under an identity output.
    """
    return (A - Y) * (A - Y) / 2


def half_squared_error_gradient(
    A: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """dA = A - Y                                           (1-relu-neuron)"""
    return A - Y


def loss(
    output: str, Z: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """L(g(Z), Y), with the loss that belongs to the output g    (1.2-loss)"""
    match output:
        case "sigmoid":
            return cross_entropy(Z, Y)
        case "identity":
            return half_squared_error(Z, Y)
        case _:
            return half_squared_error(relu(Z), Y)


def loss_gradient(
    output: str, Z: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Array, "n m"]:
    """dZ = A - Y, and for a ReLU output (A - Y) * g'(Z)              (2.9)"""
    match output:
        case "sigmoid":
            return cross_entropy_gradient(Z, Y)
        case "identity":
            return half_squared_error_gradient(Z, Y)
        case _:
            dA = half_squared_error_gradient(relu(Z), Y)
            return dA * relu_derivative(Z)


def mean_over_examples(losses: Float[Array, "n m"]) -> Float[Scalar, ""]:
    """J = 1/m sum_i L(i), the n outputs of an example summed    (1.2-cost)

    A mean over all n m entries, the habit of libraries, is n times less.
    """
    return np.sum(losses) / losses.shape[1]
