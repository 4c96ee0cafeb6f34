"""The resolution of the suite: the smallest relative error that it sees.

One quantity of a right computation is multiplied by 1 + epsilon, rounded,
and compared; bisection finds the least epsilon that is called wrong. By the
bound alone it would be far larger, and both are told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from parity_tests.cases import Case, make_case
from parity_tests.checks.backpropagation import true_gradients
from parity_tests.checks.gradient_descent import true_training
from parity_tests.checks.network import true_cost, true_forward
from parity_tests.comparison import NoVerdict, arithmetic_of, compare
from reference.rounding import RoundedArray
from reference.specification import Contract

__all__ = ["DEPTHS", "WIDTHS", "Resolution", "network_of", "resolutions"]

DEPTHS = (1, 2, 4, 8, 16)
WIDTHS = (4, 16, 64, 256)
STEPS = 40
"""Bisections of the exponent, from 1e-20 to 1."""


@dataclass(frozen=True)
class Resolution:
    """The least relative error that is seen in a quantity; inf if none is.

    sharpest and coarsest are over the layers, by_bound is the sharpest if
    every entry is judged by its bound alone.
    """

    quantity: str
    dtype: str
    depth: int
    width: int
    sharpest: float
    coarsest: float
    by_bound: float


def network_of(depth: int, width: int) -> Case:
    """An ordinary network: tanh layers of equal width, one sigmoid output."""
    sizes = (width,) * depth + (1,)
    return make_case(
        f"{depth} layers of {width}", sizes,
        ("tanh",) * (depth - 1) + ("sigmoid",), 50, l2=0.1, steps=2,
    )  # fmt: skip


def resolutions(
    implementation: Contract, depth: int, width: int
) -> Iterator[Resolution]:
    """Of every quantity of one network."""
    case = network_of(depth, width)
    arithmetic = arithmetic_of(implementation)
    data = case.network, case.parameters, case.X, case.Y
    A = implementation.forward(*data[:3])
    J = np.asarray(implementation.cost(*data, l2=case.l2), implementation.dtype)
    dJ = implementation.gradients(*data, l2=case.l2)
    trained, _ = implementation.train(
        *data, l2=case.l2, learning_rate=case.learning_rate, steps=case.steps
    )
    due_dJ = true_gradients(case, arithmetic)
    due_trained, _ = true_training(case, arithmetic)
    quantities: dict[str, list[tuple[np.ndarray, RoundedArray]]] = {
        "A": list(zip(A, true_forward(case, arithmetic), strict=True)),
        "J": [(J, true_cost(case, arithmetic))],
        "dW": [(g.W, d.W) for g, d in zip(dJ, due_dJ, strict=True)],
        "db": [(g.b, d.b) for g, d in zip(dJ, due_dJ, strict=True)],
        "W, trained": [
            (g.W, d.W) for g, d in zip(trained, due_trained, strict=True)
        ],
    }
    for quantity, pairs in quantities.items():
        seen = [least(got, due) for got, due in pairs]
        alone = [least(got, without_deviations(due)) for got, due in pairs]
        yield Resolution(
            quantity, str(arithmetic.dtype), depth, width,
            min(seen), max(seen), min(alone),
        )  # fmt: skip


def without_deviations(due: RoundedArray) -> RoundedArray:
    """The truth with its bound, and nothing else to judge by."""
    return RoundedArray(due.value, due.error, due.arithmetic)


def least(got: np.ndarray, due: RoundedArray) -> float:
    """The least epsilon for which got (1 + epsilon) is called wrong."""

    def seen(exponent: float) -> bool:
        scaled = got.astype(due.value.dtype) * (1 + 10.0**exponent)
        wrong = np.asarray(scaled).astype(got.dtype)
        try:
            return not compare("", "", wrong, due).ratio <= 1
        except NoVerdict:
            return False

    low, high = -20.0, 0.0
    if not seen(high):
        return math.inf
    return 10.0 ** bisect(seen, low, high)


def bisect(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Where it begins to hold, between low, where not, and high."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
