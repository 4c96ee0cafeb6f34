"""Gradient descent: a few steps entry by entry, many steps by their drift."""

import functools
from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import train
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from parity_tests.trajectory import Trajectory, follow
from reference import Layer, Network
from reference.specification import Contract


@pytest.mark.clause("A1.1", "3.1-dropout")
@pytest.mark.parametrize("example", examples_of("gradient_descent"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


OF_THEIR_OWN = {
    "overfitted", "leaky slope 0.3", "Z = 0 everywhere, leaky", "m = 1",
    "dropout", "strong L2 at m = 1", "30 layers", "labels of uint8",
    "40 steps", "a learning rate of 1e-11",
}  # fmt: skip
"""Cases that a step may go wrong on, and a gradient need not."""


@pytest.mark.clause("A1.1")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name, marks=[] if name in OF_THEIR_OWN else pytest.mark.compiles
        )
        for name in HARD_CASES
    ],
)
def test_parity(implementation: Contract, name: str) -> None:
    require(train(implementation, HARD_CASES[name]))


@pytest.mark.clause("A1.1")
@pytest.mark.trains(alone=True)
@pytest.mark.parametrize(
    "name",
    ["every activation", "ReLU output", "Z = 0 everywhere, leaky", "m = 1",
     "|Z| up to 1e4, hidden", "n_L = 4", "strong L2 at m = 1", "30 layers",
     "labels of uint8", "read-only arrays"],
)  # fmt: skip
def test_trainers_parity(implementation: Contract, name: str) -> None:
    """Other ways to train have no other equations inside."""
    require(train(implementation, HARD_CASES[name]))


@functools.cache
def sixty_steps(dtype: np.dtype) -> Trajectory:
    return follow(HARD_CASES["smooth"], dtype, 60)


@pytest.mark.slow
@pytest.mark.clause("A1.1")
@pytest.mark.trains
def test_long_training(implementation: Contract) -> None:
    """60 steps in one call stay within the drift that rounding predicts."""
    case, path = HARD_CASES["smooth"], sixty_steps(implementation.dtype)
    rate, l2 = case.learning_rate, case.l2
    arguments = (case.network, case.parameters, case.X, case.Y)
    trained, _ = implementation.train(
        *arguments, learning_rate=rate, steps=60, l2=l2
    )
    path.compare(60, trained).require()
    # It is the last step that is reached, and no other.
    assert path.compare(59, trained).ratio > 1


@pytest.mark.clause("A1.1")
@pytest.mark.trains
def test_worked_example(implementation: Contract) -> None:
    """J = (w x)^2 / 2 with x = 1, alpha = 1/2: w halves, J quarters."""
    network, one = Network((1, 1), ("identity",)), np.ones((1, 1))
    X, Y = np.array([[1.0, -1.0]]), np.zeros((1, 2))
    trained, costs = implementation.train(
        network, [(8 * one, 0 * one)], X, Y, learning_rate=0.5, steps=3
    )
    assert trained[0].W.tolist() == [[1.0]]
    assert costs.tolist() == [32.0, 8.0, 2.0]


@pytest.mark.trains
def test_no_steps(implementation: Contract) -> None:
    case = HARD_CASES["ordinary"]
    arguments = (case.network, case.parameters, case.X, case.Y)
    trained, costs = implementation.train(*arguments, learning_rate=1, steps=0)
    assert costs.shape == (0,)
    assert costs.dtype == implementation.dtype
    assert isinstance(trained[0], Layer)
    start = case.cast(implementation.dtype)[0]
    assert np.array_equal(trained[-1].W, start[-1].W)


@pytest.mark.clause("A1.1")
@pytest.mark.trains
def test_one_call_is_many(implementation: Contract) -> None:
    """repeat and train: five steps are two and three."""
    case = HARD_CASES["smooth"]
    X, Y = case.X, case.Y
    settings: Any = {"learning_rate": 0.5, "l2": case.l2}
    whole, J = implementation.train(
        case.network, case.parameters, X, Y, **settings, steps=5
    )
    half, J1 = implementation.train(
        case.network, case.parameters, X, Y, **settings, steps=2
    )
    rest, J2 = implementation.train(
        case.network, half, X, Y, **settings, steps=3
    )
    assert np.array_equal(J, np.append(J1, J2))
    assert all(
        np.array_equal(a.W, b.W) for a, b in zip(whole, rest, strict=True)
    )


def test_pages_are_named() -> None:
    names = ["update", "step", "repeat", "train", "train_dropout"]
    assert reference.gradient_descent.__all__ == names
