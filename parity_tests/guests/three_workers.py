"""A homework on several workers: the neural network of homework.py, whose
examples three workers share; here they take turns."""

from typing import Any

import numpy as np

from parity_tests.guests import homework
from parity_tests.guests.homework import forward

__all__ = ["forward", "gradients", "ranks"]

ranks = 3


def gradients(
    network: Any, parameters: Any, X: Any, Y: Any, l2: float = 0.0
) -> Any:
    """Each worker's gradients, weighted by its share of the examples."""
    m, total = X.shape[1], [(0 * W, 0 * b) for W, b in parameters]
    for i in np.array_split(np.arange(m), ranks):
        if len(i) == 0:
            continue
        own = homework.gradients(network, parameters, X[:, i], Y[:, i])
        weight = len(i) / m
        total = [
            (W + weight * dW, b + weight * db)
            for (W, b), (dW, db) in zip(total, own, strict=True)
        ]
    return [
        (dW + l2 / m * W, db)
        for (dW, db), (W, _) in zip(total, parameters, strict=True)
    ]
