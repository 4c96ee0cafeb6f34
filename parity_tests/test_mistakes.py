"""The poisoned twins: every check can fail, and every mistake is caught.

A twin is the reference with one wrong equation in it, put through the same
check that the right implementations pass.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from jaxtyping import config

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import ALL_CHECKS, CASE_CHECKS
from parity_tests.comparison import Comparison
from parity_tests.mistakes import MISTAKES, Mistake, Mistaken
from reference.specification import DTYPES


@pytest.fixture(autouse=True)
def unchecked_shapes() -> Iterator[None]:
    """A mistake has to be caught by its numbers, not by its annotations."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)


def comparisons(name: str, twin: Any) -> Iterator[Comparison]:
    if name in CASE_CHECKS:
        for case in HARD_CASES.values():
            yield from CASE_CHECKS[name](twin, case)
    else:
        yield from ALL_CHECKS[name](twin)


TWINS = [
    pytest.param(mistake, dtype, id=f"{mistake.name}-{dtype}")
    for mistake in MISTAKES
    for dtype in DTYPES
    # In float32 that one is no mistake.
    if (mistake.name, dtype) != ("float32 in disguise", "float32")
]


@pytest.mark.parametrize(("mistake", "dtype"), TWINS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_mistake_is_caught(mistake: Mistake, dtype: str) -> None:
    twin = Mistaken(reference.implementation(dtype=dtype), mistake)
    try:
        caught = any(c.ratio > 1 for c in comparisons(mistake.caught_by, twin))
    except (ValueError, IndexError):
        caught = True  # shapes that do not even fit the next layer
    assert caught, f"{mistake.caught_by} does not notice: {mistake.sentence}"


def test_the_right_twin_passes() -> None:
    """The same path without a mistake: it is the mistake that is caught."""
    page = reference.activations
    none = Mistake("none", "", "activations", "tanh", "", "", page.tanh)
    twin = Mistaken(reference.implementation(), none)
    for name in (*CASE_CHECKS, *ALL_CHECKS):
        for comparison in comparisons(name, twin):
            comparison.require()


def test_every_check_has_a_twin() -> None:
    caught_by = {mistake.caught_by for mistake in MISTAKES}
    assert caught_by | {"purity"} == {*CASE_CHECKS, *ALL_CHECKS}


def test_purity_notices_a_changed_argument() -> None:
    class Meddler(Mistaken):
        def forward(
            self, network: Any, parameters: Any, X: Any, dropout: Any = None
        ) -> Any:
            X[0, 0] += 1
            return reference.implementation().forward(network, parameters, X)

    twin: Any = Meddler(reference.implementation(), MISTAKES[0])
    case = HARD_CASES["ordinary"]
    comparisons = list(CASE_CHECKS["purity"](twin, case))
    case.X[0, 0] -= 1
    assert [c.ratio for c in comparisons] == [float("inf")]
