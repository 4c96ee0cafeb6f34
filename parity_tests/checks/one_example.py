"""One example, node by node, and its share of the gradients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parity_tests.cases import HARD_CASES
from parity_tests.checks.lifting import PAGES, layers
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    proves,
    truth,
)
from reference import Layer
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["one_example"]


@proves("2.1", "2.2", "2.5", "2.6", "2.7", "2.8")
def one_example(implementation: Contract) -> Iterator[Comparison]:
    """Node by node as all at once, and the mean of the shares is dW, db."""
    for name in ("every activation", "ReLU output", "Z = 0 everywhere, leaky"):
        case = HARD_CASES[name]
        arithmetic = arithmetic_of(implementation)
        parameters, X, Y = case.cast(arithmetic.dtype)
        with truth():
            A = PAGES.network.forward(
                case.network, *lift((parameters, X), arithmetic)
            )
            dJ = PAGES.backpropagation.gradients(
                case.network, *lift((parameters, X, Y), arithmetic)
            )
        page, last = implementation.pages.one_example, case.m - 1
        _, a = implementation.call(
            page.forward_example, case.network, parameters, X[:, last:]
        )
        for l, (got, due) in enumerate(zip(a, A, strict=True), start=1):
            yield compare("one example", f"a[{l}]", got, due[:, last:])
        shares = implementation.gradients_by_example(
            case.network, parameters, X, Y
        )
        means = [
            Layer(*(np.mean(a, 0, np.longdouble).astype(a.dtype) for a in p))
            for p in shares
        ]
        yield from layers("one example", ("dW", "db"), means, dJ)
