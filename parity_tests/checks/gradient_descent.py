"""Gradient descent: the parameters and costs of a case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parity_tests.cases import Case
from parity_tests.checks.lifting import PAGES, kept, layers, lifted
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    proves,
    truth,
)
from reference.rounding import Arithmetic, lift
from reference.specification import Contract

__all__ = ["train"]


@proves("A1.1")
def train(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """Parameters and costs after a few steps, all in one call."""
    arithmetic = arithmetic_of(implementation)
    due, J = true_training(case, arithmetic)
    settings: dict[str, Any] = {
        "learning_rate": case.learning_rate,
        "steps": case.steps,
        "l2": case.l2,
    }
    got, costs = implementation.train(
        case.network, case.parameters, case.X, case.Y, **settings
    )
    what = "training + L2" if case.l2 else "training"
    begun, *_ = case.cast(arithmetic.dtype)
    yield from layers(what, ("W", "b"), got, due, begun)
    yield compare(what, "costs", costs, J)


@kept
def true_training(case: Case, arithmetic: Arithmetic) -> Any:
    parameters, X, Y, l2 = lifted(case, arithmetic)
    rate = lift(case.learning_rate, arithmetic)
    with truth():
        return PAGES.gradient_descent.train(
            case.network, parameters, X, Y,
            learning_rate=rate, steps=case.steps, l2=l2,
        )  # fmt: skip
