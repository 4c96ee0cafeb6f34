"""A network: every A[l] and J of a case; the purity of the calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_tests.cases import Case
from parity_tests.checks.lifting import PAGES, kept, kind, lifted
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from reference.rounding import Arithmetic
from reference.specification import Contract

__all__ = ["forward", "cost", "purity"]


@proves("2.3", "2.4")
def forward(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """Every A[l]."""
    A = true_forward(case, arithmetic_of(implementation))
    got = implementation.forward(
        case.network, case.parameters, case.X, case.dropout
    )
    yield compare_exactly("forward", "layers", len(got), len(A))
    for l, (A_got, A_due) in enumerate(zip(got, A, strict=False), start=1):
        yield compare(kind("forward", case), f"A[{l}]", A_got, A_due)


@kept
def true_forward(case: Case, arithmetic: Arithmetic) -> Any:
    parameters, X, *_ = lifted(case, arithmetic)
    with truth():
        page = PAGES.network
        return page.forward(case.network, parameters, X, case.dropout)


@proves("1.2-loss", "1.2-cost", "3.1-frobenius", "3.1-l2")
def cost(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """J."""
    J = true_cost(case, arithmetic_of(implementation))
    got = implementation.cost(
        case.network, case.parameters, case.X, case.Y, case.l2, case.dropout
    )
    yield compare(kind("cost", case), "J", got, J)


@kept
def true_cost(case: Case, arithmetic: Arithmetic) -> Any:
    data = lifted(case, arithmetic)
    with truth():
        return PAGES.network.cost(case.network, *data, case.dropout)


@proves()
def purity(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """No argument is changed, and no result is a view of one."""
    arrays = [case.X, case.Y, *(a for layer in case.parameters for a in layer)]
    before = [np.array(a, copy=True) for a in arrays]
    A = implementation.forward(case.network, case.parameters, case.X)
    dW = implementation.gradients(case.network, case.parameters, case.X, case.Y)
    trained, _ = implementation.train(
        case.network, case.parameters, case.X, case.Y,
        learning_rate=0.5, steps=1,
    )  # fmt: skip
    untrained, _ = implementation.train(
        case.network, case.parameters, case.X, case.Y,
        learning_rate=0.5, steps=0,
    )  # fmt: skip
    results = [*A, *(a for layer in (*dW, *trained, *untrained) for a in layer)]
    for result in results:
        result.fill(7)
    same = all(
        np.array_equal(a, b) for a, b in zip(arrays, before, strict=True)
    )
    yield compare_exactly("purity", "arguments unchanged", same, True)
