"""Gradient checking: the notes' and one to be trusted."""

import re
from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks.gradient_checking import (
    gradient_check,
    order_of_accuracy,
)
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Layer
from reference.specification import Contract

SMOOTH = HARD_CASES["smooth"]
DATA: tuple[Any, ...] = (SMOOTH.network, SMOOTH.parameters, SMOOTH.X, SMOOTH.Y)


@pytest.mark.clause("3.2.3-two-sided", "3.2.3-check")
@pytest.mark.parametrize("example", examples_of("gradient_checking"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.slow
@pytest.mark.clause("3.2.3-two-sided")
def test_order_of_accuracy(implementation: Contract) -> None:
    require(order_of_accuracy(implementation))


@pytest.mark.compiles
@pytest.mark.clause("3.2.3-check")
def test_parity(implementation: Contract) -> None:
    require(gradient_check(implementation))


@pytest.mark.clause("3.2.3-check")
def test_worked_example() -> None:
    """||(3, 4) - (0, 0)|| / (5 + 0) = 1, and 0 / 0 is 0."""
    page, zero = reference.gradient_checking, np.zeros(2)
    assert page.relative_difference(np.array([3.0, 4.0]), zero) == 1
    assert page.relative_difference(zero, zero) == 0
    words = [page.verdict(x) for x in (0.0, 9e-8, 1e-7, 1e-5, 1e-3, np.nan)]
    assert words == ["correct", "correct", "acceptable", "suspect", "wrong",
                     "wrong"]  # fmt: skip


@pytest.mark.clause("3.2.3-check")
def test_theta_and_back(implementation: Contract) -> None:
    theta = implementation.flatten(*DATA[:2])
    assert theta.shape == (69,)
    again = implementation.unflatten(SMOOTH.network, theta)
    start = SMOOTH.cast(implementation.dtype)[0]
    assert all(
        np.array_equal(a, b)
        for p, q in zip(again, start, strict=True)
        for a, b in zip(p, q, strict=True)
    )


def test_bad_input(implementation: Contract) -> None:
    dtype = implementation.dtype
    for epsilon, message in (
        (0, "epsilon must be in (0, inf), got 0"),
        (-1e-5, "epsilon must be in (0, inf), got -1e-05"),
        (float("nan"), "epsilon must be in (0, inf), got nan"),
        (1e-20, "epsilon must be at least"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            implementation.numerical_gradients(*DATA, epsilon=epsilon)
    due = rf"in {dtype}, got 1e-20; [\d.e-]+ would do"
    with pytest.raises(ValueError, match=due):
        implementation.numerical_gradients(*DATA, epsilon=1e-20)
    message = "theta must have shape (k,) = (69,), got (50,)"
    with pytest.raises(ValueError, match=re.escape(message)):
        implementation.unflatten(SMOOTH.network, np.ones(50))
    message = "dW[1] must have shape (n[1], n[0]) = (5, 6), got (6, 5)"
    wrong = [Layer(W.T, b) for W, b in SMOOTH.parameters]
    with pytest.raises(ValueError, match=re.escape(message)):
        implementation.gradient_check(*DATA, gradients=wrong)
