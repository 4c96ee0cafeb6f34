"""Images as columns."""

import re

import numpy as np
import pytest

from parity_tests.checks.flattening import notation
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference.specification import Contract


@pytest.mark.clause("1.1-notation")
@pytest.mark.parametrize("example", examples_of("flattening"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("1.1-notation")
def test_parity(implementation: Contract) -> None:
    require(notation(implementation))


@pytest.mark.clause("1.1-notation")
def test_worked_example(implementation: Contract) -> None:
    """Two images of 2 x 2: each becomes a column, row by row."""
    images = np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]) / 8
    X = implementation.flatten_images(images)
    assert (8 * X).tolist() == [[1, 5], [2, 6], [3, 7], [4, 8]]


def test_bad_range(implementation: Contract) -> None:
    message = "images must be in [0, 1], got 255.0 at [1, 0, 0]"
    with pytest.raises(ValueError, match=re.escape(message)):
        implementation.flatten_images([[[0.0]], [[255.0]]])


@pytest.mark.parametrize("shape", [(5,), (0, 2, 2), (2, 0), ()])
def test_bad_rank(implementation: Contract, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="images must have shape"):
        implementation.flatten_images(np.ones(shape))
