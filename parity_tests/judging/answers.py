"""Answers side by side: asking the reference the same, and comparing."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_tests.judging.guest import Call
from parity_tests.judging.reading import Unanswered
from parity_tests.power import unheard

__all__ = [
    "ROUNDING",
    "alike",
    "changed",
    "equal_within_rounding",
    "near",
    "numbers",
    "paired",
    "replay",
    "size",
]

ROUNDING = 2.0**12
"""Units in the last place of the largest entry, that two ways to compute
the same wrong equation may differ by."""


def size(call: Call) -> int:
    """How many numbers were answered."""
    return sum(a.size for a in numbers(call.answer))


def replay(implementation: Any, call: Call) -> Any:
    """What the implementation answers to the same; None if it raises."""
    with unheard(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            answer = getattr(implementation, call.method)(
                *call.arguments, **call.named
            )
        except Exception:
            return None
    return answer


def numbers(answer: Any) -> list[np.ndarray]:
    """All arrays and numbers of an answer, flat, in order."""
    if isinstance(answer, tuple | list):
        return [a for item in answer for a in numbers(item)]
    if isinstance(answer, np.ndarray):
        return [answer]
    if isinstance(answer, int | float | np.number):
        return [np.asarray(answer)]
    return []


def paired(a: Any, b: Any) -> Iterator[tuple[np.ndarray, np.ndarray]] | None:
    """The arrays of two answers side by side; None if they do not fit."""
    if isinstance(a, Unanswered):
        return iter(())
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        if len(a) != len(b):
            return None
        found = [paired(x, y) for x, y in zip(a, b, strict=True)]
        if any(each is None for each in found):
            return None
        return itertools.chain.from_iterable(each or () for each in found)
    left, right = numbers(a), numbers(b)
    if len(left) != len(right):
        return None
    return zip(left, right, strict=True)


def alike(got: Any, due: Any, dtype: str) -> bool:
    """Whether two answers are equal within rounding, entry by entry."""
    pairs = paired(got, due)
    return pairs is not None and all(
        equal_within_rounding(a, b, dtype) for a, b in pairs
    )


def equal_within_rounding(a: np.ndarray, b: np.ndarray, dtype: str) -> bool:
    """Whether two arrays differ by roundings at most."""
    return near(a, b, ROUNDING * float(np.finfo(dtype).eps))


def near(a: np.ndarray, b: np.ndarray, share: float) -> bool:
    """Whether no entry differs by more than a share of the largest."""
    if a.shape != b.shape:
        return False
    x, y = np.asarray(a, float), np.asarray(b, float)
    finite = np.isfinite(x) & np.isfinite(y)
    if not np.array_equal(x[~finite], y[~finite], equal_nan=True):
        return False
    largest = float(np.max(np.abs(y[finite]), initial=0.0))
    return bool(np.all(np.abs(x[finite] - y[finite]) <= share * largest))


def changed(answer: Any, right: Any, dtype: str) -> list[bool]:
    """Of each array of the right answer, whether it is another one."""
    pairs = paired(answer, right)
    if pairs is None:
        return [True] * len(numbers(right))
    return [not equal_within_rounding(a, b, dtype) for a, b in pairs]
