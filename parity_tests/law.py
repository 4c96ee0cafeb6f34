"""What can be proven of random numbers: their law.

Each generator has its own stream, so masks and initial weights are compared
with their distribution. A statistic is held against its critical value at
LEVEL; their quotient is the ratio of the Comparison. The seeds are fixed,
so a verdict never flickers: LEVEL is the chance that a right generator had
of failing when its seeds were chosen, per statistic. randomness.py says what
that makes of the whole suite, and what the statistics have power against.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy import stats

from parity_tests.comparison import Comparison

__all__ = [
    "LEVEL",
    "normal_statistic",
    "chi2_statistic",
    "distance_statistic",
    "correlation",
    "neighbours",
    "shared",
    "standard_normal_law",
    "bernoulli_law",
]

LEVEL = 1e-10


def normal_statistic(quantity: str, name: str, z: float) -> Comparison:
    """A statistic that is standard normal under the law."""
    critical = float(stats.norm.isf(LEVEL / 2))
    ratio = abs(z) / critical
    return Comparison(quantity, name, ratio, z, 0, critical, kind="law")


def chi2_statistic(
    quantity: str, name: str, x: float, freedom: int
) -> Comparison:
    """A statistic that is chi-squared under the law, too large or too small."""
    low, high = stats.chi2.ppf([LEVEL / 2, 1 - LEVEL / 2], freedom)
    ratio = (x - freedom) / ((high if x > freedom else low) - freedom)
    return Comparison(quantity, name, float(ratio), x, freedom, (low, high),
                      kind="law")  # fmt: skip


def distance_statistic(
    quantity: str, name: str, x: np.ndarray, law: str, slack: float = 0.0
) -> Comparison:
    """Kolmogorov and Smirnov's, of draws whose steps are at most slack."""
    distance = float(stats.kstest(x.ravel(), law).statistic)
    critical = float(stats.kstwo.isf(LEVEL, x.size)) + slack
    ratio = distance / critical
    return Comparison(quantity, name, ratio, distance, 0, critical, kind="law")


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """The correlation of two samples, as a standard normal statistic."""
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1] * math.sqrt(a.size))


def neighbours(a: np.ndarray) -> dict[str, float]:
    """Correlations that one draw for a row, a column or a sample leaves."""
    return {
        "along a row": correlation(a[..., :, 1:], a[..., :, :-1]),
        "along a column": correlation(a[..., 1:, :], a[..., :-1, :]),
        "from seed to seed": correlation(a[1:], a[:-1]),
    }


def shared(a: np.ndarray, b: np.ndarray) -> float:
    """What one stream for two layers leaves: their first draws correlate."""
    flat_a, flat_b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    n = min(flat_a.shape[1], flat_b.shape[1])
    return correlation(flat_a[:, :n], flat_b[:, :n])


def standard_normal_law(
    quantity: str, name: str, z: np.ndarray
) -> Iterator[Comparison]:
    """z is an array of independent standard normal draws."""
    n = z.size
    mean = float(np.mean(z) * math.sqrt(n))
    yield normal_statistic(quantity, f"{name} mean", mean)
    squares = float(np.sum(z * z))
    yield chi2_statistic(quantity, f"{name} variance", squares, n)
    # The fourth moment tells a truncated or a uniform law from the normal.
    kurtosis = float(stats.kurtosistest(z.ravel()).statistic)
    yield normal_statistic(quantity, f"{name} kurtosis", kurtosis)
    yield distance_statistic(quantity, f"{name} law", z, "norm")
    for where, r in neighbours(z).items():
        yield normal_statistic(quantity, f"{name} {where}", r)


def bernoulli_law(
    quantity: str, name: str, D: np.ndarray, p: float
) -> Iterator[Comparison]:
    """D is an array of independent draws, 1 with probability p, else 0."""
    share = (np.mean(D) - p) / math.sqrt(p * (1 - p) / D.size)
    yield normal_statistic(quantity, f"{name}: share", float(share))
    for what, axis in (("a node", 2), ("an example", 1)):
        kept, n = np.sum(D, axis=axis), D.shape[axis]
        spread = float(np.sum((kept - n * p) ** 2) / (n * p * (1 - p)))
        yield chi2_statistic(quantity, f"{name}: {what}", spread, kept.size)
    for where, r in neighbours(D).items():
        yield normal_statistic(quantity, f"{name} {where}", r)
