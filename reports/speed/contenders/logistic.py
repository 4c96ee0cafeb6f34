"""Logistic regression in a loop over the examples, and without one."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_tests.cases import Case
from parity_tests.implementations import MODES, Choice
from reference import Layer, Parameters
from reports.speed.contenders import Contender
from reports.speed.contenders.ours import PACKAGES, Ours

__all__ = ["Logistic", "build"]


class Logistic(Ours):
    """w as a column, as the notes' section 1.2 has it."""

    def __init__(self, choice: Choice, way: str, case: Case) -> None:
        super().__init__(choice, case)
        self.way = way

    def fresh(self, start: Parameters, steps: int) -> Any:
        ((W, b),) = start
        layer = Layer(np.ascontiguousarray(W.T), b)
        native = self.implementation.to_native(layer)
        self.implementation.synchronize(native)
        return native

    def train(self, start: Any, steps: int) -> Any:
        return self.implementation.run_logistic(
            self.way, start, *self.data, steps=steps,
            learning_rate=self.case.learning_rate,
        )  # fmt: skip

    def compiled_memory(self) -> dict[str, int]:
        return {}

    def theta(self, trained: Any) -> np.ndarray:
        w, b = self.implementation.to_numpy(trained[0])
        return np.concatenate([w[:, 0], b[0]])


def build(
    contender: Contender, case: Case, dtype: str, device: str
) -> Logistic:
    """One of ours at work, in its default mode."""
    package = PACKAGES[contender.family]
    choice = Choice(package, MODES[package][0], dtype, device)
    return Logistic(choice, contender.mode, case)
