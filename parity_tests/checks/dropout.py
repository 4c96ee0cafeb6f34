"""Dropout: training with given masks, and the law of drawn ones."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks.lifting import PAGES, layers, lifted
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from parity_tests.law import bernoulli_law, correlation, normal_statistic
from reference import Network
from reference.rounding import Arithmetic, lift
from reference.specification import Contract

__all__ = [
    "KEEP_PROBS",
    "M_OF_LAW",
    "NETWORK_OF_LAW",
    "SEEDS",
    "dropout_law",
    "dropout_training",
]


NETWORK_OF_LAW = Network((3,) + (25,) * 4 + (1,), ("relu",) * 4 + ("sigmoid",))
M_OF_LAW = 20
SEEDS = 480
KEEP_PROBS = (0.8, 0.5, 0.05)
"""Layers of 25 nodes and 20 examples, so many that keep_prob is known to 1 %
of it; 0.05 to 5 %."""


@proves("3.1-dropout", "A1.1")
def dropout_training(implementation: Contract) -> Iterator[Comparison]:
    """Each step has masks of its own."""
    case = HARD_CASES["L2 with dropout"]
    arithmetic = arithmetic_of(implementation)
    assert case.dropout is not None
    masks = case.dropout.masks
    steps = tuple(
        case.dropout._replace(masks=tuple(np.roll(D, k) for D in masks))
        for k in range(3)
    )
    due, J = true_training(case, steps, arithmetic)
    got, costs = implementation.train_dropout(
        case.network, case.parameters, case.X, case.Y, steps,
        learning_rate=case.learning_rate, l2=case.l2,
    )  # fmt: skip
    begun, *_ = case.cast(arithmetic.dtype)
    what = "training + L2 + dropout"
    yield from layers(what, ("W", "b"), got, due, begun)
    yield compare(what, "costs", costs, J)


def true_training(case: Case, steps: Any, arithmetic: Arithmetic) -> Any:
    parameters, X, Y, l2 = lifted(case, arithmetic)
    rate = lift(case.learning_rate, arithmetic)
    with truth():
        return PAGES.gradient_descent.train_dropout(
            case.network, parameters, X, Y, steps, learning_rate=rate, l2=l2
        )


@proves("3.1-dropout")
def dropout_law(implementation: Contract) -> Iterator[Comparison]:
    """The share of kept nodes, node by node and example by example."""
    m, seeds, quantity = M_OF_LAW, range(SEEDS), "dropout law"
    network = NETWORK_OF_LAW
    full = implementation.sample_dropout(network, 1.0, m, 0)
    kept = all(bool(np.all(D)) for D in full.masks)
    yield compare_exactly(quantity, "keep_prob = 1 keeps all", kept, True)
    for p in KEEP_PROBS:
        draws = [implementation.sample_dropout(network, p, m, s) for s in seeds]
        for seed in (0, 1):
            again = implementation.sample_dropout(network, p, m, seed)
            same = np.array_equal(again.masks[0], draws[seed].masks[0])
            yield compare_exactly(quantity, f"same seed, {seed}", same, True)
        others = len({bytes(np.asarray(d.masks[0])) for d in draws})
        yield compare_exactly(quantity, f"seeds at {p}", others, SEEDS)
        yield compare_exactly(quantity, "keep_prob", draws[0].keep_prob, p)
        hidden = range(network.L - 1)
        D = [np.stack([d.masks[l] for d in draws]) for l in hidden]
        for l, masks in enumerate(D, start=1):
            name = f"D[{l}] at {p}"
            yield from bernoulli_law(quantity, name, masks.astype(float), p)
        together = np.stack(D)
        share = (np.mean(together) - p) / math.sqrt(p * (1 - p))
        z = float(share * math.sqrt(together.size))
        yield normal_statistic(quantity, f"share at {p}", z)
        for k, l in itertools.combinations(hidden, 2):
            z = correlation(D[k].astype(float), D[l].astype(float))
            what = f"D[{k + 1}] and D[{l + 1}] at {p}"
            yield normal_statistic(quantity, what, z)
