"""The fingerprint of float32 where float64 was asked for.

Somebody else's roundings are nobody's to repeat; but what was computed in
float32 has lost its last digits everywhere, and an answer of which a part
still has them was not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import reference
from parity_tests.judging.answers import (
    ROUNDING,
    alike,
    numbers,
    paired,
    replay,
)
from parity_tests.judging.guest import Call
from parity_tests.mistakes import MISTAKES, Mistaken

__all__ = ["SINGLE", "in_single_precision"]

SINGLE = next(m for m in MISTAKES if m.name == "float32 in disguise")


def in_single_precision(wrong: list[Call], dtype: str) -> bool:
    """Whether all wrong answers are right to the digits of float32, and of
    what float32 loses, nothing is right to those of float64."""
    exact = reference.implementation()
    pairs = [(call.answer, replay(exact, call)) for call in wrong]
    return (
        dtype == "float64"
        and all(alike(*pair, "float32") for pair in pairs)
        and not any(alike(*pair, "float64") for pair in pairs)
        and not any(map(keeps_more, wrong))
    )


def keeps_more(call: Call) -> bool:
    """Whether an array of the answer has digits that float32 has not: at
    most of the entries that products in float32 make wrong, or float32
    throughout where there are no products."""
    exact = reference.implementation()
    due = beside(call, exact)
    lost = lost_digits(beside(call, Mistaken(exact, SINGLE)), due)
    if not any(entries.any() for entries in lost):
        single = reference.implementation(dtype="float32")
        lost = lost_digits(beside(call, single), due)
    got = lost_digits(numbers(call.answer), due)
    return any(
        2 * np.count_nonzero(a & b) < np.count_nonzero(b)
        for a, b in zip(got, lost, strict=True)
    )


def beside(call: Call, implementation: Any) -> list[np.ndarray]:
    """What it answers to the same, but for arrays that the guest left out."""
    pairs = paired(call.answer, replay(implementation, call))
    return [theirs for _, theirs in pairs or ()]


def lost_digits(
    answer: list[np.ndarray], right: list[np.ndarray]
) -> list[np.ndarray]:
    """Which entries of each array are wrong by more than the roundings of
    float64, of their own size."""
    room = ROUNDING * float(np.finfo(np.float64).eps)
    with np.errstate(invalid="ignore"):
        return [
            (a != b)
            & ~(np.abs(np.subtract(a, b, dtype=float)) <= room * np.abs(b))
            for a, b in zip(answer, right, strict=True)
        ]
