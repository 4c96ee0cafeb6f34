"""Arrays with error bars: literal bounds, and what float32 really does."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import truth
from reference import losses
from reference.rounding import FLOAT32, FLOAT64, RoundedArray, lift

U32, U64 = 2.0**-24, 2.0**-53
ONE = lift(np.array([1.0]), FLOAT32)


def exactly(x: RoundedArray, value: float, error_in_u: float) -> None:
    """The value, and the error up to the roundoff of the truth itself."""
    u = x.arithmetic.u
    assert x.value.item() == value
    assert abs(float(x.error.item()) - error_in_u * u) <= 1e-6 * u


def test_units() -> None:
    assert FLOAT32.u == U32 + U64
    assert FLOAT64.u == U64 + np.finfo(np.longdouble).eps / 2
    assert FLOAT32.gamma(3) == 3 * FLOAT32.u / (1 - 3 * FLOAT32.u)
    assert FLOAT32.gamma(2**25) == np.inf
    assert np.result_type(ONE.value) == np.float64


def test_worked_example() -> None:
    """1 + 1 errs by 2u; 2 x 2 by the operands' 2u each, twice, and 4u."""
    two = ONE + ONE
    exactly(two, 2.0, 2)
    exactly(two * two, 4.0, 2 * 2 + 2 * 2 + 4)
    # A quotient may be a product with a reciprocal: 2u of the result.
    exactly(ONE / 4, 0.25, 0.5)
    exactly(-two, -2.0, 2)
    exactly(abs(-two), 2.0, 2)
    # 0.1 is no float32: it errs by its own rounding.
    tenth = lift(0.1, FLOAT32)
    exactly(tenth, 0.1, 0.1)
    assert abs(float(np.float32(0.1)) - 0.1) <= tenth.error
    assert lift(0.1, FLOAT64).error == 0
    assert lift(0.5, FLOAT32).error == 0


def test_sums() -> None:
    """A sum of n terms errs by gamma(n - 1) of their sizes, in any order."""
    x = lift(np.array([[3.0, -2.0, 1.0]]), FLOAT32)
    s = np.sum(x)
    assert s.value == 2
    assert s.error == FLOAT32.gamma(2) * 6
    # A product with a matrix, and a bias that may have entered first.
    Z = x @ x.T
    assert Z.error == FLOAT32.gamma(3) * 14
    with_bias = Z + lift(np.array([[100.0]]), FLOAT32)
    assert abs(with_bias.error.item() - FLOAT32.gamma(4) * 114) < 1e-12
    # A factor 1/m may have entered before the sum.
    assert (s / 2).error >= FLOAT32.gamma(2) * 3 + 2 * FLOAT32.u * 3


def test_zero_is_exact() -> None:
    """0 x, 0 + 0 and a product of zeros cannot err: a kink stays a kink."""
    zero = lift(np.zeros((2, 2)), FLOAT32)
    x = lift(np.full((2, 2), 1.7), FLOAT32)
    for z in (zero * x, zero + zero, zero @ x, zero / x, zero @ x + zero):
        assert not z.error.any()
        assert not (z > 0).error.any()


def test_kink_in_doubt_admits_both_sides() -> None:
    z = ONE / 3 * 3 - ONE
    assert abs(z.value.item()) < z.error.item()
    slope: Any = np.where(z > 0, 1.0, 0.0)
    assert slope.error.item() >= 1
    sure: Any = np.where(ONE > 0, 1.0, 0.0)
    exactly(sure, 1.0, 0)


def test_nothing_loses_its_bar() -> None:
    """What has no rule is refused, in words, by NumPy."""
    calls: Any = (np.cos, np.cumsum, np.linalg.norm, np.add.reduce, np.dot)
    for call in calls:
        with pytest.raises(TypeError):
            call(ONE)


def test_underflow_may_be_flushed() -> None:
    """XLA flushes what is below the smallest normal number."""
    small = lift(np.array([1e-30]), FLOAT32)
    assert (small * small).error >= np.finfo(np.float32).tiny
    assert lift(np.array([1e-40]), FLOAT32).error > 0


FLOATS = st.floats(-30, 30, width=32)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    hnp.arrays(np.float32, (4, 5), elements=FLOATS),
    hnp.arrays(np.float32, (5, 3), elements=FLOATS),
    st.permutations(range(5)),
)
def test_any_order_in_float32_stays_inside(
    X: np.ndarray, Y: np.ndarray, order: list[int]
) -> None:
    """A product, an activation and a quotient in float32, terms shuffled."""

    def compute(X: Any, Y: Any) -> Any:
        Z = X @ Y
        A = np.tanh(Z) + np.exp(-np.abs(Z))
        return np.sum(A / 3, axis=1, keepdims=True) * 0.7

    due = compute(lift(X, FLOAT32), lift(Y, FLOAT32))
    for x, y in ((X, Y), (X[:, order], Y[order])):
        got = compute(x, y)
        assert got.dtype == np.float32
        assert np.all(np.abs(got - due.value) <= due.error)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.floats(-100, 100, width=32), st.sampled_from((0.0, 1.0, 0.25)))
def test_every_stable_form_of_the_loss_stays_inside(z: float, y: float) -> None:
    Z, Y = np.array([[z]], np.float32), np.array([[y]], np.float32)
    with truth():
        due = PAGES.losses.cross_entropy(lift(Z, FLOAT32), lift(Y, FLOAT32))
    softplus = np.logaddexp(np.float32(0), Z)
    other = np.logaddexp(np.float32(0), -Z)
    forms = (softplus - Y * Z, Y * other + (1 - Y) * softplus,
             (1 - Y) * Z + other, losses.cross_entropy(Z, Y))  # fmt: skip
    for form in forms:
        assert form.dtype == np.float32
        assert np.all(np.abs(form - due.value) <= due.error)
    # An unstable one is not excused, where it is wrong.
    if y == 0 and 12 < z < 16:
        a = 1 / (1 + np.exp(-Z))
        assert np.all(np.abs(-np.log(1 - a) - due.value) > due.error)
