"""g and g' of every activation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_tests.checks.lifting import PAGES, kept
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    both_ways,
    compare,
    proves,
    truth,
)
from parity_tests.examples import HARD_Z
from reference.rounding import Arithmetic, lift
from reference.specification import ACTIVATIONS, Contract

__all__ = ["CALLS", "activations", "one_activation", "shifted_sigmoid"]

CALLS = {"activation": "", "activation_derivative": "'"}
"""The calls, and what they add to the name of a function."""


@proves(
    "1.2-sigmoid",
    "2.2-tanh",
    "2.2-relu",
    "2.2-leaky-relu",
    "2.2-identity",
    "2.3-derivatives",
    "2.4",
)
def activations(implementation: Contract) -> Iterator[Comparison]:
    """g and g' of every activation, at 0, in both tails and between."""
    for what in CALLS:
        for name in ACTIVATIONS:
            yield from one_activation(implementation, what, name)


def one_activation(
    implementation: Contract, what: str, name: str
) -> Iterator[Comparison]:
    """g, or g', of one of them, for three slopes."""
    arithmetic = arithmetic_of(implementation)
    Z = hard_and_usual(arithmetic)
    for slope in (0.01, 0.25, 0.0):
        due = true_activation(what, name, slope, arithmetic)
        got = getattr(implementation, what)(name, Z, slope)
        quantity = what.replace("_", " ")
        yield compare(quantity, f"{name}{CALLS[what]}", got, due)


def hard_and_usual(arithmetic: Arithmetic) -> np.ndarray:
    """Z at 0, in both tails and between."""
    between = np.random.default_rng(0).normal(size=200) * 3
    return np.append(HARD_Z, between).astype(arithmetic.dtype).reshape(2, -1)


@kept
def true_activation(
    what: str, name: str, slope: float, arithmetic: Arithmetic
) -> Any:
    Z = lift(hard_and_usual(arithmetic), arithmetic)
    with truth():
        return getattr(PAGES.activations, what)(name, Z, slope)


@proves("2.2-tanh")
def shifted_sigmoid(implementation: Contract) -> Iterator[Comparison]:
    """tanh and 2 sigma(2Z) - 1 are one number, within the bars of both."""
    arithmetic = arithmetic_of(implementation)
    Z = np.linspace(-9, 9, 91).astype(arithmetic.dtype).reshape(7, 13)
    with truth():
        page, exact = PAGES.activations, lift(Z, arithmetic)
        due = both_ways(page.shifted_sigmoid(exact), page.tanh(exact))
    stretched = implementation.pages.activations.shifted_sigmoid
    for got in (
        implementation.activation("tanh", Z),
        implementation.call(stretched, Z),
    ):
        yield compare("activation", "tanh as a shifted sigmoid", got, due)
