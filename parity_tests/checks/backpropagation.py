"""Backpropagation: every dW[l] and db[l] of a case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parity_tests.cases import Case
from parity_tests.checks.lifting import PAGES, kept, kind, layers, lifted
from parity_tests.comparison import Comparison, arithmetic_of, proves, truth
from reference.rounding import Arithmetic
from reference.specification import Contract

__all__ = ["gradients"]


@proves("2.9", "2.10", "2.11", "2.12", "3.1-l2", "3.1-dropout")
def gradients(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """Every dW[l] and db[l]."""
    due = true_gradients(case, arithmetic_of(implementation))
    got = implementation.gradients(
        case.network, case.parameters, case.X, case.Y, case.l2, case.dropout
    )
    yield from layers(kind("gradients", case), ("dW", "db"), got, due)


@kept
def true_gradients(case: Case, arithmetic: Arithmetic) -> Any:
    data = lifted(case, arithmetic)
    with truth():
        page = PAGES.backpropagation
        return page.gradients(case.network, *data, case.dropout)
