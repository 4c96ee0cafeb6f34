"""Linear layers collapse to one."""

import re
from typing import Any

import numpy as np
import pytest

from parity_tests.checks.linear_collapse import linear_collapse
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Network
from reference.specification import Contract


@pytest.mark.clause("2.2-linear-collapse")
@pytest.mark.parametrize("example", examples_of("linear_collapse"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("2.2-linear-collapse")
def test_parity(implementation: Contract) -> None:
    require(linear_collapse(implementation))


@pytest.mark.clause("2.2-linear-collapse")
def test_worked_example(implementation: Contract) -> None:
    """3 (2 x + 1) + 4 = 6 x + 7."""
    network = Network((1, 1, 1), ("identity", "sigmoid"))
    two, one = np.array([[2.0]]), np.array([[1.0]])
    W, b = implementation.collapse(network, [(two, one), (3 * one, 4 * one)])
    assert (W.tolist(), b.tolist()) == ([[6.0]], [[7.0]])


def test_other_layers_do_not_collapse(implementation: Contract) -> None:
    network = Network((1, 1, 1), ("tanh", "sigmoid"))
    one = np.ones((1, 1))
    message = "hidden activations must be 'identity', got ('tanh',)"
    with pytest.raises(ValueError, match=re.escape(message)):
        implementation.collapse(network, [(one, one), (one, one)])


def test_no_network(implementation: Contract) -> None:
    nothing: Any = (1, 1)
    with pytest.raises(TypeError, match="network must be a Network, got tuple"):
        implementation.collapse(nothing, [])
