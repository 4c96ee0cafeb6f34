"""Inverted dropout."""

import numpy as np
import pytest

from parity_tests.cases import HARD_CASES
from parity_tests.checks import cost, forward, gradients
from parity_tests.checks.dropout import dropout_law
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference import Dropout, Network
from reference.specification import Contract

NETWORK = Network((3, 4, 2, 1), ("relu", "relu", "sigmoid"))


@pytest.mark.clause("3.1-dropout")
@pytest.mark.parametrize("example", examples_of("dropout"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("3.1-dropout")
@pytest.mark.parametrize(
    "name",
    ["dropout", "dropout, a keep_prob a layer", "L2 with dropout"],
)
def test_parity_under_the_same_masks(
    implementation: Contract, name: str
) -> None:
    for check in (forward, cost, gradients):
        for comparison in check(implementation, HARD_CASES[name]):
            comparison.require()


@pytest.mark.compiles
@pytest.mark.clause("3.1-dropout")
def test_law(implementation: Contract) -> None:
    """dropout_mask and sample_dropout: share, independence, seed."""
    for comparison in dropout_law(implementation):
        comparison.require()


@pytest.mark.clause("3.1-dropout")
def test_worked_example(implementation: Contract) -> None:
    """keep_prob 1/2 doubles what is kept."""
    page = implementation.pages.dropout
    A, D = np.array([[1.0, 2.0, 3.0]]), np.array([[True, False, True]])
    A = A.astype(implementation.dtype)
    assert implementation.call(page.dropout, A, D, 0.5).tolist() == [[2, 0, 6]]


def test_masks_of_zeros_and_ones_are_masks_too(
    implementation: Contract,
) -> None:
    case = HARD_CASES["dropout"]
    assert case.dropout is not None
    masks = tuple(D.astype(float) for D in case.dropout.masks)
    numbers = Dropout(case.dropout.keep_prob, masks)
    for dropout in (numbers, (numbers.keep_prob, list(masks))):
        got = implementation.forward(
            case.network, case.parameters, case.X, dropout
        )
        due = implementation.forward(
            case.network, case.parameters, case.X, case.dropout
        )
        assert all(np.array_equal(a, b) for a, b in zip(got, due, strict=True))


def test_a_layer_without_a_mask_is_left_alone(
    implementation: Contract,
) -> None:
    case = HARD_CASES["ordinary"]
    nothing = Dropout(0.5, (None, None))
    got = implementation.forward(case.network, case.parameters, case.X, nothing)
    due = implementation.forward(case.network, case.parameters, case.X)
    assert all(np.array_equal(a, b) for a, b in zip(got, due, strict=True))


@pytest.mark.parametrize("keep_prob", [0.0, -0.1, 1.5, float("nan")])
def test_keep_prob_out_of_range(
    implementation: Contract, keep_prob: float
) -> None:
    rule = r"keep_prob must be in \(0, 1\], got"
    with pytest.raises(ValueError, match=rule):
        implementation.sample_dropout(NETWORK, keep_prob, 5, 0)
    page = implementation.pages.dropout
    with pytest.raises(ValueError, match=rule):
        page.dropout_mask(implementation.rng(0), (2, 3), keep_prob)
