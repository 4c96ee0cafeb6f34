"""Steepest ascent: no direction rises more than the gradient's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_tests.cases import HARD_CASES
from parity_tests.checks.lifting import PAGES, lifted
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    proves,
    truth,
)
from reference import Layer
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["steepest_ascent"]


@proves("P1.1")
def steepest_ascent(implementation: Contract) -> Iterator[Comparison]:
    """J rises along the gradient by its length, and along no other more."""
    case = HARD_CASES["smooth"]
    data = case.network, case.parameters, case.X, case.Y
    arithmetic, quantity = arithmetic_of(implementation), "steepest ascent"
    dJ = implementation.gradients(*data, case.l2)
    page = implementation.pages.steepest_ascent
    up = implementation.call(page.steepest_direction, dJ)
    found = np.concatenate([a.ravel() for p in up for a in p])
    with truth():
        g = PAGES.gradient_checking.flatten(
            PAGES.backpropagation.gradients(
                case.network, *lifted(case, arithmetic)
            )
        )
        v = lift(found, arithmetic)
        due, length = np.sum(g * v), np.sqrt(np.sum(g * g))
        direction = g / length
    yield compare(quantity, "dJ / ||dJ||", found, direction)
    slope = implementation.directional_derivative(*data, up, case.l2)
    yield compare(quantity, "slope along dJ / ||dJ||", slope, due)
    twice = tuple(Layer(2 * dW, 2 * db) for dW, db in up)
    slope = implementation.directional_derivative(*data, twice, case.l2)
    yield compare(quantity, "slope along twice that", slope, 2 * due)
    highest = float(length.value + length.error)
    rng = np.random.default_rng(0)
    for k in range(20):
        random = [
            Layer(rng.normal(size=W.shape), rng.normal(size=b.shape))
            for W, b in dJ
        ]
        aside = implementation.call(page.steepest_direction, as_dtype(
            random, implementation.dtype))  # fmt: skip
        got = implementation.directional_derivative(*data, aside, case.l2)
        yield Comparison(quantity, f"direction {k}", abs(got) / highest,
                         got, "no more than", highest)  # fmt: skip


def as_dtype(parameters: Any, dtype: np.dtype) -> tuple[Layer, ...]:
    """The parameters in that dtype."""
    return tuple(Layer(W.astype(dtype), b.astype(dtype)) for W, b in parameters)
