"""Decisions: a comparison that rounding could flip admits both branches.

In the sample, one that has a chance of being flipped falls either way, as
often as not: deviations as large as the jump between the branches say that
nothing is known there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reference.rounding.arrays import RoundedArray, lift, size
from reference.rounding.deviations import aligned, drawn, plus

__all__ = ["RULES", "told"]

FAR = 30.0
"""Standard deviations from a kink at which no computation falls on its other
side."""


def spread(x: RoundedArray, y: RoundedArray) -> np.ndarray | None:
    """The standard deviation of x - y, or None where nothing was rounded."""
    minus = None if y.deviations is None else -y.deviations
    apart = plus(x.deviations, minus)
    if apart is None:
        return None
    return np.sqrt(np.mean(apart * apart, axis=0))


def open_to_chance(x: RoundedArray, y: RoundedArray) -> np.ndarray | None:
    """Where a computation may take another branch than the truth."""
    deviation = spread(x, y)
    if deviation is None:
        return None
    apart = np.subtract(x.value, y.value, dtype=x.arithmetic.truth)
    # not >, so that what is not known is open
    return ~(size(apart) > FAR * deviation) & ~(deviation == 0)


def maximum(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """Exact, and no steeper than its operands; the smaller may be ruled out."""
    value = np.maximum(x.value, y.value)
    low = np.maximum(x.value - x.error, y.value - y.error)
    high = np.maximum(x.value + x.error, y.value + y.error)
    error = np.maximum(size(high - value), size(value - low))
    # high - value is itself rounded: no less than the winner's own error.
    winner = np.where(x.value > y.value, x.error, y.error)
    error = np.maximum(error, winner)
    return RoundedArray(value, error, x.arithmetic, larger(x, y))


def larger(x: RoundedArray, y: RoundedArray) -> np.ndarray | None:
    """The deviations of the larger operand, for each sample's own choice."""
    if x.deviations is None and y.deviations is None:
        return None
    lead = np.subtract(x.value, y.value, dtype=x.arithmetic.truth)
    lead = lead.astype(np.float64)
    a, b = told(x, lead.shape), told(y, lead.shape)
    return np.where(
        lead >= 0,
        a + np.maximum(0, b - a - lead),
        b + np.maximum(0, a - b + lead),
    )


def comparison(
    ufunc: np.ufunc,
) -> Callable[[RoundedArray, RoundedArray], RoundedArray]:
    """A bool, with error 1 where rounding could flip it."""

    def rule(x: RoundedArray, y: RoundedArray) -> RoundedArray:
        value = ufunc(x.value, y.value)
        doubt = x.error + y.error
        apart = np.subtract(x.value, y.value, dtype=x.arithmetic.truth)
        open_ = (size(apart) <= doubt) & (doubt > 0)
        error = open_.astype(np.float64)
        return RoundedArray(value, error, x.arithmetic, flips(x, y, value))

    return rule


def flips(
    x: RoundedArray, y: RoundedArray, value: np.ndarray
) -> np.ndarray | None:
    """1 or -1 in half of the samples, where the decision is open."""
    open_ = open_to_chance(x, y)
    if open_ is None or not open_.any():
        return None
    coins = drawn(value, open_.astype(np.float64), x.arithmetic)
    assert coins is not None
    return np.where(coins > 0, 1.0 - 2 * value, 0.0) * open_


def where(condition: Any, x: Any, y: Any) -> RoundedArray:
    """Either branch where the condition is in doubt."""
    arrays = (condition, x, y)
    arithmetic = next(
        a.arithmetic for a in arrays if isinstance(a, RoundedArray)
    )
    condition, x, y = (lift(a, arithmetic) for a in arrays)
    value = np.where(condition.value, x.value, y.value)
    chosen = np.where(condition.value, x.error, y.error)
    apart = size(x.value - y.value) + np.maximum(x.error, y.error)
    error = np.where(condition.error > 0, np.maximum(chosen, apart), chosen)
    deviations = None
    if any(z.deviations is not None for z in (condition, x, y)):
        turned, a, b = (told(z, value.shape) for z in (condition, x, y))
        first, second = (
            np.subtract(z.value, value, dtype=arithmetic.truth) for z in (x, y)
        )
        deviations = np.where(
            condition.value + turned > 0.5,
            a + first.astype(np.float64),
            b + second.astype(np.float64),
        )
    return RoundedArray(value, error, arithmetic, deviations)


def told(x: RoundedArray, shape: tuple[int, ...]) -> np.ndarray:
    """The deviations in that shape, where there are none too."""
    each = (x.arithmetic.samples, *shape)
    if x.deviations is None:
        return np.zeros(each)
    return np.broadcast_to(aligned(x.deviations, len(each)), each)


def all_true(
    x: RoundedArray, axis: int | None = None, keepdims: bool = False
) -> RoundedArray:
    value = np.all(x.value, axis=axis, keepdims=keepdims)
    error = np.max(x.error, axis=axis, keepdims=keepdims)
    return RoundedArray(value, error, x.arithmetic)


def minimum(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    return -np.maximum(-x, -y)


def clip(x: RoundedArray, low: Any, high: Any) -> RoundedArray:
    low, high = lift(low, x.arithmetic), lift(high, x.arithmetic)
    return maximum(minimum(x, high), low)


RULES = {
    np.maximum: maximum,
    np.minimum: minimum,
    np.clip: clip,
    np.greater: comparison(np.greater),
    np.greater_equal: comparison(np.greater_equal),
    np.less: comparison(np.less),
    np.equal: comparison(np.equal),
    np.where: where,
    np.all: all_true,
}
