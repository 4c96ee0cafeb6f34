"""The predicted class, and the share of right ones."""

import numpy as np
import pytest

import reference
from parity_tests.checks.prediction import prediction
from parity_tests.comparison import require
from parity_tests.examples import A_HAT, Y_HAT, examples_of
from parity_tests.pages import page_parity
from reference import Layer, Network
from reference.specification import Contract


@pytest.mark.clause("1.2-predict")
@pytest.mark.parametrize("example", examples_of("prediction"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("1.2-predict")
def test_parity(implementation: Contract) -> None:
    for comparison in prediction(implementation):
        comparison.require()


@pytest.mark.clause("1.2-predict")
def test_worked_example() -> None:
    """Two of four examples have both of their classes right."""
    page = reference.prediction
    A, Y = A_HAT, Y_HAT
    assert page.predict(A).tolist() == [[0, 0, 1, 1], [0, 1, 0, 1]]
    assert page.accuracy(A > 0.5, Y) == 0.5


@pytest.mark.clause("1.2-predict")
def test_from_z_as_from_y_hat(implementation: Contract) -> None:
    """Alike, but where sigmoid rounds to 1/2: there Z alone can tell."""
    u = float(np.finfo(implementation.dtype).eps)
    Z = np.array([[-700.0, -1, -8 * u, 0, 8 * u, 1, 700]])
    network = Network((1, 1), ("sigmoid",))
    neuron = (Layer(np.ones((1, 1)), np.zeros((1, 1))),)
    due = [[False] * 4 + [True] * 3]
    assert implementation.predict(network, neuron, Z).tolist() == due
    page, Z = implementation.pages.prediction, Z.astype(implementation.dtype)
    A = implementation.forward(network, neuron, Z)[-1]
    assert implementation.call(page.predict, A).tolist() == due
    tiny = np.full((1, 1), u / 8)
    assert implementation.forward(network, neuron, tiny)[-1] == 0.5
    assert implementation.predict(network, neuron, tiny).all()
