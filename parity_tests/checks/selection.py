"""Selection by the dev set, on real data."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import reference
from parity_tests.comparison import Comparison, compare_exactly, proves
from parity_tests.data import breast_cancer
from reference import Network, Parameters
from reference.specification import Contract

__all__ = ["dev_selection", "study"]


@proves("3-dev-selection")
def dev_selection(implementation: Contract) -> Iterator[Comparison]:
    """The same candidate is chosen by all, on real data, by the dev error."""
    network, start, (X, Y, X_dev, Y_dev) = study()
    candidates = [
        (0.001, 0.0, 1.0), (0.5, 0.0, 1.0), (0.5, 30.0, 1.0),
        (0.5, 0.0, 0.7), (0.5, 3.0, 0.7),
        # Of the least cost, and not of the least error.
        (1.0, 0.0, 1.0),
    ]  # fmt: skip
    best, errors, _ = implementation.search(
        network, start, X, Y, X_dev, Y_dev, candidates, steps=12
    )
    due, due_errors, due_costs = chosen(tuple(candidates))
    yield compare_exactly("dev selection", "chosen", best, due)
    lowest = [k for k, e in enumerate(due_errors) if e == min(due_errors)]
    least = min(lowest, key=lambda k: due_costs[k])
    yield compare_exactly("dev selection", "rule", best, least)
    # Shares of 114 examples: equal, or one example and more apart.
    m = Y_dev.shape[1]
    wrong = [round(float(e) * m) for e in errors]
    yield compare_exactly(
        "dev selection", "wrong", wrong, [round(e * m) for e in due_errors]
    )


@functools.cache
def study() -> tuple[Network, Parameters, Any]:
    """A small network, its start, and training and dev set."""
    X, Y = breast_cancer()
    numpy = reference.implementation()
    train, dev, _ = numpy.split(X.shape[1], (0.6, 0.2, 0.2), 1, Y)
    network = Network((30, 6, 1), ("tanh", "sigmoid"))
    start = numpy.initialize(network, "xavier", 1)
    return network, start, (X[:, train], Y[:, train], X[:, dev], Y[:, dev])


@functools.cache
def chosen(candidates: tuple[Any, ...]) -> tuple[int, list[float], list[float]]:
    """What the reference chooses, in float64."""
    network, start, (X, Y, X_dev, Y_dev) = study()
    best, errors, costs = reference.implementation().search(
        network, start, X, Y, X_dev, Y_dev, candidates, steps=12
    )
    return best, errors.tolist(), costs.tolist()
