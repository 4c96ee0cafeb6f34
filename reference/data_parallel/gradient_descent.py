"""reference/gradient_descent.py on ranks: the same update on each."""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.data_parallel.backpropagation import gradients
from reference.data_parallel.network import cost
from reference.data_parallel.sharding import Ranks
from reference.gradient_descent import repeat, update
from reference.specification import Dropout, Network, Parameters

__all__ = ["step", "train", "train_dropout"]


def step(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    learning_rate: float | Scalar,
    l2: float | Scalar,
    dropout: Dropout | None = None,
) -> tuple[Parameters, Float[Scalar, ""]]:
    """J before the update, then the same update on every rank       (A1.1)"""
    J = cost(ranks, network, parameters, X, Y, l2, dropout)
    dJ = gradients(ranks, network, parameters, X, Y, l2, dropout)
    return update(parameters, dJ, learning_rate), J


def train(
    ranks: Ranks,
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
        lambda theta: step(ranks, network, theta, X, Y, learning_rate, l2),
        parameters,
        steps,
    )


def train_dropout(
    ranks: Ranks,
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
        parameters, J = step(
            ranks, network, parameters, X, Y, learning_rate, l2, D
        )
        costs.append(J)
    return parameters, np.stack(costs)
