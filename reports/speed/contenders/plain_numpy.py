"""The formulas as one writes them down, in one function of NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_tests.cases import Case
from reference import Parameters
from reference.gradient_checking import flatten
from reports.speed.contenders import Contender

__all__ = ["PlainNumPy", "build"]

ACTIVATIONS: dict[str, Any] = {
    "tanh": (np.tanh, lambda A: 1 - A * A),
    "relu": (lambda Z: np.maximum(Z, 0), lambda A: A > 0),
}


class PlainNumPy:
    """Lists of arrays, and a loop."""

    def __init__(self, case: Case, dtype: str) -> None:
        self.case = case
        _, self.X, self.Y = case.cast(np.dtype(dtype))

    def fresh(self, start: Parameters, steps: int) -> Any:
        return start

    def train(self, start: Any, steps: int) -> Any:
        layers, X, Y, m = list(start), self.X, self.Y, self.case.m
        l2, rate = self.case.l2, self.case.learning_rate
        hidden = self.case.network.activations[0]
        g, slope = ACTIVATIONS.get(hidden, ACTIVATIONS["tanh"])
        costs = []
        for _ in range(steps):
            A = [X]
            for W, b in layers[:-1]:
                A.append(g(W @ A[-1] + b))
            W, b = layers[-1]
            Z = W @ A[-1] + b
            losses = np.maximum(Z, 0) - Y * Z + np.log1p(np.exp(-np.abs(Z)))
            penalty = sum(np.sum(W * W) for W, _ in layers)
            costs.append(np.sum(losses) / m + l2 / (2 * m) * penalty)
            dZ = 1 / (1 + np.exp(-Z)) - Y
            for l in range(len(layers) - 1, -1, -1):
                W, b = layers[l]
                dW = dZ @ A[l].T / m + l2 / m * W
                db = np.sum(dZ, axis=1, keepdims=True) / m
                if l > 0:
                    dZ = (W.T @ dZ) * slope(A[l])
                layers[l] = (W - rate * dW, b - rate * db)
        return layers, costs

    def wait(self, trained: Any) -> None:
        pass

    def theta(self, trained: Any) -> np.ndarray:
        return flatten(trained[0])

    def costs(self, trained: Any) -> np.ndarray:
        return np.array(trained[1])


def build(
    contender: Contender, case: Case, dtype: str, device: str
) -> PlainNumPy:
    """The peer at work."""
    return PlainNumPy(case, dtype)
