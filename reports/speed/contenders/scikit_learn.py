"""scikit-learn's MLPClassifier, a step by partial_fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier

from parity_tests.cases import Case
from reference import Parameters
from reports.speed.contenders import Contender

__all__ = ["ScikitLearn", "build"]


class ScikitLearn:
    """Plain gradient descent on one batch of all examples, as rows."""

    def __init__(self, case: Case, dtype: str) -> None:
        self.case = case
        _, X, Y = case.cast(np.dtype(dtype))
        self.rows = np.ascontiguousarray(X.T)
        one = len(Y) == 1
        self.labels = Y[0].astype(int) if one else Y.T.astype(int)
        self.classes = np.arange(2 if one else len(Y))

    def fresh(self, start: Parameters, steps: int) -> Any:
        case = self.case
        model = MLPClassifier(
            hidden_layer_sizes=case.network.layer_sizes[1:-1],
            activation=case.network.activations[0]
            if case.network.L > 1
            else "identity",
            solver="sgd", alpha=case.l2, batch_size=case.m, momentum=0,
            learning_rate_init=case.learning_rate, shuffle=False,
        )  # fmt: skip
        # A first step makes its arrays; they are written over after it.
        model.partial_fit(self.rows, self.labels, classes=self.classes)
        for W, b, layer in zip(
            model.coefs_, model.intercepts_, start, strict=True
        ):
            W[:], b[:] = layer.W.T, layer.b[:, 0]
        model.loss_curve_ = []
        return model

    def train(self, start: Any, steps: int) -> Any:
        for _ in range(steps):
            start.partial_fit(self.rows, self.labels)
        return start

    def wait(self, trained: Any) -> None:
        pass

    def theta(self, trained: Any) -> np.ndarray:
        pairs = zip(trained.coefs_, trained.intercepts_, strict=True)
        return np.concatenate([a for W, b in pairs for a in (W.T.ravel(), b)])

    def costs(self, trained: Any) -> np.ndarray:
        return np.array(trained.loss_curve_)


def build(
    contender: Contender, case: Case, dtype: str, device: str
) -> ScikitLearn:
    """The peer at work."""
    return ScikitLearn(case, dtype)
