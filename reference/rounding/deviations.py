"""What rounding likely does: a sample of computations, each of whose
roundings is drawn.

A deviation is carried on to first order, and each operation adds its own
roundings. Those of n additions are taken to go their own ways, so that they
grow with the square root of n; one part goes its own way in each entry, and
one is common to all of an array, as that of a factor is, or of a function
that errs to one side. By content the same operands are rounded alike,
wherever they come up: so does a computer, and no verdict depends on what
was drawn before.

Source: Parker, Monte Carlo Arithmetic (1997); Higham and Mary, SIAM J. Sci.
Comput. 41 (2019) A2815.
"""

from __future__ import annotations

import math
import zlib

import numpy as np

from reference.rounding.arithmetic import Arithmetic

__all__ = ["drawn", "likely", "plus", "times"]

UNIFORM = 1 / math.sqrt(3)
"""The standard deviation of what lies evenly between -1 and 1."""


def likely(n: int, arithmetic: Arithmetic) -> float:
    """The standard deviation of n roundings one after the other, relative
    to what is rounded."""
    return arithmetic.u * math.sqrt(n) * UNIFORM


def drawn(
    value: np.ndarray,
    apart: np.ndarray,
    arithmetic: Arithmetic,
    together: np.ndarray | None = None,
) -> np.ndarray | None:
    """Deviations of that standard deviation, entry by entry, and of
    another that all entries have in common."""
    if not arithmetic.samples or not np.any(apart):
        return None
    content = np.ascontiguousarray(value, np.float64)
    seed = zlib.crc32(content.tobytes()), zlib.crc32(apart.tobytes())
    rng = np.random.default_rng(seed)
    each = (arithmetic.samples, *(1,) * value.ndim)
    noise = apart * rng.standard_normal((arithmetic.samples, *value.shape))
    if together is None:
        together = apart * np.sign(content)
    return noise + together * rng.standard_normal(each)


def plus(a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
    """The sum of two deviations; None is none."""
    if a is None or b is None:
        return b if a is None else a
    ndim = max(a.ndim, b.ndim)
    return aligned(a, ndim) + aligned(b, ndim)


def times(
    deviations: np.ndarray | None, slope: np.ndarray
) -> np.ndarray | None:
    """What becomes of deviations where the result has that slope."""
    if deviations is None:
        return None
    ndim = max(deviations.ndim, slope.ndim + 1)
    return aligned(deviations, ndim) * slope.astype(np.float64)


def aligned(deviations: np.ndarray, ndim: int) -> np.ndarray:
    """The samples in front, and the last axes last, as arrays broadcast."""
    samples, *shape = deviations.shape
    return deviations.reshape(samples, *(1,) * (ndim - 1 - len(shape)), *shape)
