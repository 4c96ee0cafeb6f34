"""What follows from a mistake: the gradients and the training of a wrong J.

Who differentiates by a library and makes a mistake in the forward pass, in
the loss or in the penalty has gradients that are right, for that J. So the
reference is asked for J with the mistake in force, and differentiated by
two-sided differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import reference
from parity_tests.mistakes import Mistake, Mistaken
from reference import Layer

__all__ = ["Differentiated"]

STEP = 1e-5
"""Of the two-sided difference: its error is some 1e-10 of J."""
MOST = 400
"""So many parameters, at most: two costs for each."""


class Differentiated:
    """The reference with mistakes, its gradients those of its J."""

    def __init__(self, *mistakes: Mistake) -> None:
        # In float64 whatever was asked: differences lose half of the digits.
        self.twin: Any = Mistaken(reference.implementation(), *mistakes)

    def gradients(
        self, network: Any, parameters: Any, X: Any, Y: Any, l2: Any = 0.0,
        dropout: Any = None,
    ) -> Any:  # fmt: skip
        """dJ/dW[l] and dJ/db[l]; ValueError where they are too many."""
        arrays = [np.array(a, float) for layer in parameters for a in layer]
        if sum(a.size for a in arrays) > MOST:
            raise ValueError(f"must have at most {MOST} parameters")
        found = [np.zeros_like(a) for a in arrays]
        for theta, slope in zip(arrays, found, strict=True):
            for at in np.ndindex(theta.shape):
                middle = theta[at]
                J = []
                for side in (1, -1):
                    theta[at] = middle + side * STEP
                    J.append(self.twin.cost(
                        network, paired(arrays), X, Y, l2, dropout
                    ))  # fmt: skip
                theta[at] = middle
                slope[at] = (J[0] - J[1]) / (2 * STEP)
        return paired(found)

    def train(
        self, network: Any, parameters: Any, X: Any, Y: Any, *,
        learning_rate: float, steps: int, l2: Any = 0.0,
    ) -> Any:  # fmt: skip
        """W - alpha dW, b - alpha db, and J before each update."""
        costs = []
        for _ in range(steps):
            costs.append(self.twin.cost(network, parameters, X, Y, l2))
            dJ = self.gradients(network, parameters, X, Y, l2)
            parameters = tuple(
                Layer(W - learning_rate * dW, b - learning_rate * db)
                for (W, b), (dW, db) in zip(parameters, dJ, strict=True)
            )
        return parameters, np.array(costs)


def paired(arrays: list[np.ndarray]) -> tuple[Layer, ...]:
    """W[1], b[1], W[2], ... as layers."""
    return tuple(
        Layer(W, b) for W, b in zip(arrays[::2], arrays[1::2], strict=True)
    )
