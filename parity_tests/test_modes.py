"""The modes that compile for each shape, on cases chosen for their variety.

torch.compile runs a C++ compiler for each network and function, and JAX op
by op compiles each operation: seconds a case, so not every hard case.
"""

import pytest
from hypothesis import given, settings

from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks import CASE_CHECKS
from parity_tests.comparison import require
from parity_tests.examples import EXAMPLES
from parity_tests.pages import page_parity
from parity_tests.proofs import ALL_CHECKS
from parity_tests.strategies import cases
from reference.specification import DTYPES, Contract

pytestmark = [pytest.mark.slow, pytest.mark.slow_modes]
CASES = (
    "every activation",
    "Z = 0 everywhere, leaky",
    "|Z| up to 1e4, hidden",
    "L2 with dropout",
    "labels of uint8",
)
LOOPS = {
    f"{page}.{train}"
    for page, train in (
        ("gradient_descent", "train"),
        ("gradient_descent", "train_dropout"),
        ("logistic_regression", "train_looped"),
        ("logistic_regression", "train_vectorized"),
    )
}
"""Training loops, which stay in Python when their step is compiled."""


@pytest.mark.parametrize("name", CASES)
def test_parity(implementation: Contract, name: str) -> None:
    for check in ("forward", "cost", "gradients", "train"):
        for comparison in CASE_CHECKS[check](implementation, HARD_CASES[name]):
            comparison.require()


@pytest.mark.parametrize("example", EXAMPLES)
def test_page(implementation: Contract, example: str) -> None:
    """Each function compiled as a whole: half of them in each dtype."""
    half = list(EXAMPLES).index(example) % 2
    if implementation.dtype == DTYPES[half]:
        if implementation.mode == "compile" and example in LOOPS:
            return  # the contract's checks below compile their steps
        require(page_parity(implementation, example))


@pytest.mark.parametrize("check", ALL_CHECKS)
def test_checks(implementation: Contract, check: str) -> None:
    """What the contract answers: half of it in each dtype."""
    half = list(ALL_CHECKS).index(check) % 2
    if implementation.dtype == DTYPES[half]:
        require(ALL_CHECKS[check](implementation))


def test_purity(implementation: Contract) -> None:
    case = HARD_CASES["read-only arrays"]
    for comparison in CASE_CHECKS["purity"](implementation, case):
        comparison.require()


def test_random_networks(implementation: Contract) -> None:
    """Other values on the same few shapes."""

    @settings(max_examples=8, deadline=None, derandomize=True, database=None)
    @given(cases(few_shapes=True))
    def agree(case: Case) -> None:
        for check in ("forward", "cost", "gradients"):
            for comparison in CASE_CHECKS[check](implementation, case):
                comparison.require()

    agree()
