"""Normalization of the input features."""

import numpy as np
import pytest

import reference
from parity_tests.checks import normalization
from parity_tests.pages import page_parity, random_arrays
from reference.specification import Contract

X, mu, sigma = random_arrays((4, 9), (4, 1), (4, 1))
X[2] = 0.1
ARGUMENTS = {
    "mean": (X,),
    "variance": (X, mu),
    "fit_normalization": (X,),
    "normalize": (X, mu, np.abs(sigma)),
}


@pytest.mark.parametrize("function", reference.normalization.__all__)
def test_page(implementation: Contract, function: str) -> None:
    arguments = ARGUMENTS[function]
    parity = page_parity(implementation, "normalization", function, *arguments)
    for comparison in parity:
        comparison.require()


def test_parity(implementation: Contract) -> None:
    for comparison in normalization(implementation):
        comparison.require()


def test_worked_example(implementation: Contract) -> None:
    """x = 1, 3, 5: mu = 3 and sigma^2 = 8/3; a constant row becomes 0."""
    X = np.array([[1.0, 3.0, 5.0], [0.1, 0.1, 0.1]])
    mu, sigma = implementation.fit_normalization(X)
    eps = np.finfo(implementation.dtype).eps
    assert mu[0, 0] == 3
    assert abs(sigma[0, 0] ** 2 - 8 / 3) <= 8 * eps
    assert mu[1, 0] == implementation.dtype.type(0.1)
    assert sigma[1, 0] == 0
    normalized = implementation.normalize(X, mu, sigma)
    assert normalized[1].tolist() == [0, 0, 0]
    # Another set goes by the training set's mu and sigma.
    other = implementation.normalize(X + 1, mu, sigma)
    assert abs(other[0, 1] - 1 / sigma[0, 0]) <= 4 * eps


def test_large_offset_in_float32(implementation: Contract) -> None:
    """mean(x^2) - mu^2 would be -300 here; sigma^2 is 1."""
    X = np.random.default_rng(0).normal(1000, 1, size=(1, 100_000))
    _, sigma = implementation.fit_normalization(X)
    assert 0.99 < sigma[0, 0] < 1.01
