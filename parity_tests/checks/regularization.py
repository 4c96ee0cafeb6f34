"""L2 as weight decay."""

from __future__ import annotations

from collections.abc import Iterator

from parity_tests.cases import HARD_CASES
from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    proves,
    truth,
)
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["weight_decay"]


@proves("3.1-l2")
def weight_decay(implementation: Contract) -> Iterator[Comparison]:
    """Shrinking W in each update is the penalty in the cost."""
    case = HARD_CASES["L2"]
    arithmetic = arithmetic_of(implementation)
    parameters, X, Y = case.cast(arithmetic.dtype)
    dJ = implementation.gradients(case.network, parameters, X, Y)
    page = implementation.pages.regularization
    rate = case.learning_rate
    with truth():
        due, _ = PAGES.gradient_descent.step(
            case.network, *lift((parameters, X, Y, rate, case.l2), arithmetic)
        )
    for l, (layer, slope) in enumerate(zip(parameters, dJ, strict=True)):
        W = implementation.call(
            page.weight_decay, layer.W, slope.W, rate, case.l2, case.m
        )
        yield compare("weight decay", f"W[{l + 1}]", W, due[l].W)
