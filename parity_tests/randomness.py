"""The level and the power of the laws: how rarely a right generator fails,
and how surely the nearest wrong one does.

A statistic that is standard normal under the law is normal about a shift
under another; that of a variance is a multiple of chi-squared. The laws of
many draws are as good as these limits, and a test draws to see.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from parity_tests.checks import dropout, initialization
from parity_tests.law import LEVEL

__all__ = ["Power", "level", "powers"]

WANTED = 0.999
"""The power that each statistic is to have."""
CRITICAL = float(stats.norm.isf(LEVEL / 2))


@dataclass(frozen=True)
class Power:
    """The chance that a wrong rule fails one of the statistics."""

    rule: str
    instead: str
    statistic: str
    draws: int
    power: float


def level(statistics: int) -> float:
    """The chance that a right suite of so many statistics fails, at most."""
    return statistics * LEVEL


def of_shift(
    shift: float, spread: float = 1.0, critical: float = CRITICAL
) -> float:
    """The power of a normal statistic that lies about a shift."""
    above = stats.norm.sf((critical - shift) / spread)
    below = stats.norm.cdf((-critical - shift) / spread)
    return float(above + below)


def least_variance(draws: int) -> float:
    """How many times the due variance is seen with WANTED power."""
    return float(
        optimize.brentq(lambda r: of_variance(r, draws) - WANTED, 1.0001, 9)
    )


def of_variance(ratio: float, draws: int) -> float:
    """The power of the sum of squares against a variance so many times."""
    low, high = stats.chi2.ppf([LEVEL / 2, 1 - LEVEL / 2], draws)
    below = stats.chi2.cdf(low / ratio, draws)
    return float(below + stats.chi2.sf(high / ratio, draws))


def of_kurtosis(law: stats.rv_continuous, draws: int) -> float:
    """The power of the fourth moment against another law."""
    mean, deviation = law.mean(), law.std()
    moments = [
        law.expect(lambda x, k=k: ((x - mean) / deviation) ** k)
        for k in (3, 4, 6, 8)
    ]
    third, fourth, sixth, eighth = moments
    # Of the estimate m4 / m2^2, to first order in 1 / draws.
    variance = (
        eighth
        - 4 * fourth * sixth
        + 4 * fourth**3
        - fourth**2
        + 16 * fourth * third**2
    )
    deviation = math.sqrt(max(variance, 0) / draws)

    def beyond(fourth: float, z: float) -> float:
        return kurtosis_statistic(fourth, draws) - z

    # No law here is flatter than the uniform one, whose is 1.8.
    low = optimize.brentq(beyond, 1.8, 99, args=(-CRITICAL,))
    high = optimize.brentq(beyond, 1.8, 99, args=(CRITICAL,))
    below = stats.norm.cdf((low - fourth) / deviation)
    return float(below + stats.norm.sf((high - fourth) / deviation))


def kurtosis_statistic(fourth: float, n: int) -> float:
    """The test's standard normal statistic of m4 / m2^2 in n draws.

    Source: Anscombe and Glynn, Biometrika 70 (1983) 227; scipy's
    kurtosistest is the same of a sample.
    """
    variance = 24 * n * (n - 2) * (n - 3) / ((n + 1) ** 2 * (n + 3) * (n + 5))
    x = (fourth - 3 * (n - 1) / (n + 1)) / math.sqrt(variance)
    skew = 6 * (n * n - 5 * n + 2) / ((n + 7) * (n + 9))
    skew *= math.sqrt(6 * (n + 3) * (n + 5) / (n * (n - 2) * (n - 3)))
    a = 6 + 8 / skew * (2 / skew + math.sqrt(1 + 4 / skew**2))
    root = math.cbrt((1 - 2 / a) / (1 + x * math.sqrt(2 / (a - 4))))
    return (1 - 2 / (9 * a) - root) / math.sqrt(2 / (9 * a))


def of_initialization() -> Iterator[Power]:
    """Of W[1], 20 x 25, against the rules that are nearest."""
    n, n_prev = initialization.NETWORK_OF_LAW.shapes[0]
    draws = n * n_prev * initialization.SEEDS
    variances = {
        "small": 0.01**2,
        "LeCun's, the notes' Xavier": 1 / n_prev,
        "Glorot's, the average": 2 / (n + n_prev),
        "He's": 2 / n_prev,
        "1 / fan out": 1 / n,
        "2 / fan out": 2 / n,
        "torch's default": 1 / (3 * n_prev),
    }
    for rule, here in initialization.VARIANCE.items():
        due = here(n, n_prev)
        for name, variance in variances.items():
            if variance != due:
                power = of_variance(variance / due, draws)
                yield Power(rule, name, "variance", draws, power)
        for name, law in (
            ("truncated at 2 sigma", stats.truncnorm(-2, 2)),
            ("uniform", stats.uniform(-1, 2)),
        ):
            power = of_kurtosis(law, draws)
            yield Power(rule, name, "kurtosis", draws, power)
        for name in ("one seed for all", "one stream for two layers"):
            # The correlation of equal draws is 1.
            shift = math.sqrt(n * n_prev * (initialization.SEEDS - 1))
            yield Power(rule, name, "correlation", draws, of_shift(shift))
        pairs = n * (n - 1) // 2 + n_prev * (n_prev - 1) // 2
        power = of_shift(
            math.sqrt(n_prev * initialization.SEEDS),
            critical=float(stats.norm.isf(LEVEL / 2 / pairs)),
        )
        yield Power(rule, "one stream for two rows", "two alike", draws, power)
        factor = least_variance(draws)
        yield Power(rule, f"{factor:.3f} times its variance", "variance",
                    draws, of_variance(factor, draws))  # fmt: skip


def of_dropout() -> Iterator[Power]:
    """Of masks of 25 nodes and 20 examples."""
    layers = dropout.NETWORK_OF_LAW.L - 1
    n, m, seeds = 25, dropout.M_OF_LAW, dropout.SEEDS
    draws = layers * n * m * seeds
    for p in dropout.KEEP_PROBS:
        rule, off = f"keep_prob = {p}", 0.05 if p < 0.1 else 0.01
        for q in ((1 - off) * p, (1 + off) * p):
            shift = (q - p) * math.sqrt(draws / (p * (1 - p)))
            spread = math.sqrt(q * (1 - q) / (p * (1 - p)))
            yield Power(rule, f"{q:.4g}", "share", draws,
                        of_shift(shift, spread))  # fmt: skip
        for name, size in (("for all examples", m), ("for all nodes", n)):
            # Counts of 0 or all: size times the variance of a fair count.
            yield Power(
                rule,
                f"one draw {name}",
                "variance of the counts",
                draws,
                of_variance(size, n * m * seeds // size),
            )
        for name in ("one seed for all", "one stream for two layers"):
            shift = math.sqrt(n * m * (seeds - 1))
            yield Power(rule, name, "correlation", draws, of_shift(shift))


def powers() -> list[Power]:
    """Of every law against the nearest wrong rules."""
    return [*of_initialization(), *of_dropout()]


def simulated(law: stats.rv_continuous, draws: int, times: int) -> float:
    """How often the fourth moment of so many draws fails, drawn."""
    rng = np.random.default_rng(0)
    z = law.rvs((times, draws), random_state=rng)
    found = stats.kurtosistest(z, axis=1).statistic
    return float(np.mean(np.abs(found) > CRITICAL))
