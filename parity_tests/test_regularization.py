"""L2 regularization."""

import numpy as np
import pytest

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import cost, gradients
from parity_tests.checks.regularization import weight_decay
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Layer
from reference.specification import Contract


@pytest.mark.clause("3.1-frobenius", "3.1-l2")
@pytest.mark.parametrize("example", examples_of("regularization"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("3.1-l2")
def test_parity(implementation: Contract) -> None:
    for name in ("L2", "L2 with dropout"):
        case = HARD_CASES[name]
        for check in (cost, gradients):
            for comparison in check(implementation, case):
                comparison.require()


@pytest.mark.clause("3.1-frobenius", "3.1-l2")
def test_worked_example() -> None:
    """||W||^2 = 30; lambda = 2, m = 5: penalty 6, gradient 0.4 W."""
    page, W = reference.regularization, np.array([[1.0, 2.0], [3.0, 4.0]])
    assert page.squared_frobenius_norm(W) == 30
    assert page.l2_penalty(W, 2.0, 5) == 6
    assert np.array_equal(page.l2_penalty_gradient(W, 2.0, 5), 0.4 * W)
    # Biases are not penalized.
    layers = (Layer(W, 1e9 * np.ones((2, 1))), Layer(W, np.ones((2, 1))))
    assert page.l2_cost(layers, 2.0, 5) == 12


@pytest.mark.clause("3.1-l2")
def test_weight_decay(implementation: Contract) -> None:
    require(weight_decay(implementation))


def test_lambda_is_an_argument_of_the_compiled_step(
    implementation: Contract,
) -> None:
    """A second call with another lambda must not see the first one's."""
    case = HARD_CASES["L2"]
    arguments = (case.network, case.parameters, case.X, case.Y)
    first, second, third = (
        implementation.cost(*arguments, l2) for l2 in (0.0, 11.0, 0.0)
    )
    squares = sum(np.sum(W * W) for W, _ in case.parameters)
    eps = 64 * np.finfo(implementation.dtype).eps
    assert first == third
    assert abs(second - first - squares / 2) <= eps * squares
