"""Our own three, in each of their modes."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np

from parity_tests.cases import Case
from parity_tests.implementations import Choice
from reference import Parameters
from reference.gradient_checking import flatten
from reports.speed.contenders import Contender
from reports.speed.contenders.coarse import (
    COARSE,
    jax_products,
    torch_products,
)

__all__ = ["Ours", "build"]

PACKAGES = {"numpy": "reference", "torch": "torch_impl", "jax": "jax_impl"}


class Ours:
    """An implementation of the contract, inside its scope for good."""

    def __init__(self, choice: Choice, case: Case) -> None:
        coarse = choice.dtype in COARSE
        plain = replace(choice, dtype="float32") if coarse else choice
        self.implementation = plain.build()
        self.scope = ExitStack()
        self.scope.enter_context(self.implementation.scope())
        if coarse and choice.name == "torch":
            scope = torch_products(choice.dtype, choice.device)
            self.scope.enter_context(scope)
        elif coarse:
            self.scope.enter_context(jax_products(choice.dtype))
        self.case = case
        self.parameters, *data = case.cast(self.implementation.dtype)
        self.data = self.implementation.to_native(tuple(data))

    def fresh(self, start: Parameters, steps: int) -> Any:
        native = self.implementation.to_native(start)
        prepared = self.implementation.prepare_train(
            self.case.network, native, *self.data, steps=steps,
            learning_rate=self.case.learning_rate, l2=self.case.l2,
        )  # fmt: skip
        self.implementation.synchronize(native)
        return prepared

    def train(self, start: Any, steps: int) -> Any:
        return start()

    def wait(self, trained: Any) -> None:
        self.implementation.synchronize(trained)

    def theta(self, trained: Any) -> np.ndarray:
        return flatten(self.implementation.to_numpy(trained[0]))

    def costs(self, trained: Any) -> np.ndarray:
        return np.ravel(self.implementation.to_numpy(trained[1]))

    def compiled_memory(self) -> dict[str, int]:
        """What JAX's compiler says that the jitted training takes, in bytes."""
        if (self.implementation.name, self.implementation.mode) != (
            "jax", "jit",
        ):  # fmt: skip
            return {}
        backend: Any = self.implementation
        start = self.implementation.to_native(self.parameters)
        lowered = backend.jitted_train().lower(
            self.case.network, start, *self.data, steps=self.case.steps,
            learning_rate=self.case.learning_rate, l2=self.case.l2,
        )  # fmt: skip
        told = lowered.compile().memory_analysis()
        return {
            name: getattr(told, f"{name}_size_in_bytes")
            for name in ("argument", "output", "temp")
        }


def build(contender: Contender, case: Case, dtype: str, device: str) -> Ours:
    """One of ours at work."""
    package = PACKAGES[contender.family]
    return Ours(Choice(package, contender.mode, dtype, device), case)
