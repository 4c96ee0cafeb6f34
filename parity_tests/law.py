"""What can be proven of random numbers: their law.

Each generator has its own stream, so masks and initial weights are compared
with their distribution. A statistic is held against its critical value at
LEVEL; their quotient is the ratio of the Comparison. The seeds are fixed,
so a verdict never flickers: LEVEL is the chance that a right generator had
of failing when its seeds were chosen, per statistic.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats

from parity_tests.comparison import (
    Check,
    Comparison,
    compare_exactly,
    proves,
)
from reference.specification import Contract, Network

__all__ = [
    "LAWS",
    "LEVEL",
    "augmentation_law",
    "dropout_law",
    "initialization_law",
    "split_law",
]

LEVEL = 1e-9
VARIANCE: dict[str, Callable[[int, int], float]] = {
    "small": lambda n, n_prev: 0.01**2,
    "xavier": lambda n, n_prev: 1 / n_prev,
    "xavier_average": lambda n, n_prev: 2 / (n_prev + n),
    "he": lambda n, n_prev: 2 / n_prev,
}


def normal_statistic(quantity: str, name: str, z: float) -> Comparison:
    """A statistic that is standard normal under the law."""
    critical = float(stats.norm.isf(LEVEL / 2))
    return Comparison(quantity, name, abs(z) / critical, z, 0, critical)


def chi2_statistic(
    quantity: str, name: str, x: float, freedom: int
) -> Comparison:
    """A statistic that is chi-squared under the law, too large or too small."""
    low, high = stats.chi2.ppf([LEVEL / 2, 1 - LEVEL / 2], freedom)
    ratio = (x - freedom) / ((high if x > freedom else low) - freedom)
    return Comparison(quantity, name, float(ratio), x, freedom, (low, high))


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


@proves(
    "2.4-symmetry",
    "2.4-small-random",
    "2.5-shapes",
    "3.2.2-xavier",
    "3.2.2-he",
    "3.2.2-xavier-average",
)
def initialization_law(implementation: Contract) -> Iterator[Comparison]:
    """Mean, variance, normality and independence of W; b = 0; the seed."""
    network = Network((25, 20, 20, 7), ("tanh", "tanh", "sigmoid"))
    seeds = range(60)
    for rule in ("zeros", *VARIANCE):
        draws = [implementation.initialize(network, rule, s) for s in seeds]
        quantity = "initialization"
        biases = max(float(np.max(np.abs(b))) for d in draws for _, b in d)
        yield compare_exactly(quantity, f"{rule}: b", biases, 0.0)
        W = [np.stack([d[l].W for d in draws]) for l in range(network.L)]
        if rule == "zeros":
            yield compare_exactly(
                quantity, "zeros: W", float(np.max(np.abs(W[0]))), 0.0
            )
            continue
        again = implementation.initialize(network, rule, 1)
        same = np.array_equal(again[0].W, draws[1][0].W)
        yield compare_exactly(quantity, f"{rule}: same seed", same, True)
        for l, (shape, draw) in enumerate(
            zip(network.shapes, W, strict=True), 1
        ):
            name = f"{rule}: W[{l}]"
            z = draw.astype(float) / math.sqrt(VARIANCE[rule](*shape))
            yield from standard_normal_law(quantity, name, z)
        for k, l in itertools.combinations(range(network.L), 2):
            name = f"{rule}: W[{k + 1}] and W[{l + 1}]"
            yield normal_statistic(quantity, name, shared(W[k], W[l]))


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
    distance = float(stats.kstest(z.ravel(), "norm").statistic)
    critical = float(stats.kstwo.isf(LEVEL, n))
    yield Comparison(quantity, f"{name} law", distance / critical,
                     distance, 0, critical)  # fmt: skip
    for where, r in neighbours(z).items():
        yield normal_statistic(quantity, f"{name} {where}", r)


@proves("3.1-dropout")
def dropout_law(implementation: Contract) -> Iterator[Comparison]:
    """The share of kept nodes, node by node and example by example."""
    network = Network((3, 40, 40, 1), ("relu", "relu", "sigmoid"))
    m, seeds, quantity = 50, range(30), "dropout law"
    full = implementation.sample_dropout(network, 1.0, m, 0)
    kept = all(bool(np.all(D)) for D in full.masks)
    yield compare_exactly(quantity, "keep_prob = 1 keeps all", kept, True)
    for p in (0.8, 0.5, 0.05):
        draws = [implementation.sample_dropout(network, p, m, s) for s in seeds]
        again = implementation.sample_dropout(network, p, m, 1)
        same = np.array_equal(again.masks[0], draws[1].masks[0])
        yield compare_exactly(quantity, "same seed", same, True)
        yield compare_exactly(quantity, "keep_prob", draws[0].keep_prob, p)
        D = [np.stack([d.masks[l] for d in draws]) for l in (0, 1)]
        for l, masks in enumerate(D, start=1):
            name = f"D[{l}] at {p}"
            yield from bernoulli_law(quantity, name, masks.astype(float), p)
        z = correlation(D[0].astype(float), D[1].astype(float))
        yield normal_statistic(quantity, f"D[1] and D[2] at {p}", z)


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


@proves("3-split")
def split_law(implementation: Contract) -> Iterator[Comparison]:
    """Every example is as likely in every part, and in every place of it."""
    m, seeds, quantity = 100, range(40), "split law"
    for labels in (None, np.arange(m) % 2):
        name = "split" if labels is None else "stratified split"
        parts = [implementation.split(m, (0.6, 0.4), s, labels) for s in seeds]
        member = np.zeros((1, len(seeds), m))
        for i, (_, part) in enumerate(parts):
            member[0, i, part] = 1
        # Exactly 40 of 100 a seed: the counts of an example vary by a
        # hypergeometric law, m / (m - 1) of the binomial one.
        counts = member[0].sum(axis=0)
        n, p = len(seeds), 0.4
        spread = float(np.sum((counts - n * p) ** 2) / (n * p * (1 - p)))
        yield chi2_statistic(quantity, f"{name}: members", spread, m - 1)
        r = correlation(member[0, 1:], member[0, :-1])
        yield normal_statistic(quantity, f"{name}: seed to seed", r)
        for k in (0, 1):
            order = np.stack([part[k] for part in parts]).astype(float)
            places = np.broadcast_to(np.arange(order.shape[1]), order.shape)
            # Both halves: each has to be shuffled.
            for half in np.array_split(np.arange(order.shape[1]), 2):
                z = correlation(order[:, half], places[:, half])
                where = f"{name}: order in part {k + 1}, from {half[0]}"
                yield normal_statistic(quantity, where, z)


@proves("3.1-augmentation")
def augmentation_law(implementation: Contract) -> Iterator[Comparison]:
    """What augment draws: for each image and sound anew, and by its law."""
    m, seeds, quantity = 200, range(20), "augmentation law"
    image = np.zeros((m, 2, 2, 3))
    image[:, :, 0, 0] = 1.0  # red on the left alone
    sound = np.full((m, 50), 0.25)

    def draws(
        operation: str, batch: np.ndarray, **setting: float
    ) -> np.ndarray:
        return np.stack([
            implementation.augment(operation, batch, seed, **setting)
            for seed in seeds
        ]).astype(float)  # fmt: skip

    flipped = draws("flip", image, probability=0.3)[:, :, 0, 1, 0] == 1
    share = (np.mean(flipped) - 0.3) / math.sqrt(0.21 / flipped.size)
    yield normal_statistic(quantity, "flip: share", float(share))
    drawn = {
        # red - green of a pixel that was red is its saturation
        "desaturate": np.subtract(
            *np.moveaxis(draws("desaturate", image)[:, :, 0, 0, :2], -1, 0)
        ),
        "louder": draws("louder", sound, most=3.0)[:, :, 0] / 0.25 / 2 - 0.5,
        "suppress": np.argmin(draws("suppress", sound), axis=2) / 46,
    }
    for name, U in drawn.items():
        distance = float(stats.kstest(U.ravel(), "uniform").statistic)
        # 46 places of the silence: their steps of 1/46 are no departure.
        slack = 1 / 46 if name == "suppress" else 0.0
        critical = float(stats.kstwo.isf(LEVEL, U.size)) + slack
        yield Comparison(quantity, f"{name}: law", distance / critical,
                         distance, 0, critical)  # fmt: skip
        r = correlation(U[:, 1:], U[:, :-1])
        yield normal_statistic(quantity, f"{name}: neighbours", r)
        r = correlation(U[1:], U[:-1])
        yield normal_statistic(quantity, f"{name}: seed to seed", r)
    N = (draws("noise", sound, scale=0.05) - 0.25) / 0.05
    yield from standard_normal_law(quantity, "noise", N)


LAWS: dict[str, Check] = {
    "initialization_law": initialization_law,
    "dropout_law": dropout_law,
    "split_law": split_law,
    "augmentation_law": augmentation_law,
}
