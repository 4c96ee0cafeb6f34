"""Parity of one function of a page: the mirror against the reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import reference
from parity_tests.checks import arithmetic_of
from parity_tests.comparison import (
    Comparison,
    compare,
    compare_exactly,
    truth,
)
from reference.rounding import RoundedArray, lift
from reference.specification import Contract

__all__ = ["page_parity", "random_arrays"]


def random_arrays(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Seeded normal values, one array a shape."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in shapes]


def page_parity(
    implementation: Contract, page: str, function: str, *arguments: Any
) -> Iterator[Comparison]:
    """The function of that page on the same arguments, in both."""
    arithmetic = arithmetic_of(implementation)
    arguments = cast(arguments, arithmetic.dtype)
    with truth():
        right = getattr(getattr(reference, page), function)
        due = right(*(lift_arrays(a, arithmetic) for a in arguments))
    mirror = getattr(getattr(implementation.pages, page), function)
    got = implementation.call(mirror, *arguments)
    yield from compared(f"{page}.{function}", got, due)


def cast(value: Any, dtype: np.dtype) -> Any:
    """value with its real arrays, and no masks, in that dtype."""
    if isinstance(value, tuple):
        items = [cast(item, dtype) for item in value]
        return (
            type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        )
    real = isinstance(value, np.ndarray) and value.dtype != bool
    return value.astype(dtype) if real else value


def lift_arrays(value: Any, arithmetic: Any) -> Any:
    """Arrays and tuples of them with error bars; words and masks not."""
    if isinstance(value, tuple) and not hasattr(value, "keep_prob"):
        return lift(value, arithmetic)
    real = isinstance(value, np.ndarray) and value.dtype != bool
    return lift(value, arithmetic) if real or type(value) is float else value


def compared(name: str, got: Any, due: Any) -> Iterator[Comparison]:
    if isinstance(due, RoundedArray):
        if got.dtype == bool:
            exact = got.tolist(), due.value.astype(bool).tolist()
            yield compare_exactly(name, name, *exact)
        else:
            yield compare(name, name, got, due)
        return
    yield compare_exactly(name, "length", len(got), len(due))
    for i, (a, b) in enumerate(zip(got, due, strict=False)):
        yield from compared(f"{name}[{i}]", a, b)
