"""Early stopping."""

from typing import Any

import numpy as np
import pytest

from parity_tests.cases import HARD_CASES
from parity_tests.checks.early_stopping import early_stopping
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference.specification import Contract

CASE = HARD_CASES["overfitted"]
DATA: tuple[Any, ...] = (
    CASE.network, CASE.parameters, CASE.X, CASE.Y, CASE.X, 1 - CASE.Y,
)  # fmt: skip
NETWORK, START, X, Y = CASE.network, CASE.parameters, CASE.X, CASE.Y


@pytest.mark.clause("3.1-early-stopping")
@pytest.mark.parametrize("example", examples_of("early_stopping"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.compiles
@pytest.mark.clause("3.1-early-stopping")
def test_parity(implementation: Contract) -> None:
    require(early_stopping(implementation))


@pytest.mark.clause("3.1-early-stopping")
def test_worked_example(implementation: Contract) -> None:
    """Dev costs 6.25, 2.25, 0.25, 0.25, 2.25: a tie is no better."""
    page = implementation.pages.early_stopping
    for patience, seen in ((1, 4), (2, 5), (9, 10)):
        best, costs, dev_costs, best_step = implementation.call(
            page.stop_early, lambda p: (p + 1, p), lambda p: (p - 2.5) ** 2,
            np.array(0.0, implementation.dtype), 9, patience, on_host=True,
        )  # fmt: skip
        assert (float(best), best_step) == (2, 2)
        assert costs.tolist() == list(range(seen))
        assert dev_costs[:5].tolist() == [6.25, 2.25, 0.25, 0.25, 2.25][:seen]


@pytest.mark.clause("3.1-early-stopping")
def test_the_best_parameters_are_those_of_the_best_step(
    implementation: Contract,
) -> None:
    """They are what training for so many steps gives, and not the last."""
    X_dev, Y_dev = CASE.X + 0.5, 1 - CASE.Y
    best, costs, dev_costs, step = implementation.train_early_stopping(
        NETWORK,
        START,
        X,
        Y,
        X_dev,
        Y_dev,
        learning_rate=0.25,
        steps=40,
        patience=4,
    )
    assert step == int(np.argmin(dev_costs))
    assert len(costs) == len(dev_costs) == step + 4 + 1 < 41
    trained, _ = implementation.train(
        NETWORK, START, X, Y, learning_rate=0.25, steps=step
    )
    eps = 64 * np.finfo(implementation.dtype).eps
    for a, b in zip(best, trained, strict=True):
        assert np.max(np.abs(a.W - b.W)) <= eps
    got = implementation.cost(CASE.network, best, X_dev, Y_dev)
    assert abs(got - dev_costs[step]) <= eps


def test_bad_input(implementation: Contract) -> None:
    good: Any = {"learning_rate": 0.1, "steps": 3, "patience": 2}
    for changed, message in (
        ({"patience": 0}, "patience must be >= 1, got 0"),
        ({"steps": -1}, "steps must be >= 0, got -1"),
    ):
        with pytest.raises(ValueError, match=message):
            implementation.train_early_stopping(*DATA, **{**good, **changed})
    with pytest.raises(ValueError, match="X_dev must have shape"):
        implementation.train_early_stopping(
            NETWORK, START, X, Y, X[:2], Y, **good
        )
    with pytest.raises(ValueError, match="Y_dev must be in"):
        implementation.train_early_stopping(
            NETWORK, START, X, Y, X, Y + 1, **good
        )
