"""The comparison itself, with literal numbers: it must be able to fail."""

import numpy as np
import pytest

from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import (
    Comparison,
    Departure,
    NoVerdict,
    compare,
    compare_exactly,
    truth,
)
from reference.rounding import FLOAT64, RoundedArray

DUE = RoundedArray(
    np.array([[1.0, 2.0, 0.0]], np.longdouble),
    np.array([[0.5, 0.25, 0.0]]),
    FLOAT64,
)


def ratio(got: object) -> float:
    return compare("quantity", "name", got, DUE).ratio


def test_ratio_is_error_over_bound() -> None:
    assert ratio(np.array([[1.0, 2.0, 0.0]])) == 0
    assert ratio(np.array([[1.25, 2.0, 0.0]])) == 0.5
    assert ratio(np.array([[1.25, 1.75, 0.0]])) == 1.0
    assert ratio(np.array([[1.0, 3.0, 0.0]])) == 4.0
    # Exact is exact: there is no rounding to hide behind.
    assert ratio(np.array([[1.0, 2.0, 5e-324]])) == np.inf


def test_the_worst_entry_is_named() -> None:
    worst = compare("gradients", "dW[1]", np.array([[1.5, 3.0, 0.0]]), DUE)
    assert worst.index == (0, 1)
    assert (worst.got, worst.expected, worst.bound) == (3.0, 2.0, 0.25)
    message = r"gradients: dW\[1\]\[0, 1\] is 3.0, expected 2.0 \+- 0.25"
    with pytest.raises(Departure, match=message):
        worst.require()


@pytest.mark.parametrize(
    "got",
    [
        np.array([[np.nan, 2.0, 0.0]]),
        np.array([[np.inf, 2.0, 0.0]]),
        np.array([1.0, 2.0, 0.0]),
        np.array([[1.0, 2.0]]),
        np.array([[1.0, 2.0, 0.0]], np.float32),
        [[1.0, 2.0, 0.0]],
        None,
        1.0,
    ],
)
def test_what_is_no_number_or_no_such_array_fails(got: object) -> None:
    comparison = compare("quantity", "name", got, DUE)
    assert comparison.ratio == np.inf
    with pytest.raises(Departure):
        comparison.require()


def test_nan_ratio_fails() -> None:
    with pytest.raises(Departure):
        Comparison("quantity", "name", float("nan")).require()


def test_an_infinite_bound_is_no_verdict() -> None:
    void = RoundedArray(np.ones(1), np.array([np.inf]), FLOAT64)
    with pytest.raises(NoVerdict):
        compare("quantity", "name", np.ones(1), void)


def test_exact_comparison() -> None:
    compare_exactly("split", "sizes", [1, 2], [1, 2]).require()
    with pytest.raises(Departure, match="sizes is"):
        compare_exactly("split", "sizes", [1, 3], [1, 2]).require()


def test_truth_puts_everything_back() -> None:
    pages = PAGES.activations, PAGES.losses
    before = [vars(page).copy() for page in pages]
    with truth():
        assert PAGES.losses.cross_entropy is not before[1]["cross_entropy"]
    assert [vars(page) for page in pages] == before
