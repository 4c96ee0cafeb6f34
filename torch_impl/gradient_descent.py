"""Gradient descent on the whole training set, mirrored from
reference/gradient_descent.py.

Differs from the reference:
- the costs stay on the device until the loop has ended: reading each one
  would make the host wait for every step.

PyTorch's own: torch.optim.SGD; see idiomatic.py.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor as Array

from reference.specification import Layer, Network, Parameters
from torch_impl.backpropagation import cost_and_gradients

__all__ = ["update", "step", "repeat", "train"]


def update(
    parameters: Parameters, gradients: Parameters, learning_rate: float | Array
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
    learning_rate: float | Array,
    l2: float | Array,
) -> tuple[Parameters, Float[Array, ""]]:
    """One pass of the loop: J before the update, then the update    (A1.1)"""
    J, dJ = cost_and_gradients(network, parameters, X, Y, l2)
    return update(parameters, dJ, learning_rate), J


def repeat(
    step: Callable[[Parameters], tuple[Parameters, Array]],
    parameters: Parameters,
    steps: int,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { step }                                               (A1.1)"""
    costs = []
    for _ in range(steps):
        parameters, J = step(parameters)
        costs.append(J)
    return parameters, torch.stack(costs) if costs else torch.zeros(0)


def train(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float | Array,
    steps: int,
    l2: float | Array = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)"""

    def descend(parameters: Parameters) -> tuple[Parameters, Array]:
        return step(network, parameters, X, Y, learning_rate, l2)

    return repeat(descend, parameters, steps)
