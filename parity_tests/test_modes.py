"""The modes that compile for each shape, on cases chosen for their variety.

torch.compile runs a C++ compiler for each network and function, and JAX op
by op compiles each operation: seconds a case, so not every hard case.
"""

from collections.abc import Iterable

import pytest

from parity_tests.cases import HARD_CASES
from parity_tests.checks import ALL_CHECKS, CASE_CHECKS
from parity_tests.comparison import require
from parity_tests.examples import EXAMPLES
from parity_tests.pages import page_parity
from reference.specification import DTYPES, Contract

pytestmark = [pytest.mark.slow, pytest.mark.slow_modes]
CASES = (
    "every activation",
    "Z = 0 everywhere, leaky",
    "L2 with dropout",
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
LOOPING = (
    "logistic_regression",
    "early_stopping",
    "dev_selection",
    "normalization",
    "prediction",
    "weight_decay",
)
"""Checks of the contract's other loops, and of what has no loop."""
PARTS = 6


def half(names: Iterable[str], implementation: Contract) -> list[str]:
    """Every other name: the rest is for the other dtype."""
    return list(names)[DTYPES.index(str(implementation.dtype)) :: 2]


@pytest.mark.parametrize("check", ["forward", "cost", "gradients", "train"])
def test_parity(implementation: Contract, check: str) -> None:
    for name in half(CASES, implementation):
        require(CASE_CHECKS[check](implementation, HARD_CASES[name]))


@pytest.mark.parametrize("part", range(PARTS))
def test_page(implementation: Contract, part: int) -> None:
    """The functions of the pages, compiled as a whole: by torch.compile an
    eighth of them, op by op a half, for CI's sake; the reports' --thorough
    takes all."""
    step = (8 if implementation.mode == "compile" else 2) * PARTS
    for example in half(EXAMPLES, implementation)[part::step]:
        # The loops stay in Python: the checks below compile their steps.
        if implementation.mode != "compile" or example not in LOOPS:
            require(page_parity(implementation, example))


@pytest.mark.parametrize("part", range(3))
def test_checks(implementation: Contract, part: int) -> None:
    """What the contract answers: its loops."""
    for check in half(LOOPING, implementation)[part::3]:
        require(ALL_CHECKS[check](implementation))


def test_purity(implementation: Contract) -> None:
    case = HARD_CASES["read-only arrays"]
    for comparison in CASE_CHECKS["purity"](implementation, case):
        comparison.require()
