"""The poisoned twins: every check can fail, and every mistake is caught.

A twin is the reference with a wrong equation in it, put through the same
checks that the right implementations pass. power.py does it on all of them.
"""

from collections.abc import Iterator
from typing import Any

import pytest

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import ALL_CHECKS, CASE_CHECKS
from parity_tests.examples import EXAMPLES
from parity_tests.mistakes import MISTAKES, Mistake, Mistaken
from parity_tests.power import all_proofs, outcomes
from parity_tests.proofs import Proof
from reference.clauses import CLAUSES
from reference.specification import DTYPES


def check_of(proof: Proof) -> str:
    """The check that a proof is of; an example has none."""
    return "" if proof.name in EXAMPLES else proof.name.split(",")[0]


def caught(mistake: Mistake, dtype: str, among: list[Proof]) -> bool:
    """Whether one of the proofs catches it."""
    return any(found.caught for found in outcomes((mistake,), dtype, among))


SLICE = 14
"""One of so many is made in the quick tests, and all of them in the slow:
by turns in float64 and float32. The power report makes each in both."""
TWINS = [
    pytest.param(
        mistake,
        mistake.dtypes[k % len(mistake.dtypes)],
        id=mistake.name,
        marks=[pytest.mark.slow] if k % SLICE else [],
    )
    for k, mistake in enumerate(MISTAKES)
]


@pytest.mark.parametrize(("mistake", "dtype"), TWINS)
def test_mistake_is_caught(mistake: Mistake, dtype: str) -> None:
    """Where it is said to show first, and by a check of its own clause."""
    first = [p for p in all_proofs() if check_of(p) == mistake.first]
    assert first
    assert caught(mistake, dtype, first), f"not by {mistake.first}"
    if mistake.clause not in first[0].clauses:
        own = [
            p
            for p in all_proofs()
            if check_of(p) and mistake.clause in p.clauses
        ]
        assert own
        assert caught(mistake, dtype, own), f"not by one of {mistake.clause}"


def test_what_is_no_mistake_in_float32() -> None:
    """float32 itself; and a formula that loses no more than others do."""
    innocent = {m.name for m in MISTAKES if m.dtypes != DTYPES}
    assert innocent == {
        "float32 in disguise",
        "keep_prob in float32",
        "softplus that is a line above 20",
        "stopped where J rests",
    }


def test_catalogue() -> None:
    """Every clause has its mistakes, and every mistake its words."""
    assert len(MISTAKES) >= 100
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)
    assert {m.clause for m in MISTAKES} == {clause.id for clause in CLAUSES}
    for mistake in MISTAKES:
        for sentence in (mistake.happened, mistake.mend):
            assert sentence.endswith("."), mistake.name
        page, function = mistake.at.split(".")
        assert callable(getattr(getattr(reference, page), function))


def test_every_check_has_a_twin() -> None:
    firsts = {mistake.first for mistake in MISTAKES}
    laws = {"split_law"}  # what breaks it breaks the split's facts first
    assert firsts | laws | {"purity"} >= {*CASE_CHECKS, *ALL_CHECKS} - OTHERS


OTHERS = {"conditioning", "augmentation_law"}


def test_two_mistakes_are_caught_together() -> None:
    """What one does, another does not hide."""
    pair = [m for m in MISTAKES if m.name in ("dZ = Y - A", "ascent")]
    assert len(pair) == 2
    trains = [p for p in all_proofs() if check_of(p) == "gradients"]
    found = list(outcomes(tuple(pair), "float64", trains))
    assert any(o.caught for o in found)


def test_the_right_twin_passes() -> None:
    """The same path without a mistake: it is the mistake that is caught."""
    page = reference.activations
    none = Mistake("none", "", "activations.tanh", "", "", "", page.tanh)
    few = [p for p in all_proofs() if p.case in ("example", "ordinary")]
    assert any(p.name in EXAMPLES for p in few)
    assert not list(outcomes((none,), "float64", few))


def test_purity_notices_a_changed_argument() -> None:
    class Meddler(Mistaken):
        def forward(
            self, network: Any, parameters: Any, X: Any, dropout: Any = None
        ) -> Any:
            X[0, 0] += 1
            return reference.implementation().forward(network, parameters, X)

    twin: Any = Meddler(reference.implementation(), MISTAKES[0])
    case = HARD_CASES["ordinary"]
    found = list(CASE_CHECKS["purity"](twin, case))
    case.X[0, 0] -= 1
    assert [c.ratio for c in found] == [float("inf")]


def test_every_hard_case_is_alive() -> None:
    """A gradient that is 0 throughout is right however it is computed."""
    dead = {
        name
        for name, case in HARD_CASES.items()
        if not any(layer.W.any() for layer in gradients_of(case))
    }
    assert dead == {"Z = 0 everywhere, ReLU", "Z = 0 everywhere, leaky"}


def gradients_of(case: Any) -> Iterator[Any]:
    yield from reference.implementation().gradients(
        case.network, case.parameters, case.X, case.Y, case.l2, case.dropout
    )
