"""The predicted class, and the share of right ones."""

import pytest

import reference
from parity_tests.checks.prediction import prediction
from parity_tests.comparison import require
from parity_tests.examples import A_HAT, Y_HAT, examples_of
from parity_tests.pages import page_parity
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
    assert page.accuracy(A, Y) == 0.5
