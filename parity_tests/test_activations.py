"""Activation functions and their derivatives."""

import numpy as np
import pytest

from parity_tests.checks.activations import activations, shifted_sigmoid
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference.specification import ACTIVATIONS, Contract


@pytest.mark.clause(
    "1.2-sigmoid",
    "2.2-tanh",
    "2.2-relu",
    "2.2-leaky-relu",
    "2.2-identity",
    "2.3-derivatives",
)
def test_worked_example(implementation: Contract) -> None:
    """By hand: sigmoid(log 3) = 3/4, tanh(log 2) = 3/5, slopes at 0."""
    for name, z, A, dA in (
        ("identity", 5.0, 5.0, 1.0),
        ("sigmoid", np.log(3), 0.75, 0.1875),
        ("tanh", np.log(2), 0.6, 0.64),
        ("relu", 2.0, 2.0, 1.0),
        ("relu", -2.0, 0.0, 0.0),
        ("relu", 0.0, 0.0, 0.0),
        ("leaky_relu", -2.0, -0.5, 0.25),
        ("leaky_relu", 0.0, 0.0, 0.25),
    ):
        u = float(np.finfo(implementation.dtype).eps)
        got = implementation.activation(name, [z], 0.25)
        assert abs(got[0] - A) <= 8 * u, name
        got = implementation.activation_derivative(name, [z], 0.25)
        assert abs(got[0] - dA) <= 16 * u, f"{name}'"


@pytest.mark.clause(
    "1.2-sigmoid",
    "2.2-tanh",
    "2.2-relu",
    "2.2-leaky-relu",
    "2.2-identity",
    "2.3-derivatives",
    "2.4",
)
@pytest.mark.parametrize("example", examples_of("activations"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause(
    "1.2-sigmoid",
    "2.2-tanh",
    "2.2-relu",
    "2.2-leaky-relu",
    "2.2-identity",
    "2.3-derivatives",
)
def test_parity(implementation: Contract) -> None:
    for comparison in activations(implementation):
        comparison.require()


@pytest.mark.clause("1.2-sigmoid", "2.2-tanh")
def test_tails_are_exact_and_monotone(implementation: Contract) -> None:
    tails = np.array([-1e4, -800.0, 800.0, 1e4])
    sigmoid = implementation.activation("sigmoid", tails)
    assert sigmoid.tolist() == [0, 0, 1, 1]
    assert implementation.activation("tanh", tails).tolist() == [-1, -1, 1, 1]
    # Coarser than the functions' own rounding, which may step back an ulp.
    rising = implementation.activation("sigmoid", np.linspace(-50, 50, 1001))
    assert np.all(np.diff(rising) >= 0)


@pytest.mark.clause("2.2-tanh")
def test_tanh_is_a_shifted_sigmoid(implementation: Contract) -> None:
    require(shifted_sigmoid(implementation))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_any_shape_is_kept(implementation: Contract, name: str) -> None:
    for shape in ((), (0,), (3,), (2, 3, 4)):
        A = implementation.activation(name, np.ones(shape))
        assert A.shape == shape
        assert A.dtype == implementation.dtype
