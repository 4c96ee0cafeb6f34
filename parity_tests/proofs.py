"""What proves which clause: every comparison that the scorecard counts.

A proof is an example of a function, a check, a law, or a check on a case.
A function's example proves the clauses that the function claims; a check
says its own, by @proves.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import reference
from parity_tests.cases import Case
from parity_tests.checks import ALL_CHECKS, CASE_CHECKS
from parity_tests.comparison import Check, Comparison
from parity_tests.examples import EXAMPLES
from parity_tests.pages import page_parity
from parity_tests.trace import claimed
from reference.specification import Contract

__all__ = ["Proof", "proofs"]


@dataclass(frozen=True)
class Proof:
    """Comparisons of one implementation, and the clauses that they prove."""

    name: str
    clauses: tuple[str, ...]
    compare: Callable[[Contract], Iterator[Comparison]]
    case: str
    """What it is proven on, as a reader of a report calls it."""


def proofs(
    cases: Iterable[Case], checks: Mapping[str, Check] = ALL_CHECKS
) -> Iterator[Proof]:
    """The examples, these checks, and whole networks on these cases."""
    for example in EXAMPLES:
        page, function = example.split(",")[0].split(".")
        stated = getattr(getattr(reference, page), function)
        claims = claimed(stated.__doc__)
        on = functools.partial(of_example, example)
        yield Proof(example, claims, on, "example")
    for name, check in checks.items():
        yield Proof(name, check.clauses, check, name)
    for case in cases:
        for name, of_case in CASE_CHECKS.items():
            on = functools.partial(of_one, of_case, case)
            title = f"{name}, {case.name}"
            yield Proof(title, of_case.clauses, on, case.name)


def of_example(example: str, implementation: Contract) -> Any:
    return page_parity(implementation, example)


def of_one(check: Any, case: Case, implementation: Contract) -> Any:
    return check(implementation, case)
