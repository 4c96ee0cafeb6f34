"""Sums and products of matrices: any number of terms, in any order."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.rounding.arrays import RoundedArray, lift, size
from reference.rounding.deviations import UNIFORM, likely, plus
from reference.rounding.functions import divide, negative, rounded

__all__ = ["RULES"]


def add(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """|z| u; a sum still open takes the new term in, in any order.

    Rounding to nearest errs by no more than the smaller operand, since the
    larger one is itself a number of the arithmetic.
    """
    value, arithmetic = x.value + y.value, x.arithmetic
    terms = x.terms + y.terms
    carried = plus(x.deviations, y.deviations)
    truth = float(np.finfo(arithmetic.truth).eps) / 2
    smaller = np.minimum(x.reach, y.reach) + truth * size(value)
    # Of the values alone: the reach grows with the bound, beyond measure.
    nearby = np.minimum(size(x.value), size(y.value)) + truth * size(value)
    once = np.minimum(UNIFORM * arithmetic.u * size(value), nearby)
    if terms == 2:
        propagated = x.error + y.error
        rounding = arithmetic.u * (size(value) + propagated)
        return rounded(
            value, propagated, np.minimum(rounding, smaller), x, carried, once
        )
    magnitude = x.magnitude + y.magnitude
    gamma = arithmetic.gamma
    more = (gamma(terms - 1) - gamma(x.terms - 1)) * x.magnitude + (
        gamma(terms - 1) - gamma(y.terms - 1)
    ) * y.magnitude
    z = rounded(value, x.error + y.error, more, x, carried, once)
    return still_open(z, terms, magnitude)


def still_open(
    z: RoundedArray, terms: int, magnitude: np.ndarray
) -> RoundedArray:
    """A sum that may yet take in more terms."""
    return RoundedArray(
        z.value, z.error, z.arithmetic, z.deviations,
        terms=terms, magnitude=magnitude,
    )  # fmt: skip


def subtract(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    return add(x, negative(y))


def matmul(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """gamma(n) |X| |Y| for the inner length n, in any order; the factors may
    lose bits on their way in."""
    value, arithmetic = x.value @ y.value, x.arithmetic
    n = x.shape[-1]
    magnitude = x.reach @ y.reach
    propagated = np.zeros(value.shape)
    if y.error.any():
        propagated = size(x.value) @ y.error
    if x.error.any():
        propagated = propagated + x.error @ y.reach
    carried = None
    if x.deviations is not None:
        carried = x.deviations @ y.value.astype(np.float64)
    if y.deviations is not None:
        carried = plus(carried, x.value.astype(np.float64) @ y.deviations)
    taken = arithmetic.taken * (2 + arithmetic.taken)
    own = likely(n, arithmetic) + UNIFORM * taken
    sizes = size(x.value) @ size(y.value) if arithmetic.samples else magnitude
    z = rounded(
        value, propagated, (arithmetic.gamma(n) + taken) * magnitude, x,
        carried, own * sizes, own * size(value),
    )  # fmt: skip
    if least(x) * least(y) < arithmetic.tiny:  # some product may underflow
        z.error = z.error + n * arithmetic.tiny * (magnitude > 0)
    # n products and n - 1 sums: as many roundings as a sum of n + 1 has.
    return still_open(z, n + 1, magnitude)


def least(x: RoundedArray) -> float:
    """The smallest size that an entry of x can have, zeros left out."""
    sizes = size(x.value)
    sizes = np.maximum(sizes - x.error, 0)[(sizes > 0) | (x.error > 0)]
    return float(sizes.min(initial=np.inf))


def total(
    x: RoundedArray, axis: int | None = None, keepdims: bool = False
) -> RoundedArray:
    """gamma(n - 1) sum |x|, in any order."""
    value = np.sum(x.value, axis=axis, keepdims=keepdims)
    n = x.value.size // max(value.size, 1)
    magnitude = np.sum(x.reach, axis=axis, keepdims=keepdims)
    propagated = np.sum(x.error, axis=axis, keepdims=keepdims)
    carried = x.deviations
    if carried is not None:
        axes = tuple(range(-x.value.ndim, 0)) if axis is None else axis
        if isinstance(axes, int) and axes >= 0:
            axes += 1
        carried = np.sum(carried, axis=axes, keepdims=keepdims)
    rounding = x.arithmetic.gamma(n - 1) * magnitude
    own = likely(n - 1, x.arithmetic)
    sizes = np.sum(size(x.value), axis=axis, keepdims=keepdims)
    z = rounded(
        value, propagated, rounding, x, carried, own * sizes,
        own * size(value),
    )  # fmt: skip
    return still_open(z, n, magnitude)


def mean(
    x: RoundedArray,
    axis: int | None = None,
    keepdims: bool = False,
    dtype: Any = None,
) -> RoundedArray:
    """The sum, divided by n."""
    z = total(x, axis, keepdims)
    return divide(z, lift(x.value.size // max(z.value.size, 1), x.arithmetic))


RULES = {
    np.add: add,
    np.subtract: subtract,
    np.matmul: matmul,
    np.sum: total,
    np.mean: mean,
}
