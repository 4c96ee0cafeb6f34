"""What a comparison is: the error, over what was derived for it.

ratio = |got - expected| / bound at the worst entry, or what structure.py
makes of all entries together where that is more. At most 1 is rounding;
above 1 is another computation. NaN, inf where a number is due, another shape
or another dtype have the ratio inf, whatever the bound says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from parity_tests.structure import MEANINGS, SAMPLES, structure
from reference.rounding import (
    BFLOAT16,
    FLOAT32,
    FLOAT64,
    TF32,
    Arithmetic,
    RoundedArray,
)
from reference.rounding.deviations import plus
from reference.specification import Contract
from reference.stable_forms import truth

__all__ = [
    "Check",
    "Comparison",
    "Departure",
    "NoVerdict",
    "arithmetic_of",
    "both_ways",
    "compare",
    "compare_exactly",
    "proves",
    "require",
    "truth",
]

ARITHMETICS = (FLOAT64, FLOAT32, TF32, BFLOAT16)


class Departure(AssertionError):
    """An implementation departs from the specification."""


class NoVerdict(ArithmeticError):
    """A bound is infinite, and there is nothing else to judge by."""


@dataclass(frozen=True)
class Comparison:
    """One quantity held against its truth.

    quantity says what kind of thing it is (a row of the parity table), name
    which one of them; got, expected and bound belong to the worst entry, or
    to the statistic of all entries that kind names; "law" is one of draws.
    """

    quantity: str
    name: str
    ratio: float
    got: Any = None
    expected: Any = None
    bound: Any = None
    index: tuple[int, ...] = ()
    kind: str = "bound"

    def require(self) -> None:
        """Raise Departure unless the ratio is at most 1."""
        if self.ratio <= 1:
            return
        if self.kind not in MEANINGS:
            found = (
                f"{self.name}{list(self.index) or ''} is {self.got}, "
                f"expected {self.expected} +- {self.bound}"
            )
        else:
            found = (
                f"{self.name} is off by {self.got:.3g} "
                f"{MEANINGS[self.kind]}, and rounding by {self.bound:.3g}"
            )
        raise Departure(
            f"{self.quantity}: {found} (error / bound = {self.ratio:.3g})"
        )


def compare(
    quantity: str,
    name: str,
    got: Any,
    expected: RoundedArray,
    start: np.ndarray | None = None,
) -> Comparison:
    """The worst entry of got, an array or a float, against its bound; all
    of them together against what rounding does. start is where a training
    of it began."""
    dtype = expected.arithmetic.dtype
    due = f"an array of shape {expected.shape}, {dtype}"
    if isinstance(got, float) and expected.shape == ():
        got = np.asarray(got, dtype)
    if not isinstance(got, np.ndarray) or got.dtype != dtype:
        kind = f"{type(got).__name__} of {getattr(got, 'dtype', 'no dtype')}"
        return Comparison(quantity, name, np.inf, kind, due)
    if got.shape != expected.shape:
        return Comparison(quantity, name, np.inf, got.shape, due)
    error = np.abs(got - expected.value).astype(np.float64)
    # inf times 0 on the way to a bound: nothing is known there.
    bound = np.where(np.isnan(expected.error), np.inf, expected.error)
    # 0 / 0 is an exact result that came out exact.
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(error == 0, 0, error / bound)
    ratios = np.where(np.isfinite(got), ratios, np.inf)
    if ratios.size == 0:
        return Comparison(quantity, name, 0.0)
    index = np.unravel_index(np.argmax(ratios), ratios.shape)
    worst = Comparison(
        quantity,
        name,
        float(ratios[index]),
        got[index],
        expected.value[index],
        bound[index],
        tuple(int(i) for i in index),
    )
    findings = list(structure(got, expected, start))
    void = not np.isfinite(bound).all()
    if void and not findings and worst.ratio <= 1:
        raise NoVerdict(f"{quantity}: {name} has an infinite bound")
    for kind, ratio, measured, limit in findings:
        # What is not finite has been told.
        if ratio > worst.ratio:
            worst = Comparison(
                quantity, name, ratio, measured, 0, limit, kind=kind
            )
    return worst


def both_ways(a: RoundedArray, b: RoundedArray) -> RoundedArray:
    """One number by two ways: whichever is taken is within both bars."""
    deviations = plus(a.deviations, b.deviations)
    return RoundedArray(a.value, a.error + b.error, a.arithmetic, deviations)


def compare_exactly(
    quantity: str, name: str, got: Any, expected: Any
) -> Comparison:
    """A thing that rounding has no part in: equal, or not."""
    ratio = 0.0 if got == expected else np.inf
    return Comparison(quantity, name, ratio, got, expected, 0)


class Check(Protocol):
    """Comparisons of one implementation, and the clauses they prove."""

    clauses: tuple[str, ...]
    __name__: str

    def __call__(self, *arguments: Any) -> Iterator[Comparison]: ...


def proves(*clauses: str) -> Callable[[Callable[..., Any]], Check]:
    """Let a check claim the clauses that it proves."""

    def claim(check: Any) -> Check:
        check.clauses = clauses
        return check

    return claim


def arithmetic_of(implementation: Contract) -> Arithmetic:
    """The arithmetic of its dtype, given as NumPy's, torch's or a word.

    One that computes in float32 with the products of tensor cores says so
    by an attribute arithmetic, "tf32" or "bfloat16", and is judged by that;
    one that may lose small numbers by lost.
    """
    word = str(np.dtype(str(implementation.dtype).removeprefix("torch.")))
    name = getattr(implementation, "arithmetic", word)
    (known,) = (a for a in ARITHMETICS if a.name == name)
    lost = getattr(implementation, "lost", 0.0)
    return replace(known, samples=SAMPLES, lost=lost)


def require(comparisons: Iterable[Comparison]) -> None:
    """Raise Departure at the first that is out of its bound."""
    for comparison in comparisons:
        comparison.require()
