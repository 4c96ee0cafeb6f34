"""Early stopping: where it stops, and what it goes back to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_tests.cases import HARD_CASES
from parity_tests.checks.lifting import PAGES, layers
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from reference import Layer, Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["early_stopping"]


@proves("3.1-early-stopping")
def early_stopping(implementation: Contract) -> Iterator[Comparison]:
    """It stops patience updates after the least dev cost, and goes back."""
    arithmetic, quantity = arithmetic_of(implementation), "early stopping"
    for name, opposed, steps, patience in (
        ("overfitted", True, 9, 1), ("overfitted", True, 9, 3),
        ("smooth", False, 4, 2), ("overfitted", True, 0, 1),
    ):  # fmt: skip
        case = HARD_CASES[name]
        dev = case.X + 0.5, (1 - case.Y) if opposed else case.Y
        parameters, X, Y = case.cast(arithmetic.dtype)
        X_dev, Y_dev = (np.array(a, arithmetic.dtype) for a in dev)
        settings: Any = {"learning_rate": 0.25, "l2": case.l2}
        with truth():
            best, costs, dev_costs, step = (
                PAGES.early_stopping.train_early_stopping(
                    case.network,
                    *lift((parameters, X, Y, X_dev, Y_dev), arithmetic),
                    **{k: lift(x, arithmetic) for k, x in settings.items()},
                    steps=steps, patience=patience,
                )
            )  # fmt: skip
        got = implementation.train_early_stopping(
            case.network, parameters, X, Y, X_dev, Y_dev,
            **settings, steps=steps, patience=patience,
        )  # fmt: skip
        yield compare_exactly(quantity, "best step", got[3], step)
        yield from layers(quantity, ("W", "b"), got[0], best)
        yield compare(quantity, "costs", got[1], costs)
        yield compare(quantity, "dev costs", got[2], dev_costs)
    yield from standstill(implementation)
    yield from zigzag(implementation)


def standstill(implementation: Contract) -> Iterator[Comparison]:
    """A step that moves nothing leaves equal dev costs: none is better."""
    case, quantity = HARD_CASES["overfitted"], "early stopping"
    _, costs, dev_costs, best_step = implementation.train_early_stopping(
        case.network, case.parameters, case.X, case.Y, case.X, case.Y,
        learning_rate=1e-30, steps=9, patience=2,
    )  # fmt: skip
    equal = len(set(dev_costs.tolist()))
    yield compare_exactly(quantity, "dev costs of a standstill", equal, 1)
    yield compare_exactly(quantity, "steps of a standstill", len(costs), 3)
    yield compare_exactly(quantity, "best of a standstill", best_step, 0)


def zigzag(implementation: Contract) -> Iterator[Comparison]:
    """Worse, better, worse, better: the count begins anew at each best.

    J = w^2 / 2 at alpha = 1.9 has w, -0.9 w, 0.81 w, ...; the dev set likes
    w = 1/2. Where it likes w = 2, what is better than the step before is
    still worse than the start. And where each step is better by so little,
    it never stops.
    """
    network, quantity = Network((1, 1), ("identity",)), "early stopping"
    X, Y = np.array([[1.0, -1.0]]), np.zeros((1, 2))
    start = (Layer(np.ones((1, 1)), np.zeros((1, 1))),)
    for name, liked, rate, steps, patience, due in (
        ("a zigzag", 0.5, 1.9, 7, 2, (8, 6)),
        ("never better than the start", 2.0, 1.9, 7, 3, (4, 0)),
        ("small gains", 0.0, 2e-5, 5, 1, (6, 5)),
        ("smaller gains", 0.0, 1e-8, 5, 1, (6, 5)),
    ):
        _, costs, _, best_step = implementation.train_early_stopping(
            network, start, X, Y, X, liked * X,
            learning_rate=rate, steps=steps, patience=patience,
        )  # fmt: skip
        if rate > 1e-6 or implementation.dtype == "float64":
            got = len(costs), best_step
            yield compare_exactly(quantity, name, got, due)
