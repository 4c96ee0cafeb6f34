"""The split into training, dev and test set."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
from parity_tests.checks.splitting import split, split_law
from reference.specification import Contract


@pytest.mark.compiles
@pytest.mark.clause("3-split")
def test_parity(implementation: Contract) -> None:
    for comparison in split(implementation):
        comparison.require()


@pytest.mark.compiles
@pytest.mark.clause("3-split")
def test_law(implementation: Contract) -> None:
    for comparison in split_law(implementation):
        comparison.require()


@pytest.mark.clause("3-split")
def test_sizes_and_seats_are_the_same_everywhere(
    implementation: Contract,
) -> None:
    page = implementation.pages.splitting
    for m, fractions in ((569, (0.6, 0.2, 0.2)), (10, (0.7, 0.3))):
        sizes = page.part_sizes(m, fractions)
        assert sizes == reference.splitting.part_sizes(m, fractions)
        with implementation.scope():
            seats = implementation.numpy(page.deal(sizes))
        assert seats.tolist() == reference.splitting.deal(sizes).tolist()


@pytest.mark.clause("3-split")
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    st.integers(1, 2000), st.lists(st.integers(1, 50), min_size=1, max_size=4)
)
def test_sizes_add_up(m: int, shares: list[int]) -> None:
    fractions = tuple(share / sum(shares) for share in shares)
    sizes = reference.splitting.part_sizes(m, fractions)
    assert sum(sizes) == m
    assert all(
        abs(n - m * f) <= 1 for n, f in zip(sizes, fractions, strict=True)
    )


@pytest.mark.clause("3-split")
def test_worked_example() -> None:
    """10 examples at 60/20/20; two thirds and one third, dealt by turns."""
    page = reference.splitting
    assert page.part_sizes(10, (0.6, 0.2, 0.2)) == [6, 2, 2]
    assert page.deal([4, 2]).tolist() == [0, 1, 0, 0, 1, 0]


@pytest.mark.compiles
@pytest.mark.clause("3-split")
def test_rare_class_is_shared_out(implementation: Contract) -> None:
    """Of 40 rare examples among 4000, each tenth holds four."""
    labels = np.zeros((1, 4000))
    labels[0, :40] = 1
    parts = implementation.split(4000, (0.8, 0.1, 0.1), 0, labels)
    rare = [int(np.sum(labels[0, part])) for part in parts]
    assert rare == [32, 4, 4]


def test_labels_of_any_kind(implementation: Contract) -> None:
    labels = np.array(["benign", "malignant"] * 20)
    benign, _ = implementation.split(40, (0.5, 0.5), 0, labels)
    assert np.sum(labels[benign] == "benign") == 10
