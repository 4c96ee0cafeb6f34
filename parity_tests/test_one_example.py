"""One example, and one node, at a time."""

import numpy as np
import pytest

from parity_tests.checks.one_example import one_example
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Network
from reference.specification import Contract


@pytest.mark.clause("2.1", "2.2", "2.5", "2.6", "2.7", "2.8")
@pytest.mark.parametrize("example", examples_of("one_example"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.compiles
@pytest.mark.clause("2.1", "2.2", "2.5", "2.6", "2.7", "2.8")
def test_parity(implementation: Contract) -> None:
    require(one_example(implementation))


@pytest.mark.clause("2.5", "2.6", "2.7")
def test_worked_example(implementation: Contract) -> None:
    """An identity neuron: dz = a - y, dW = dz x, db = dz, without 1/m."""
    network = Network((1, 1), ("identity",))
    layers = [(np.array([[2.0]]), np.array([[1.0]]))]
    X, Y = np.array([[1.0, 3.0]]), np.array([[1.0, 0.0]])
    ((dW, db),) = implementation.gradients_by_example(network, layers, X, Y)
    assert dW.tolist() == [[[2.0]], [[21.0]]]
    assert db.tolist() == [[[2.0]], [[7.0]]]
