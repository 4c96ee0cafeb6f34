"""The gradient is the direction of steepest ascent."""

import numpy as np
import pytest

from parity_tests.checks.steepest_ascent import steepest_ascent
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Layer, Network
from reference.specification import Contract


@pytest.mark.clause("P1.1")
@pytest.mark.parametrize("example", examples_of("steepest_ascent"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("P1.1")
def test_parity(implementation: Contract) -> None:
    require(steepest_ascent(implementation))


@pytest.mark.clause("P1.1")
def test_worked_example(implementation: Contract) -> None:
    """J = (3 w)^2 / 2 at w = 2: the slope along w is 18."""
    network = Network((1, 1), ("identity",))
    layers = [Layer(np.array([[2.0]]), np.zeros((1, 1)))]
    along = [Layer(np.array([[1.0]]), np.zeros((1, 1)))]
    slope = implementation.directional_derivative(
        network, layers, [[3.0]], [[0.0]], along
    )
    assert slope == 18
