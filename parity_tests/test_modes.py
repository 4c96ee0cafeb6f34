"""The modes that compile for each shape, on cases chosen for their variety.

torch.compile runs a C++ compiler for each network and function, and JAX op
by op compiles each operation: seconds a case, so not every hard case.
"""

import pytest
from hypothesis import given, settings

from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks import CASE_CHECKS, CHECKS
from parity_tests.law import LAWS
from parity_tests.strategies import cases
from reference.specification import Contract

pytestmark = [pytest.mark.slow, pytest.mark.slow_modes]
CASES = (
    "every activation",
    "Z = 0 everywhere, ReLU",
    "Z = 0 everywhere, leaky",
    "|Z| up to 1e4, hidden",
    "m = 1",
    "equal widths, m = n",
    "L2 with dropout",
    "dropout, a keep_prob a layer",
    "labels of uint8",
)


@pytest.mark.parametrize("name", CASES)
def test_parity(implementation: Contract, name: str) -> None:
    for check in ("forward", "cost", "gradients", "train"):
        for comparison in CASE_CHECKS[check](implementation, HARD_CASES[name]):
            comparison.require()


@pytest.mark.parametrize("check", [*CHECKS, *LAWS])
def test_checks(implementation: Contract, check: str) -> None:
    for comparison in {**CHECKS, **LAWS}[check](implementation):
        comparison.require()


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
