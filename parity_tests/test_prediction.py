"""The predicted class, and the share of right ones."""

import numpy as np
import pytest

import reference
from parity_tests.checks import prediction
from parity_tests.pages import page_parity
from reference.specification import Contract

A = np.array([[0.0, 0.5, 0.51, 1.0], [0.2, 0.9, 0.5, 0.7]])
Y = np.array([[0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0]])


@pytest.mark.parametrize(
    ("function", "arguments"), [("predict", (A,)), ("accuracy", (A, Y))]
)
def test_page(
    implementation: Contract, function: str, arguments: tuple[np.ndarray, ...]
) -> None:
    for c in page_parity(implementation, "prediction", function, *arguments):
        c.require()


def test_parity(implementation: Contract) -> None:
    for comparison in prediction(implementation):
        comparison.require()


def test_worked_example() -> None:
    """Two of four examples have both of their classes right."""
    page = reference.prediction
    assert page.predict(A).tolist() == [[0, 0, 1, 1], [0, 1, 0, 1]]
    assert page.accuracy(A, Y) == 0.5
