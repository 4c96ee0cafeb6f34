"""Our own three, in each of their modes."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_tests.cases import Case
from parity_tests.implementations import Choice
from reference.gradient_checking import flatten
from reports.speed.contenders import Contender

__all__ = ["Ours", "build"]

PACKAGES = {"numpy": "reference", "torch": "torch_impl", "jax": "jax_impl"}


class Ours:
    """An implementation of the contract, inside its scope for good."""

    def __init__(self, choice: Choice, case: Case) -> None:
        self.implementation = choice.build()
        self.scope = self.implementation.scope()
        self.scope.__enter__()
        self.case = case
        self.parameters, *data = case.cast(self.implementation.dtype)
        self.data = self.implementation.to_native(tuple(data))

    def fresh(self) -> Any:
        start = self.implementation.to_native(self.parameters)
        self.implementation.synchronize(start)
        return start

    def train(self, start: Any, steps: int) -> Any:
        return self.implementation.run_train(
            self.case.network, start, *self.data, steps=steps,
            learning_rate=self.case.learning_rate, l2=self.case.l2,
        )  # fmt: skip

    def wait(self, trained: Any) -> None:
        self.implementation.synchronize(trained)

    def theta(self, trained: Any) -> np.ndarray:
        return flatten(self.implementation.to_numpy(trained[0]))


def build(contender: Contender, case: Case, dtype: str, device: str) -> Ours:
    """One of ours at work."""
    package = PACKAGES[contender.family]
    return Ours(Choice(package, contender.mode, dtype, device), case)
