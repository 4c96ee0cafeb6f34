"""Losses from Z[L], and their mean over the examples."""

import numpy as np
import pytest

import reference
from parity_tests.checks import HARD_Z
from parity_tests.pages import page_parity, random_arrays
from reference import Layer, Network
from reference.specification import Contract

A, B = random_arrays((3, 5), (3, 5))
Z = np.append(HARD_Z, [1.0, 2.0]).reshape(2, -1)
Y = np.array([[0.0, 1.0] * 5, [1.0, 0.0, 0.25, 1.0, 0.0] * 2])
ARGUMENTS = {
    "cross_entropy": (Z, Y),
    "cross_entropy_gradient": (Z, Y),
    "half_squared_error": (A, B),
    "half_squared_error_gradient": (A, B),
    "loss": ("relu", A, B),
    "loss_gradient": ("relu", A, B),
    "mean_over_examples": (A,),
}


@pytest.mark.parametrize("function", reference.losses.__all__)
def test_page(implementation: Contract, function: str) -> None:
    arguments = ARGUMENTS[function]
    for c in page_parity(implementation, "losses", function, *arguments):
        c.require()


@pytest.mark.parametrize("output", ["sigmoid", "identity", "relu"])
@pytest.mark.parametrize("function", ["loss", "loss_gradient"])
def test_every_output(
    implementation: Contract, function: str, output: str
) -> None:
    arguments = (output, Z, Y)
    for c in page_parity(implementation, "losses", function, *arguments):
        c.require()


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
