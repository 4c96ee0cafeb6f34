"""What follows from a mistake: the gradients and the training of a wrong J.

Who differentiates by a library and makes a mistake in the forward pass, in
the loss or in the penalty has gradients that are right, for that J. So the
reference is asked for J with the mistake in force, and differentiated by
two-sided differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_tests.mistakes import Mistake
from parity_tests.wrong.mistake import in_force
from reference import Layer, gradient_descent
from reference import network as page
from reference.stable_forms import replaced

__all__ = ["Differentiated"]

STEP = 1e-5
"""Of the two-sided difference: its error is some 1e-10 of J."""
MOST = 60
"""So many parameters, at most: two costs for each."""


class Differentiated:
    """The reference with mistakes, its gradients those of its J."""

    def __init__(self, *mistakes: Mistake) -> None:
        self.mistakes = mistakes

    def gradients(
        self, network: Any, parameters: Any, X: Any, Y: Any, l2: Any = 0.0,
        dropout: Any = None,
    ) -> Any:  # fmt: skip
        """dJ/dW[l] and dJ/db[l]; ValueError where they are too many."""
        # In float64 whatever was asked: differences lose half of the digits.
        data = in_double(parameters), np.asarray(X, float), np.asarray(Y, float)
        with in_force(*self.mistakes):
            return slopes(network, *data, l2, dropout)[1]

    def train(
        self, network: Any, parameters: Any, X: Any, Y: Any, *,
        learning_rate: float, steps: int, l2: Any = 0.0,
    ) -> Any:  # fmt: skip
        """The reference's training, with its mistakes, by these gradients."""
        data = in_double(parameters), np.asarray(X, float), np.asarray(Y, float)
        with (
            in_force(*self.mistakes),
            replaced("backpropagation", "cost_and_gradients", slopes),
        ):
            return gradient_descent.train(
                network, *data, learning_rate=learning_rate, steps=steps, l2=l2
            )


def slopes(
    network: Any, parameters: Any, X: Any, Y: Any, l2: Any = 0.0,
    dropout: Any = None,
) -> Any:  # fmt: skip
    """J, and its two-sided differences; ValueError where they are too many."""
    arrays = [np.array(a) for layer in parameters for a in layer]
    if sum(a.size for a in arrays) > MOST:
        raise ValueError(f"must have at most {MOST} parameters")
    found = [np.zeros_like(a) for a in arrays]
    for theta, slope in zip(arrays, found, strict=True):
        for at in np.ndindex(theta.shape):
            middle = theta[at]
            J = []
            for side in (1, -1):
                theta[at] = middle + side * STEP
                J.append(float(page.cost(
                    network, paired(arrays), X, Y, l2, dropout
                )))  # fmt: skip
            theta[at] = middle
            slope[at] = (J[0] - J[1]) / (2 * STEP)
    return page.cost(network, parameters, X, Y, l2, dropout), paired(found)


def in_double(parameters: Any) -> tuple[Layer, ...]:
    """The parameters as float64."""
    return paired([np.array(a, float) for layer in parameters for a in layer])


def paired(arrays: list[np.ndarray]) -> tuple[Layer, ...]:
    """W[1], b[1], W[2], ... as layers."""
    return tuple(
        Layer(W, b) for W, b in zip(arrays[::2], arrays[1::2], strict=True)
    )
