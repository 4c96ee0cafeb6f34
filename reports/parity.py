"""The proof: every quantity of every implementation, error over bound."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import reference
from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks import CASE_CHECKS, CHECKS
from parity_tests.comparison import Comparison
from parity_tests.implementations import Choice
from parity_tests.law import LAWS
from reports.training import Study

__all__ = ["check_one", "parity_cases"]

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


def comparisons(
    choice: Choice, cases: list[Case], thorough: bool
) -> Iterator[tuple[str, Comparison]]:
    """Every comparison of one implementation, with the case it is from."""
    implementation = choice.build()
    if not thorough:
        checks = {"train": CASE_CHECKS["train"]}
    else:
        # purity is a matter of the tests: it compiles what nothing else needs
        checks = {k: c for k, c in CASE_CHECKS.items() if k != "purity"}
    for case in cases:
        for check in checks.values():
            for comparison in check(implementation, case):
                yield case.name, comparison
    if thorough:
        for name, law in {**CHECKS, **LAWS}.items():
            for comparison in law(implementation):
                yield name, comparison


def check_one(
    choice: Choice,
    cases: list[Case],
    thorough: bool = True,
    say: Callable[[str], None] = lambda line: None,
) -> list[dict[str, Any]]:
    """The worst comparison of each quantity of one implementation.

    Not thorough means training alone, which holds all the rest: for a mode
    that has nothing else of its own, or takes a compiler run for each.
    """
    say(f"parity: {choice}")
    worst: dict[str, tuple[str, Comparison]] = {}
    for case, comparison in comparisons(choice, cases, thorough):
        quantity = comparison.quantity
        # not <=, so that a NaN is worse than any number
        if quantity not in worst or not (
            comparison.ratio <= worst[quantity][1].ratio
        ):
            worst[quantity] = case, comparison
    return [
        {
            **choice.described(),
            "quantity": quantity,
            "worst_ratio": c.ratio if math.isfinite(c.ratio) else math.inf,
            "verdict": "equal" if c.ratio <= 1 else "DIFFERENT",
            "case": case,
            "name": c.name,
            "index": list(c.index),
            "got": str(c.got),
            "expected": str(c.expected),
            "bound": str(c.bound),
        }
        for quantity, (case, c) in worst.items()
    ]
