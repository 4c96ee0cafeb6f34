"""What the errors of rounding look like, and those of a mistake do not.

The bound judges each entry by the worst case. This judges all entries of a
quantity Q together, by the sample of what rounding likely does:

    factor      sum r Q / s^2      an error that is a share of Q
    offset      sum r / s^2        one that is the same everywhere
    sign        sum r sgn(Q) / s   one that goes with the sign of Q
    way         sum r d / s^2      a share of a change d, as training makes
    size        rms of r / s       more than rounding makes
    entry       max |r| / s        more in one place

r are the residuals, s their standard deviation in one half of the sample;
the other half says how far each sum strays, of a right computation, whose
own is held against Student's t for that half at LEVEL. A sum over Q finds an
error that each entry's bound is a thousand times too wide for.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import stats

from reference.rounding import RoundedArray

__all__ = ["LEVEL", "MEANINGS", "SAMPLES", "Finding", "structure"]

LEVEL = 1e-9
"""The chance that a right implementation has of failing one statistic."""
SAMPLES = 64


MEANINGS = {
    "factor": "of its size",
    "offset": "everywhere",
    "sign": "times what rounding does, along its sign",
    "way": "of the way from the start",
    "size": "times what rounding does, in the mean",
    "entry": "times what rounding does, at its worst entry",
}
"""What each kind of error is told in."""


class Finding(NamedTuple):
    """One statistic of the residuals, and what rounding leaves of it."""

    kind: str
    ratio: float
    measured: float
    limit: float


def structure(
    got: np.ndarray, due: RoundedArray, start: np.ndarray | None = None
) -> Iterator[Finding]:
    """What the residuals of got say; start is where a training began."""
    if due.deviations is None:
        return
    sample = due.deviations.reshape(due.arithmetic.samples, -1)
    half = len(sample) // 2
    spread = np.sqrt(np.mean(sample[:half] ** 2, axis=0))
    known = np.isfinite(sample).all(axis=0) & (spread > 0)
    if not known.any():
        return
    truth = due.value.ravel()
    r = (got.ravel().astype(truth.dtype) - truth)[known].astype(np.float64)
    s, others = spread[known], sample[half:, known]
    Q = truth.astype(np.float64)[known]
    directions = {
        "factor": Q,
        "offset": np.ones_like(Q),
        "sign": np.sign(Q) * s,
    }
    if start is not None:
        way = truth - start.ravel().astype(truth.dtype)
        directions["way"] = way.astype(np.float64)[known]
    for kind, v in directions.items():
        # In units of s, so that no square of it underflows.
        w = v / s
        if not np.any(w):
            continue
        w = w / np.linalg.norm(w)
        strays = np.sqrt(np.mean((others / s @ w) ** 2))
        limit = critical(half) * strays
        found = float(r / s @ w)
        of_v = float(v / s @ w)
        yield Finding(kind, abs(found) / limit, found / of_v, limit / of_v)
    size = float(np.sqrt(np.mean((r / s) ** 2)))
    yield Finding("size", size / critical(half), size, critical(half))
    entry = float(np.max(np.abs(r / s)))
    limit = critical(half, len(r))
    yield Finding("entry", entry / limit, entry, limit)


@functools.cache
def critical(freedom: int, entries: int = 1) -> float:
    """Student's t at LEVEL, for the largest of so many."""
    return float(stats.t.isf(LEVEL / 2 / entries, freedom))
