"""Random initialization: the law of the weights, biases of 0."""

import numpy as np
import pytest

import reference
from parity_tests.checks.initialization import (
    initialization_law,
    small_random,
    symmetry,
)
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Network
from reference.specification import RULES, Contract

NETWORK = Network((5, 4, 3), ("tanh", "sigmoid"))


@pytest.mark.compiles
@pytest.mark.clause(
    "2.4-symmetry",
    "2.4-small-random",
    "3.2.2-xavier",
    "3.2.2-he",
    "3.2.2-xavier-average",
)
def test_law(implementation: Contract) -> None:
    """zeros, small, xavier, xavier_average, he; weights and initialize."""
    for comparison in initialization_law(implementation):
        comparison.require()


@pytest.mark.clause("2.5-shapes")
@pytest.mark.parametrize("rule", RULES)
def test_shapes(implementation: Contract, rule: str) -> None:
    layers = implementation.initialize(NETWORK, rule, 3)
    assert [W.shape for W, _ in layers] == [(4, 5), (3, 4)]
    assert [b.shape for _, b in layers] == [(4, 1), (3, 1)]
    for array in (a for layer in layers for a in layer):
        assert array.dtype == implementation.dtype


@pytest.mark.clause("3.2.2-xavier", "3.2.2-he", "3.2.2-xavier-average")
@pytest.mark.parametrize(
    ("rule", "factor"),
    [
        ("xavier", np.sqrt(1 / 5)),
        ("xavier_average", np.sqrt(2 / 9)),
        ("he", np.sqrt(2 / 5)),
    ],
)
def test_worked_example(
    implementation: Contract, rule: str, factor: float
) -> None:
    """From the same draws, W[1] is the unit normal times the factor."""
    unit = implementation.initialize(NETWORK, "small", 3, scale=1.0)[0].W
    scaled = implementation.initialize(NETWORK, rule, 3)[0].W
    eps = 4 * np.finfo(implementation.dtype).eps
    assert np.all(np.abs(scaled - factor * unit) <= eps * np.abs(scaled))


@pytest.mark.clause("2.4-small-random")
def test_scale_of_small(implementation: Contract) -> None:
    small = implementation.initialize(NETWORK, "small", 3)[0].W
    large = implementation.initialize(NETWORK, "small", 3, scale=1.0)[0].W
    eps = 4 * np.finfo(implementation.dtype).eps
    assert np.all(np.abs(100 * small - large) <= eps * np.abs(large))


def test_no_two_seeds_are_one(implementation: Contract) -> None:
    """None is cut off at 32 bits, though one may be mixed into them."""
    seeds = (0, 1, 2**32, 2**32 + 1, 2**33, 2**63)
    draws = {
        implementation.initialize(NETWORK, "he", s)[0].W.tobytes()
        for s in seeds
    }
    assert len(draws) == len(seeds)


@pytest.mark.clause("2.4-symmetry")
@pytest.mark.parametrize("example", examples_of("initialization"))
def test_page(implementation: Contract, example: str) -> None:
    """constant; what draws is compared by its law."""
    require(page_parity(implementation, example))


@pytest.mark.compiles
@pytest.mark.clause("2.4-symmetry", "2.5-shapes")
def test_symmetry(implementation: Contract) -> None:
    require(symmetry(implementation))


@pytest.mark.clause("2.4-symmetry")
def test_random_weights_break_the_symmetry(implementation: Contract) -> None:
    """The rows that equal weights keep equal, random ones do not."""
    layers = implementation.initialize(NETWORK, "xavier", 0)
    X = np.random.default_rng(0).normal(size=(5, 8))
    Y = np.tile([[0, 1]], (3, 4))
    trained, _ = implementation.train(
        NETWORK, layers, X, Y, learning_rate=0.5, steps=3
    )
    for W, _ in trained:
        assert np.min(np.ptp(W, axis=0)) > 1e-3


@pytest.mark.compiles
@pytest.mark.clause("2.4-small-random")
def test_small_random(implementation: Contract) -> None:
    require(small_random(implementation))


def test_zero_weights_draw_nothing() -> None:
    page, rng = reference.initialization, np.random.default_rng(0)
    assert not np.any(page.zeros(rng, (2, 3)))
    assert rng.random() == np.random.default_rng(0).random()
