"""What can be proven of random numbers: their law.

Each generator has its own stream, so masks and initial weights are compared
with their distribution. A statistic is held against its critical value at
LEVEL; their quotient is the ratio of the Comparison. The seeds are fixed,
so a verdict never flickers: LEVEL is the chance that a right generator had
of failing when its seeds were chosen, per statistic. randomness.py says what
that makes of the whole suite, and what the statistics have power against.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np
from scipy import stats

from parity_tests.comparison import Comparison

__all__ = [
    "LEVEL",
    "alike_statistic",
    "normal_statistic",
    "chi2_statistic",
    "counts_statistic",
    "distance_statistic",
    "correlation",
    "neighbours",
    "shared",
    "standard_normal_law",
    "bernoulli_law",
]

LEVEL = 1e-10
FAIR = 0.1
"""The share below which a correlation of two rows of a mask is far from
normal: their products are nearly all 0."""


def normal_statistic(quantity: str, name: str, z: float) -> Comparison:
    """A statistic that is standard normal under the law."""
    critical = normal_limit(1)
    ratio = abs(z) / critical
    return Comparison(quantity, name, ratio, z, 0, critical, kind="law")


def chi2_statistic(
    quantity: str, name: str, x: float, freedom: int
) -> Comparison:
    """A statistic that is chi-squared under the law, too large or too small."""
    low, high = chi2_limits(freedom)
    ratio = (x - freedom) / ((high if x > freedom else low) - freedom)
    return Comparison(quantity, name, float(ratio), x, freedom, (low, high),
                      kind="law")  # fmt: skip


def counts_statistic(
    quantity: str, name: str, kept: np.ndarray, n: int, p: float
) -> Comparison:
    """How far counts of n draws each, 1 with probability p, spread.

    The sum of their squared distances from n p is no chi-squared where n p
    is small: its critical values are those of Pearson's law of the same
    mean, variance and skewness.
    """
    x = float(np.sum((kept - n * p) ** 2) / (n * p * (1 - p)))
    low, high = counts_limits(kept.size, n, p)
    ratio = (x - kept.size) / ((high if x > kept.size else low) - kept.size)
    return Comparison(quantity, name, float(ratio), x, kept.size, (low, high),
                      kind="law")  # fmt: skip


def alike_statistic(quantity: str, name: str, a: np.ndarray) -> Comparison:
    """The largest correlation of two rows, or of two columns, of each draw:
    what one stream leaves that is used twice."""
    worst, pairs = 0.0, 0
    for axis in (1, 2):
        lines = np.moveaxis(a, axis, 0).reshape(a.shape[axis], -1)
        above = np.triu_indices(len(lines), 1)
        r = np.corrcoef(lines)[above] * math.sqrt(lines.shape[1])
        worst = max(worst, float(np.max(np.abs(r), initial=0.0)))
        pairs += r.size
    critical = normal_limit(pairs)
    return Comparison(quantity, name, worst / critical, worst, 0, critical,
                      kind="law")  # fmt: skip


def distance_statistic(
    quantity: str, name: str, x: np.ndarray, law: str, slack: float = 0.0
) -> Comparison:
    """Kolmogorov and Smirnov's, of draws whose steps are at most slack."""
    # Its p-value, which nobody asks for, is quicker by its limit.
    distance = float(stats.kstest(x.ravel(), law, method="asymp").statistic)
    critical = distance_limit(x.size) + slack
    ratio = distance / critical
    return Comparison(quantity, name, ratio, distance, 0, critical, kind="law")


@functools.cache
def normal_limit(statistics: int) -> float:
    """What the largest of so many standard normal ones exceeds at LEVEL."""
    return float(stats.norm.isf(LEVEL / 2 / statistics))


@functools.cache
def chi2_limits(freedom: int) -> tuple[float, float]:
    """What a chi-squared statistic falls below, and exceeds."""
    law = stats.chi2(freedom)
    return float(law.ppf(LEVEL / 2)), float(law.isf(LEVEL / 2))


@functools.cache
def counts_limits(counts: int, n: int, p: float) -> tuple[float, float]:
    """What the spread of so many counts of n draws falls below, and exceeds."""
    k = np.arange(n + 1)
    probability = stats.binom.pmf(k, n, p)
    square = (k - n * p) ** 2 / (n * p * (1 - p))
    variance = float(np.sum(probability * (square - 1) ** 2))
    third = float(np.sum(probability * (square - 1) ** 3))
    law = stats.pearson3(
        third / variance**1.5 / math.sqrt(counts),
        counts,
        math.sqrt(variance * counts),
    )
    return float(law.ppf(LEVEL / 2)), float(law.isf(LEVEL / 2))


@functools.cache
def distance_limit(draws: int) -> float:
    """What the distance of so many draws from their law exceeds at LEVEL."""
    return float(stats.kstwo.isf(LEVEL, draws))


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
    yield alike_statistic(quantity, f"{name}: two alike", z)


def bernoulli_law(
    quantity: str, name: str, D: np.ndarray, p: float
) -> Iterator[Comparison]:
    """D is an array of independent draws, 1 with probability p, else 0."""
    share = (np.mean(D) - p) / math.sqrt(p * (1 - p) / D.size)
    yield normal_statistic(quantity, f"{name}: share", float(share))
    _, nodes, examples = D.shape
    for what, axis, n in (
        ("a node", 2, examples), ("an example", 1, nodes),
        ("a mask", (1, 2), nodes * examples),
    ):  # fmt: skip
        kept = np.sum(D, axis=axis)
        yield counts_statistic(quantity, f"{name}: {what}", kept, n, p)
    for where, r in neighbours(D).items():
        yield normal_statistic(quantity, f"{name} {where}", r)
    if p > FAIR:
        yield alike_statistic(quantity, f"{name}: two alike", D)
