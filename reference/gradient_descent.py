"""Gradient descent on the whole training set.

Symbol          Shape   Meaning
parameters      (W[l], b[l]) for l = 1 ... L
gradients       (dW[l], db[l]), of the same shapes
learning_rate   scalar  the notes' alpha, in [0, inf)
costs           (steps,)  costs[k] is J before update k

Source: notes, algorithm 1.1. Erratum: it prints dw/dJ for dJ/dw.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.backpropagation import cost_and_gradients
from reference.specification import Dropout, Layer, Network, Parameters

__all__ = ["update", "step", "repeat", "train", "train_dropout"]

P = TypeVar("P")


def update(
    parameters: Parameters, gradients: Parameters, learning_rate: float | Scalar
) -> Parameters:
    """W := W - alpha dW,  b := b - alpha db                         (A1.1)"""
    return tuple(
        Layer(W - learning_rate * dW, b - learning_rate * db)
        for (W, b), (dW, db) in zip(parameters, gradients, strict=True)
    )


def step(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    learning_rate: float | Scalar,
    l2: float | Scalar,
    dropout: Dropout | None = None,
) -> tuple[Parameters, Float[Scalar, ""]]:
    """One pass of the loop: J before the update, then the update    (A1.1)"""
    J, dJ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    return update(parameters, dJ, learning_rate), J


def repeat(
    step: Callable[[P], tuple[P, Scalar]], parameters: P, steps: int
) -> tuple[P, Float[Array, " steps"]]:
    """Repeat { step }                                               (A1.1)"""
    costs = []
    for _ in range(steps):
        parameters, J = step(parameters)
        costs.append(J)
    return parameters, np.stack(costs) if costs else np.zeros(0)


def train(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float | Scalar,
    steps: int,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)"""
    return repeat(
        lambda theta: step(network, theta, X, Y, learning_rate, l2),
        parameters,
        steps,
    )


def train_dropout(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    dropouts: tuple[Dropout, ...],
    *,
    learning_rate: float | Scalar,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """For each D: W := W - alpha dW,  b := b - alpha db, under the masks D
    (A1.1, 3.1-dropout)"""
    costs = []
    for D in dropouts:
        parameters, J = step(network, parameters, X, Y, learning_rate, l2, D)
        costs.append(J)
    return parameters, np.stack(costs)
