"""Normalization of the input features."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from parity_tests.checks.normalization import conditioning, normalization
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference.specification import Contract


@pytest.mark.clause("3.2.1-normalize")
@pytest.mark.parametrize("example", examples_of("normalization"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("3.2.1-normalize")
def test_parity(implementation: Contract) -> None:
    for comparison in normalization(implementation):
        comparison.require()


@pytest.mark.clause("3.2.1-normalize")
@pytest.mark.filterwarnings("ignore:X has a feature")
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


@pytest.mark.clause("3.2.1-normalize")
def test_large_offset_in_float32(implementation: Contract) -> None:
    """mean(x^2) - mu^2 would be -300 here; sigma^2 is 1."""
    X = np.random.default_rng(0).normal(1000, 1, size=(1, 100_000))
    _, sigma = implementation.fit_normalization(X)
    assert 0.99 < sigma[0, 0] < 1.01


@pytest.mark.clause("3.2.1-normalize")
def test_conditioning(implementation: Contract) -> None:
    require(conditioning(implementation))


@pytest.mark.clause("3.2.1-normalize")
def test_real_data_become_round(implementation: Contract) -> None:
    """kappa of two real features falls from thousands to less than 20."""
    X = load_breast_cancer().data.T[[0, 7]]
    mu, sigma = implementation.fit_normalization(X)
    rounder = implementation.normalize(X, mu, sigma)
    assert implementation.condition_number(X) > 1000
    assert implementation.condition_number(rounder) < 20
    assert implementation.condition_number(X[:, :1]) == np.inf


@pytest.mark.clause("3.2.1-normalize")
def test_singular_bowls(implementation: Contract) -> None:
    """A repeated feature, or one that is 0, and the bowl has no end."""
    X = np.random.default_rng(0).normal(size=(3, 20))
    for singular in (X[[0, 1, 0]], X * [[1], [1], [0]]):
        assert implementation.condition_number(singular) == np.inf
    assert implementation.condition_number(X) < 10


@pytest.mark.clause("3.2.1-normalize")
def test_small_spreads_are_normalized_too(implementation: Contract) -> None:
    X = 1e-9 * np.array([[1.0, 3.0, 5.0], [-2.0, 0.0, 2.0]])
    normalized = implementation.normalize(
        X, *implementation.fit_normalization(X)
    )
    root = np.sqrt(1.5)
    eps = np.finfo(implementation.dtype).eps
    assert np.max(np.abs(normalized - [-root, 0, root])) < 16 * eps


def test_spreads_that_leave_the_dtype(implementation: Contract) -> None:
    """Too large for a variance is an error; too small, a warning."""
    dtype = implementation.dtype
    large, small = (1e25, 1e-30) if dtype == np.float32 else (1e170, 1e-180)
    X = np.array([[1.0, 2.0, 4.0]])
    with pytest.raises(ValueError, match=rf"X must be in .* {dtype}, got"):
        implementation.fit_normalization(large * X)
    message = f"row 0, whose variance underflows in {dtype}"
    with pytest.warns(UserWarning, match=message):
        implementation.fit_normalization(small * X)


def test_a_constant_feature_is_named_once(implementation: Contract) -> None:
    X = np.array([[1.0, 2.0], [3.0, 3.0], [0.0, 0.0]])
    message = (
        "X has a feature, row 1 and 1 more, that is constant: sigma is 0 there"
    )
    with pytest.warns(UserWarning, match=message):
        implementation.fit_normalization(X)
