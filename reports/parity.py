"""The proof: every quantity of every implementation, error over bound."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import reference
from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks import QUICK_CHECKS
from parity_tests.comparison import Comparison
from parity_tests.examples import EXAMPLES
from parity_tests.implementations import Choice
from parity_tests.proofs import Proof, proofs
from reference.clauses import CLAUSES
from reference.specification import Contract
from reports.training import Study

__all__ = ["check_one", "parity_cases"]

Row = dict[str, Any]

HARD = (
    "Z = 0 everywhere, ReLU",
    "|Z| up to 1e4",
    "L2 with dropout",
)
"""The hard cases of the main job; the tests run all of them."""
FEW_STEPS = 3
"""Steps whose parameters are compared entry by entry."""


def parity_cases(study: Study) -> list[Case]:
    """The real data, with L2 and then with dropout too, and hard cases."""
    real = replace(study.case, name="real data", steps=FEW_STEPS)
    dropout = reference.implementation().sample_dropout(
        real.network, 0.8, real.m, 0
    )
    both = replace(real, name="real data, dropout", dropout=dropout)
    return [real, both, *(HARD_CASES[name] for name in HARD)]


def proofs_of(cases: list[Case], extent: str) -> list[Proof]:
    """What is proven of an implementation.

    "training" is the training alone, which holds all the rest, for a mode
    that has nothing else of its own or takes a compiler run for each;
    "quick" every function of every page, the laws and whole networks;
    "thorough" all checks, and the purity of the calls too.
    """
    if extent == "training":
        told = [p for p in proofs(cases, {}) if p.name.startswith("train, ")]
    elif extent == "quick":
        told = list(proofs(cases, QUICK_CHECKS))
        told = [p for p in told if not p.name.startswith("purity")]
    else:
        told = list(proofs(cases))
    return told


def compared(
    implementation: Contract, proof: Proof
) -> Iterator[tuple[Proof, Comparison]]:
    """Its comparisons; one with the ratio inf for what it raises."""
    try:
        for comparison in proof.compare(implementation):
            yield proof, comparison
    except Exception as error:  # whatever a framework or a compiler throws
        told = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        yield proof, Comparison(proof.name, "raised", math.inf, told, "none")


def check_one(
    choice: Choice,
    cases: list[Case],
    extent: str = "quick",
    say: Callable[[str], None] = lambda line: None,
) -> tuple[list[Row], list[Row]]:
    """The worst comparison of each quantity, and of each clause."""
    say(f"parity: {choice}")
    implementation = choice.build()
    quantities: dict[str, tuple[Proof, Comparison]] = {}
    clauses: dict[str, tuple[Proof, Comparison]] = {}
    for proof in proofs_of(cases, extent):
        for found in compared(implementation, proof):
            # An example has a clause, and no row among the quantities.
            if proof.name not in EXAMPLES:
                keep_worst(quantities, found[1].quantity, found)
            for id in proof.clauses:
                keep_worst(clauses, id, found)
    if extent == "training":
        clauses = {}
    return (
        [quantity_row(choice, *found) for found in quantities.values()],
        [
            clause_row(choice, clause.id, *clauses[clause.id])
            for clause in CLAUSES
            if clause.id in clauses
        ],
    )


def keep_worst(
    worst: dict[str, tuple[Proof, Comparison]],
    name: str,
    found: tuple[Proof, Comparison],
) -> None:
    """found in its place, if nothing there is worse."""
    # not <=, so that a NaN is worse than any number
    if name not in worst or not found[1].ratio <= worst[name][1].ratio:
        worst[name] = found


def quantity_row(choice: Choice, proof: Proof, c: Comparison) -> Row:
    """A row of the parity table."""
    return {
        **choice.described(),
        "quantity": c.quantity,
        "worst_ratio": c.ratio if math.isfinite(c.ratio) else math.inf,
        "verdict": "equal" if c.ratio <= 1 else "DIFFERENT",
        "case": proof.case,
        "name": c.name,
        "index": list(c.index),
        "got": str(c.got),
        "expected": str(c.expected),
        "bound": str(c.bound),
    }


def clause_row(choice: Choice, id: str, proof: Proof, c: Comparison) -> Row:
    """A row of the scorecard: a clause, and its worst comparison."""
    return {
        "id": id,
        **choice.described(),
        "verdict": "pass" if c.ratio <= 1 else "fail",
        "worst_ratio": c.ratio if math.isfinite(c.ratio) else math.inf,
        "proof": f"{proof.name}: {c.name}",
    }
