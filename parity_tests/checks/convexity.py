"""Convexity of the logistic cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    proves,
    truth,
)
from parity_tests.data import FEW, breast_cancer
from reference import Layer, Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["convexity"]


@proves("1.2-convex")
def convexity(implementation: Contract) -> Iterator[Comparison]:
    """J never lies above the chord between two points of (w, b)."""
    X, Y = breast_cancer()
    X, Y, n_x = X[:, :FEW], Y[:, :FEW], len(X)
    network, rng = Network((n_x, 1), ("sigmoid",)), np.random.default_rng(0)
    arithmetic = arithmetic_of(implementation)
    for k in range(10):
        ends: Any = [
            (Layer(rng.normal(size=(1, n_x)), rng.normal(size=(1, 1))),)
            for _ in range(2)
        ]
        with truth():
            due = PAGES.convexity.midpoint_gap(
                network, *lift((*ends, X, Y), arithmetic)
            )
        got = implementation.midpoint_gap(network, ends[0], ends[1], X, Y)
        yield compare("convexity", f"gap {k}", got, due)
        below = max(0.0, -got)
        ratio = 0.0 if below == 0 else below / float(due.error)
        yield Comparison("convexity", f"gap {k} >= 0", ratio, got, ">= 0")
