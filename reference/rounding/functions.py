"""Products, quotients and functions of one operand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.rounding.arrays import RoundedArray, size
from reference.rounding.deviations import UNIFORM, drawn, plus, times

__all__ = ["RULES", "divide", "negative", "rounded"]


def rounded(
    value: np.ndarray,
    propagated: np.ndarray,
    rounding: np.ndarray,
    of: RoundedArray,
    carried: np.ndarray | None = None,
    likely: np.ndarray | None = None,
    together: np.ndarray | None = None,
) -> RoundedArray:
    """The result of one operation: its errors added, underflow included.

    propagated and rounding bound what the operands' errors make of it, and
    its own; carried and likely are the deviations of the operands, and the
    standard deviation of its own rounding, evenly within its bound if not
    given. together is that of the part that all entries have in common.
    """
    error, arithmetic = propagated + rounding, of.arithmetic
    # A result or operand below tiny may have been flushed to zero.
    small = (size(value) < arithmetic.tiny + error) & (error > 0)
    flushed = arithmetic.tiny * small
    deviations = None
    if arithmetic.samples:
        likely = UNIFORM * rounding if likely is None else likely
        own = drawn(value, likely + flushed, arithmetic, together)
        deviations = plus(carried, own)
        if deviations is not None:
            shape = (arithmetic.samples, *value.shape)
            deviations = np.broadcast_to(deviations, shape)
    return RoundedArray(value, error + flushed, arithmetic, deviations)


def negative(x: RoundedArray) -> RoundedArray:
    """-x, exactly; an open sum stays one."""
    minus = None if x.deviations is None else -x.deviations
    return RoundedArray(
        -x.value, x.error, x.arithmetic, minus,
        terms=x.terms, magnitude=x._magnitude,
    )  # fmt: skip


def multiply(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """|z| u; a scalar may have entered each term of an open sum."""
    value = np.multiply(x.value, y.value, dtype=x.arithmetic.truth)
    propagated = size(x.value) * y.error + x.error * y.reach
    scaled_x = x.magnitude if y.value.size == 1 else x.reach
    scaled_y = y.magnitude if x.value.size == 1 else y.reach
    carried = plus(times(x.deviations, y.value), times(y.deviations, x.value))
    return rounded(
        value, propagated, x.arithmetic.u * scaled_x * scaled_y, x, carried,
        UNIFORM * x.arithmetic.u * size(value),
    )  # fmt: skip


def divide(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """2 |z| u, since x / y may be computed as x times 1 / y."""
    value = x.value / y.value
    with np.errstate(divide="ignore"):
        inverse = 1 / np.maximum(size(y.value) - y.error, 0)
    propagated = (x.error + size(value) * y.error) * inverse
    largest = (x.magnitude if y.value.size == 1 else x.reach) * inverse
    carried = plus(
        times(x.deviations, 1 / y.value), times(y.deviations, -value / y.value)
    )
    return rounded(
        value, propagated, 2 * x.arithmetic.u * largest, x, carried,
        2 * UNIFORM * x.arithmetic.u * size(value),
    )  # fmt: skip


def elementary(
    function: np.ufunc, slope: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> Callable[[RoundedArray], RoundedArray]:
    """e_x times the steepest slope within x +- e_x, and the ulps of f."""

    def rule(x: RoundedArray) -> RoundedArray:
        value, at = function(x.value), x.value.astype(np.float64)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            steepest = slope(at, x.error)
            propagated = np.where(x.error > 0, steepest * x.error, 0)
        # An ulp of f is at most 2 u |f|.
        ulps = x.arithmetic.ulps[function.__name__] * 2 * x.arithmetic.u
        return rounded(
            value, propagated, ulps * (size(value) + propagated), x,
            times(x.deviations, slope(at, np.zeros_like(at))),
            UNIFORM * ulps * size(value),
        )  # fmt: skip

    return rule


def square_root(x: RoundedArray) -> RoundedArray:
    """The interval [x - e, x + e] mapped, for x may be close to 0."""
    value = np.sqrt(x.value)
    root = value.astype(np.float64)
    low = np.sqrt(np.maximum(x.value.astype(np.float64) - x.error, 0))
    # sqrt(x) - sqrt(x - e) = e / (sqrt(x) + sqrt(x - e)), without cancelling
    with np.errstate(divide="ignore", invalid="ignore"):
        propagated = np.where(x.error > 0, x.error / (root + low), 0)
        # 1 / 0 times a deviation is no number: nothing is known there.
        carried = times(x.deviations, 1 / (2 * root))
    propagated = np.where(root + low == 0, np.sqrt(x.error), propagated)
    ulps = x.arithmetic.ulps["sqrt"] * 2 * x.arithmetic.u
    rounding = ulps * (root + propagated)
    return rounded(
        value, propagated, rounding, x, carried, UNIFORM * ulps * root
    )


def absolute(x: RoundedArray) -> RoundedArray:
    turned = times(x.deviations, np.sign(x.value))
    return RoundedArray(np.abs(x.value), x.error, x.arithmetic, turned)


RULES = {
    np.negative: negative,
    np.multiply: multiply,
    np.divide: divide,
    np.exp: elementary(np.exp, lambda x, e: np.exp(x + e)),
    np.log1p: elementary(np.log1p, lambda x, e: 1 / np.maximum(1 + x - e, 0)),
    np.tanh: elementary(
        np.tanh, lambda x, e: 1 - np.tanh(np.maximum(np.abs(x) - e, 0)) ** 2
    ),
    np.sqrt: square_root,
    np.absolute: absolute,
}
