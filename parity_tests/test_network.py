"""Forward propagation and cost of an L-layer network."""

import numpy as np
import pytest

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import cost, forward, purity
from parity_tests.pages import page_parity, random_arrays
from reference import Dropout, Layer, Network
from reference.specification import Contract

W, A_prev, b, dZ = random_arrays((3, 4), (4, 6), (3, 1), (3, 6))
V, c, X = random_arrays((2, 3), (2, 1), (4, 6))
NETWORK = Network((4, 3, 2), ("tanh", "sigmoid"))
PARAMETERS = (Layer(W, b), Layer(V, c))
Y = np.array([[0.0, 1, 1, 0, 1, 0], [1.0, 1, 0, 0, 0, 1]])
MASKS = Dropout(0.5, (random_arrays((3, 6))[0] < 0.3,))
ARGUMENTS = {
    "linear": (W, A_prev, b),
    "weight_gradient": (dZ, A_prev),
    "bias_gradient": (dZ,),
    "input_gradient": (W, dZ),
    "propagate": (NETWORK, PARAMETERS, X, MASKS),
    "forward": (NETWORK, PARAMETERS, X, MASKS),
    "cost": (NETWORK, PARAMETERS, X, Y, 0.7, MASKS),
}


@pytest.mark.parametrize("function", reference.network.__all__)
def test_page(implementation: Contract, function: str) -> None:
    arguments = ARGUMENTS[function]
    for c in page_parity(implementation, "network", function, *arguments):
        c.require()


@pytest.mark.parametrize("name", HARD_CASES)
def test_parity(implementation: Contract, name: str) -> None:
    for check in (forward, cost, purity):
        for comparison in check(implementation, HARD_CASES[name]):
            comparison.require()


def test_worked_example(implementation: Contract) -> None:
    """W = (1, -2), b = 1/2, x = (3, 1): Z = 3/2, by ReLU A = 3/2."""
    network = Network((2, 1), ("relu",))
    parameters = [([[1.0, -2.0]], [[0.5]])]
    A = implementation.forward(network, parameters, [[3.0], [1.0]])
    assert A[0].tolist() == [[1.5]]
    # Half the squared distance to 2, and lambda/(2m) 5 with lambda = 4.
    got = implementation.cost(network, parameters, [[3.0], [1.0]], [[2.0]], 4.0)
    assert got == 0.125 + 10
