"""Forward propagation and cost of an L-layer network."""

import pytest

from parity_tests.cases import HARD_CASES
from parity_tests.checks import cost, forward, purity
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Network
from reference.specification import Contract


@pytest.mark.clause("2.3", "2.4", "2.10", "2.11", "2.12", "1.2-cost", "3.1-l2")
@pytest.mark.parametrize("example", examples_of("network"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("2.3", "2.4", "1.2-cost")
@pytest.mark.parametrize("name", HARD_CASES)
def test_parity(implementation: Contract, name: str) -> None:
    for check in (forward, cost):
        for comparison in check(implementation, HARD_CASES[name]):
            comparison.require()


@pytest.mark.parametrize(
    "name", ["ordinary", "read-only arrays", "L2 with dropout"]
)
def test_purity(implementation: Contract, name: str) -> None:
    require(purity(implementation, HARD_CASES[name]))


@pytest.mark.clause("2.3", "2.4", "1.2-cost", "3.1-l2")
def test_worked_example(implementation: Contract) -> None:
    """W = (1, -2), b = 1/2, x = (3, 1): Z = 3/2, by ReLU A = 3/2."""
    network = Network((2, 1), ("relu",))
    parameters = [([[1.0, -2.0]], [[0.5]])]
    A = implementation.forward(network, parameters, [[3.0], [1.0]])
    assert A[0].tolist() == [[1.5]]
    # Half the squared distance to 2, and lambda/(2m) 5 with lambda = 4.
    got = implementation.cost(network, parameters, [[3.0], [1.0]], [[2.0]], 4.0)
    assert got == 0.125 + 10
