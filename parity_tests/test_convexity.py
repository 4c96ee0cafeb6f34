"""Convexity of the cost of logistic regression."""

import numpy as np
import pytest

from parity_tests.checks.convexity import convexity
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Layer, Network
from reference.specification import Contract


@pytest.mark.clause("1.2-convex")
@pytest.mark.parametrize("example", examples_of("convexity"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("1.2-convex")
def test_parity(implementation: Contract) -> None:
    require(convexity(implementation))


@pytest.mark.clause("1.2-convex")
def test_two_starts_reach_one_minimum(implementation: Contract) -> None:
    """Two points with small gradients are close where J is convex.

    ||theta_1 - theta_2|| <= (||dJ_1|| + ||dJ_2||) / lambda_min, and lambda_2
    /m is the least curvature that an L2 penalty leaves the weights.
    """
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3, 50))
    Y = (X[:1] + rng.normal(size=(1, 50)) > 0).astype(float)
    network, l2 = Network((3, 1), ("sigmoid",)), 5.0
    ends, sizes = [], []
    for sign in (1, -1):
        start = [Layer(sign * np.full((1, 3), 2.0), np.full((1, 1), sign))]
        trained, _ = implementation.train(
            network, start, X, Y, learning_rate=1.0, steps=300, l2=l2
        )
        dJ = implementation.gradients(network, trained, X, Y, l2)
        ends.append(np.append(trained[0].W, trained[0].b).astype(float))
        sizes.append(np.linalg.norm(np.append(dJ[0].W, dJ[0].b).astype(float)))
    gap = np.linalg.norm(ends[0] - ends[1])
    A = implementation.forward(network, trained, X)[0].astype(float)
    bowl = np.vstack([X, np.ones((1, 50))])
    H = (bowl * (A * (1 - A))) @ bowl.T / 50 + l2 / 50 * np.diag([1, 1, 1, 0])
    # Half of the curvature at the end, for the way between.
    assert gap <= 2 * sum(sizes) / np.linalg.eigvalsh(H)[0]
    assert gap < 1e-5


def test_a_hidden_layer_is_not_convex(implementation: Contract) -> None:
    """Between a network and its mirror image, J rises: the check can fail."""
    network = Network((1, 2, 1), ("tanh", "sigmoid"))
    W, b = np.array([[2.0], [-1.0]]), np.zeros((2, 1))
    start = [Layer(W, b), Layer(np.array([[2.0, -1.0]]), np.zeros((1, 1)))]
    end = [Layer(-W, b), Layer(np.array([[-2.0, 1.0]]), np.zeros((1, 1)))]
    X, Y = np.array([[1.0, -1.0]]), np.array([[1, 0]])
    assert implementation.midpoint_gap(network, start, end, X, Y) < -0.1
