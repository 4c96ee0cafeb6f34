"""Hyperparameters chosen on the dev set."""

from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.checks.selection import dev_selection, study
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Network
from reference.specification import Contract


@pytest.mark.clause("3-dev-selection")
@pytest.mark.parametrize("example", examples_of("selection"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.compiles
@pytest.mark.clause("3-dev-selection")
def test_parity(implementation: Contract) -> None:
    require(dev_selection(implementation))


@pytest.mark.clause("3-dev-selection")
def test_worked_example(implementation: Contract) -> None:
    """The least error, then the least cost, then the first."""
    select = implementation.pages.selection.select
    for errors, costs, due in (
        ([0.3, 0.1, 0.2], [0.0, 9.0, 0.0], 1),
        ([0.1, 0.1, 0.2], [2.0, 1.0, 0.0], 1),
        ([0.1, 0.1], [1.0, 1.0], 0),
    ):
        told = np.array(errors), np.array(costs)
        assert implementation.call(select, *told, on_host=True) == due


@pytest.mark.clause("3-dev-selection")
def test_a_candidate_that_diverges_loses(implementation: Contract) -> None:
    network = Network((2, 2, 1), ("relu", "identity"))
    start = reference.implementation().initialize(network, "he", 1)
    X = np.random.default_rng(0).normal(size=(2, 20))
    candidates = [(100.0, 0.0, 1.0), (0.01, 0.0, 1.0)]
    best, errors, costs = implementation.search(
        network, start, X, X[:1], X, X[:1], candidates, steps=60
    )
    assert best == 1
    assert errors[0] == costs[0] == np.inf
    assert np.isfinite(costs[1])
    with pytest.raises(ValueError, match="not diverge, got 1 that all do"):
        implementation.search(
            network, start, X, X[:1], X, X[:1], candidates[:1], steps=60
        )


def test_bad_input(implementation: Contract) -> None:
    network, start, (X, Y, X_dev, Y_dev) = study()
    candidates: Any
    for candidates, message in (
        ([], "candidates must hold at least one, got none"),
        ([(0.1, 0.0, 0.0)], r"keep_prob must be in \(0, 1\], got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            implementation.search(
                network, start, X, Y, X_dev, Y_dev, candidates, steps=2
            )


def test_bad_candidates_are_refused_before_training(
    implementation: Contract,
) -> None:
    network, start, (X, Y, X_dev, Y_dev) = study()
    pair: Any = [(0.1, 0.0)]
    with pytest.raises(TypeError, match="candidates must be"):
        implementation.search(network, start, X, Y, X_dev, Y_dev, pair, steps=2)
    good = [(0.1, 0.0, 1.0)]
    for dev, message in (
        ((X_dev[:2], Y_dev), "X_dev must have shape"),
        ((X_dev, Y_dev + 1), "Y_dev must be in"),
    ):
        with pytest.raises(ValueError, match=message):
            implementation.search(network, start, X, Y, *dev, good, steps=2)
