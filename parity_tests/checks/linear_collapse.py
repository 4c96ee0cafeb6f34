"""Linear collapse: identity layers are one layer."""

from __future__ import annotations

from collections.abc import Iterator

from parity_tests.cases import make_case
from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    both_ways,
    compare,
    proves,
    truth,
)
from reference import Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["linear_collapse"]


@proves("2.2-linear-collapse")
def linear_collapse(implementation: Contract) -> Iterator[Comparison]:
    """A deep network with identity layers, and the one layer that it is."""
    case = make_case("collapse", (5, 4, 6, 3),
                     ("identity", "identity", "sigmoid"), 7)  # fmt: skip
    arithmetic = arithmetic_of(implementation)
    one = Network((5, 3), ("sigmoid",))
    parameters, X, _ = case.cast(arithmetic.dtype)
    with truth():
        lifted_layers = lift(parameters, arithmetic)
        layer = PAGES.linear_collapse.collapse(lifted_layers)
        due = PAGES.network.forward(one, (layer,), lift(X, arithmetic))[0]
        deep = PAGES.network.forward(
            case.network, lifted_layers, lift(X, arithmetic)
        )[-1]
    got_layer = implementation.collapse(case.network, parameters)
    got = implementation.forward(one, (got_layer,), X)[0]
    yield compare("linear collapse", "one layer", got, due)
    got = implementation.forward(case.network, parameters, X)[-1]
    either = both_ways(due, deep)
    yield compare("linear collapse", "three layers", got, either)
