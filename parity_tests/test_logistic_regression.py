"""Logistic regression, looped and vectorized."""

import numpy as np
import pytest

from parity_tests.checks.logistic_regression import logistic_regression
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference.specification import Contract


@pytest.mark.clause("1.2-model", "1.2-theta", "A1.2", "A1.3")
@pytest.mark.parametrize("example", examples_of("logistic_regression"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("1.2-model", "1.2-theta", "A1.2", "A1.3")
def test_parity(implementation: Contract) -> None:
    require(logistic_regression(implementation))


@pytest.mark.clause("1.2-model", "A1.2", "A1.3")
def test_worked_example(implementation: Contract) -> None:
    """From zero, y_hat = 1/2: one step moves w by alpha/2 a unit of x y."""
    X, Y = np.array([[1.0, 3.0]]), np.array([[0, 1]])
    assert implementation.logistic_model([[0.0]], 0, X).tolist() == [[0.5] * 2]
    for way in ("looped", "vectorized"):
        train = getattr(implementation, f"train_{way}")
        (w, b), costs = train([[0.0]], 0, X, Y, learning_rate=1, steps=1)
        # dw = (1 * 1/2 - 3 * 1/2) / 2, db = 0
        assert w.tolist() == [[0.5]]
        assert b.tolist() == [[0.0]]
        assert costs.shape == (1,)
        (w, b), costs = train([[2.0]], 1, X, Y, learning_rate=1, steps=0)
        assert (w.tolist(), b.tolist(), costs.size) == ([[2.0]], [[1.0]], 0)


def test_bad_input(implementation: Contract) -> None:
    X, Y, w = np.ones((2, 3)), np.ones((1, 3)), np.zeros((2, 1))
    for way in ("looped", "vectorized"):
        train = getattr(implementation, f"train_{way}")
        with pytest.raises(ValueError, match=r"w must have shape \(n_x, 1\)"):
            train(w.T, 0, X, Y, learning_rate=1, steps=1)
        with pytest.raises(ValueError, match=r"Y must be in \[0, 1\]"):
            train(w, 0, X, 2 * Y, learning_rate=1, steps=1)
        with pytest.raises(ValueError, match="steps must be >= 0, got -1"):
            train(w, 0, X, Y, learning_rate=1, steps=-1)
