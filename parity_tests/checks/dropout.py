"""The law of dropout's masks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parity_tests.comparison import Comparison, compare_exactly, proves
from parity_tests.law import bernoulli_law, correlation, normal_statistic
from reference import Network
from reference.specification import Contract

__all__ = ["dropout_law"]


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
