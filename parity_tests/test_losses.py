"""Losses from Z[L], and their mean over the examples."""

import numpy as np
import pytest

import reference
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Layer, Network
from reference.specification import Contract


@pytest.mark.clause("1-relu-neuron", "1.2-loss", "1.2-cost", "2.9")
@pytest.mark.parametrize("example", examples_of("losses"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("1.2-loss", "1.2-cost", "1-relu-neuron")
def test_worked_example() -> None:
    """y_hat = 3/4 costs log(4/3) if y = 1 and log 4 if y = 0."""
    page, u = reference.losses, np.finfo(float).eps
    z = np.array([[np.log(3), np.log(3)]])
    y = np.array([[1.0, 0.0]])
    due = np.log([[4 / 3, 4.0]])
    assert np.all(np.abs(page.cross_entropy(z, y) - due) <= 4 * u)
    due = np.array([[-0.25, 0.75]])
    assert np.all(np.abs(page.cross_entropy_gradient(z, y) - due) <= 4 * u)
    error = page.half_squared_error(np.array([[5.0]]), np.array([[2.0]]))
    assert error.tolist() == [[4.5]]
    losses = np.array([[1.0, 2.0], [3.0, 6.0]])
    assert page.mean_over_examples(losses) == 6.0  # (1 + 3 + 2 + 6) / 2


@pytest.mark.clause("1.2-loss")
def test_saturated_output_costs_the_size_of_z(
    implementation: Contract,
) -> None:
    """From Z: |Z| on the wrong side, e^-|Z| on the right, up to u |Z|."""
    network = Network((1, 1), ("sigmoid",))
    parameters = (Layer(np.ones((1, 1)), np.zeros((1, 1))),)
    for z, y, due in (
        (1e4, 0, 1e4),
        (-1e4, 1, 1e4),
        (1e4, 1, 0.0),
        (-1e4, 0, 0.0),
        (40.0, 1, np.exp(-40.0)),
        (-40.0, 0, np.exp(-40.0)),
    ):
        got = implementation.cost(network, parameters, [[z]], [[y]])
        eps = np.finfo(implementation.dtype).eps
        assert abs(got - due) <= eps * abs(z), (z, y)
