"""Activation functions and their derivatives."""

import numpy as np
import pytest

import reference
from parity_tests.checks import HARD_Z, activations
from parity_tests.pages import page_parity
from reference.specification import ACTIVATIONS, Contract

Z = np.append(HARD_Z, np.linspace(-3, 3, 14)).reshape(4, 8)
ELEMENTWISE = ("identity", "sigmoid", "tanh", "relu")
ARGUMENTS = {
    **dict.fromkeys(ELEMENTWISE, (Z,)),
    **{f"{g}_derivative": (Z,) for g in ELEMENTWISE},
    "leaky_relu": (Z, 0.25),
    "leaky_relu_derivative": (Z, 0.25),
    "activation": ("tanh", Z, 0.01),
    "activation_derivative": ("leaky_relu", Z, 0.01),
}


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


@pytest.mark.parametrize("function", reference.activations.__all__)
def test_page(implementation: Contract, function: str) -> None:
    arguments = ARGUMENTS[function]
    for c in page_parity(implementation, "activations", function, *arguments):
        c.require()


def test_parity(implementation: Contract) -> None:
    for comparison in activations(implementation):
        comparison.require()


def test_tails_are_exact_and_monotone(implementation: Contract) -> None:
    tails = np.array([-1e4, -800.0, 800.0, 1e4])
    sigmoid = implementation.activation("sigmoid", tails)
    assert sigmoid.tolist() == [0, 0, 1, 1]
    assert implementation.activation("tanh", tails).tolist() == [-1, -1, 1, 1]
    # Coarser than the functions' own rounding, which may step back an ulp.
    rising = implementation.activation("sigmoid", np.linspace(-50, 50, 1001))
    assert np.all(np.diff(rising) >= 0)


def test_tanh_is_a_shifted_sigmoid() -> None:
    """tanh(z) = 2 sigmoid(2z) - 1."""
    z = np.linspace(-5, 5, 101).reshape(1, -1)
    shifted = 2 * reference.activations.sigmoid(2 * z) - 1
    u = np.finfo(float).eps
    assert np.all(np.abs(reference.activations.tanh(z) - shifted) <= 4 * u)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_any_shape_is_kept(implementation: Contract, name: str) -> None:
    for shape in ((), (0,), (3,), (2, 3, 4)):
        A = implementation.activation(name, np.ones(shape))
        assert A.shape == shape
        assert A.dtype == implementation.dtype
