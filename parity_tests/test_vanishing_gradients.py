"""Vanishing and exploding signals."""

import numpy as np
import pytest

from parity_tests.checks.vanishing_gradients import vanishing
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Network
from reference.specification import Contract


@pytest.mark.clause("3.2.2-vanishing")
@pytest.mark.parametrize("example", examples_of("vanishing_gradients"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("3.2.2-vanishing")
def test_parity(implementation: Contract) -> None:
    require(vanishing(implementation))


@pytest.mark.clause("3.2.2-vanishing")
def test_worked_example(implementation: Contract) -> None:
    assert implementation.repeated_weight(1.5, 3).tolist() == [1.5, 2.25, 3.375]
    assert implementation.repeated_weight(-0.5, 2).tolist() == [-0.5, 0.25]


@pytest.mark.compiles
@pytest.mark.clause("3.2.2-vanishing", "3.2.2-xavier", "3.2.2-he")
def test_the_rule_keeps_the_signal(implementation: Contract) -> None:
    """Through 7 layers: He with ReLU and Xavier with tanh keep the scale,
    small weights lose it, and the gradient's with it."""
    L, n, m = 7, 30, 40
    X = np.random.default_rng(0).normal(size=(n, m))
    Y = (np.arange(m) % 2)[None].astype(float)
    shares, slopes = {}, {}
    for g, rule in (("relu", "he"), ("relu", "xavier"), ("tanh", "xavier"),
                    ("tanh", "small")):  # fmt: skip
        network = Network((n,) * L + (1,), (g,) * (L - 1) + ("sigmoid",))
        layers = implementation.initialize(network, rule, 0)
        A = implementation.activation_scales(network, layers, X)
        shares[g, rule] = A[L - 2] / A[0]
        if g == "tanh":
            dW = implementation.gradient_scales(network, layers, X, Y)
            assert A.shape == dW.shape == (L,)
            slopes[rule] = dW[0]
    assert 0.3 < shares["relu", "he"] < 3
    # ReLU halves the variance, and Xavier does not make up for it.
    assert shares["relu", "xavier"] < 0.35
    assert shares["tanh", "xavier"] > 0.2
    assert shares["tanh", "small"] < 1e-4
    assert slopes["small"] < 1e-4 * slopes["xavier"]


def test_bad_input(implementation: Contract) -> None:
    with pytest.raises(ValueError, match="L must be >= 1, got 0"):
        implementation.repeated_weight(1.5, 0)
