"""One neuron that predicts a price, on real data."""

import re

import numpy as np
import pytest

from parity_tests.checks.price_model import price_model
from parity_tests.comparison import require
from parity_tests.data import diabetes
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Layer, Network
from reference.specification import Contract


@pytest.mark.clause("1-relu-neuron")
@pytest.mark.parametrize("example", examples_of("price_model"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("1-relu-neuron")
def test_parity(implementation: Contract) -> None:
    require(price_model(implementation))


@pytest.mark.clause("1-relu-neuron")
def test_worked_example(implementation: Contract) -> None:
    """100 a room and 50 a bath, less 250: never below zero."""
    X = np.array([[3.0, 2.0, 0.0], [1.0, 1.0, 0.0]])
    prices = implementation.price([[100.0], [50.0]], -250.0, X)
    assert prices.tolist() == [[100, 0, 0]]


@pytest.mark.clause("1-relu-neuron")
def test_it_learns_real_prices(implementation: Contract) -> None:
    """The error falls below a half, and no price is below zero."""
    X, Y = diabetes()
    network = Network((10, 1), ("relu",))
    start = [Layer(np.zeros((1, 10)), np.ones((1, 1)))]
    trained, costs = implementation.train(
        network, start, X, Y, learning_rate=0.2, steps=60
    )
    assert costs[-1] < costs[0] / 2
    W, b = trained[0]
    prices = implementation.price(W.T, b, X)
    assert prices.min() >= 0
    # Half the variance of the prices is what a constant price would leave.
    assert costs[-1] < np.var(Y) / 2 * 0.6


def test_bad_input(implementation: Contract) -> None:
    for arguments, message in (
        ((np.ones((1, 3)), 0.0, np.ones((3, 2))),
         "w must have shape (n_x, 1) = (3, 1), got (1, 3)"),
        ((np.ones((3, 1)), [0.0, 1.0], np.ones((3, 2))),
         "b must have shape (1, 1), got (2,)"),
        ((np.ones((3, 1)), 0.0, np.ones((3, 0))),
         "X must have shape (n_x, m), got (3, 0)"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=re.escape(message)):
            implementation.price(*arguments)
