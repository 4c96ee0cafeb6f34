"""HIPS autograd: NumPy's functions, differentiated as they run."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad

from parity_tests.cases import Case
from reference import Parameters
from reference.gradient_checking import flatten
from reports.speed.contenders import Contender

__all__ = ["HipsAutograd", "build"]


class HipsAutograd:
    """value_and_grad of J, and the update."""

    def __init__(self, case: Case, dtype: str) -> None:
        self.case = case
        _, X, Y = case.cast(np.dtype(dtype))
        m, l2, g = case.m, case.l2, case.network.activations

        def cost(layers: Any) -> Any:
            A = X
            for (W, b), name in zip(layers, g, strict=True):
                Z = W @ A + b
                A = anp.tanh(Z) if name == "tanh" else anp.maximum(Z, 0)
            losses = anp.maximum(Z, 0) - Y * Z + anp.log1p(anp.exp(-anp.abs(Z)))
            penalty = sum(anp.sum(W * W) for W, _ in layers)
            return anp.sum(losses) / m + l2 / (2 * m) * penalty

        self.cost_and_gradients = value_and_grad(cost)

    def fresh(self, start: Parameters, steps: int) -> Any:
        return [tuple(layer) for layer in start]

    def train(self, start: Any, steps: int) -> Any:
        layers, rate, costs = start, self.case.learning_rate, []
        for _ in range(steps):
            J, gradients = self.cost_and_gradients(layers)
            layers = [
                (W - rate * dW, b - rate * db)
                for (W, b), (dW, db) in zip(layers, gradients, strict=True)
            ]
            costs.append(J)
        return layers, costs

    def wait(self, trained: Any) -> None:
        pass

    def theta(self, trained: Any) -> np.ndarray:
        return flatten(trained[0])

    def costs(self, trained: Any) -> np.ndarray:
        return np.array(trained[1])


def build(
    contender: Contender, case: Case, dtype: str, device: str
) -> HipsAutograd:
    """The peer at work."""
    return HipsAutograd(case, dtype)
