"""False alarms: right computations that differ in their rounding alone."""

import itertools

import numpy as np
import pytest

from parity_tests.cases import HARD_CASES
from parity_tests.checks import cost, forward, gradients, train
from parity_tests.comparison import require
from parity_tests.variants import ORDERS, Variant, variants
from reference.specification import DTYPES


@pytest.mark.parametrize("order", [name for name, f in ORDERS.items() if f])
def test_order(order: str) -> None:
    """The same sum, but for its rounding; and another rounding indeed."""
    terms = np.random.default_rng(0).normal(size=(50, 37))
    add_up = ORDERS[order]
    assert add_up is not None
    exact = np.sum(terms.astype(np.longdouble), axis=-1)
    bound = 36 * 2.0**-53 * np.sum(np.abs(terms), axis=-1)
    assert np.all(np.abs(add_up(terms) - exact) <= bound)
    assert add_up(terms[:, :1]).tolist() == terms[:, 0].tolist()
    assert np.any(add_up(terms) != np.sum(terms, axis=-1))


def test_a_variant_computes_in_its_order() -> None:
    """The orders are really taken: their results differ in their bits."""
    case = HARD_CASES["wide and short"]
    data = case.network, case.parameters, case.X
    found = {
        Variant("float32", order).forward(*data)[0].tobytes()
        for order in ORDERS
    }
    assert len(found) >= len(ORDERS) - 1


def slice_of(dtype: str) -> list[tuple[Variant, str]]:
    """A slice of all variants on all cases, every one of both in it."""
    every = itertools.product(variants(dtype), HARD_CASES)
    return list(every)[:: len(HARD_CASES) // 3 * 2 + 1]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
def test_no_false_alarm(dtype: str) -> None:
    for variant, name in slice_of(dtype):
        for check in (forward, cost, gradients, train):
            require(check(variant, HARD_CASES[name]))
