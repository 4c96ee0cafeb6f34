"""Gradient checking: the order of the difference, and the verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from parity_tests.cases import HARD_CASES
from parity_tests.comparison import Comparison, compare_exactly, proves
from reference import Layer
from reference.specification import THRESHOLDS, Contract

__all__ = ["STRANGE", "gradient_check", "order_of_accuracy"]

STRANGE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "zero": lambda a: 0 * a,
    "of the other sign": lambda a: -a,
    "1 % off": lambda a: 1.01 * a,
}
"""What a wrong layer of a gradient looks like."""


def cube(theta: Any) -> Any:
    """f(theta) = theta^3 of a vector of one."""
    return theta[0] * theta[0] * theta[0]


@proves("3.2.3-two-sided")
def order_of_accuracy(implementation: Contract) -> Iterator[Comparison]:
    """The error falls as epsilon^2: for theta^3 it is exactly epsilon^2.

    theta and all epsilon are powers of 2, so that nothing is rounded.
    """
    page = implementation.pages.gradient_checking
    theta = np.array([1.0], implementation.dtype)
    for k in range(1, 7):
        epsilon = 2.0**-k
        slope = implementation.call(page.two_sided, cube, theta, epsilon)
        error = float(slope[0]) - 3.0
        yield compare_exactly("two-sided", f"at 2^-{k}", error, epsilon**2)


@proves("3.2.3-check")
def gradient_check(implementation: Contract) -> Iterator[Comparison]:
    """The right gradient passes, and one that is wrong in a layer does not."""
    for name in ("smooth", "ordinary", "leaky slope 0.3", "L2"):
        case = HARD_CASES[name]
        network, X, Y = case.network, case.X, case.Y
        data: Any = (network, case.parameters, X, Y)
        found = implementation.gradient_check(*data, l2=case.l2)
        good = found.verdict in ("correct", "kink")
        yield compare_exactly("gradient check", f"right, {name}", good, True)
        yield Comparison("gradient check", f"{found.worst.name}, {name}",
                         found.worst.ratio)  # fmt: skip
        dJ = implementation.gradients(network, case.parameters, X, Y, case.l2)
        for l in range(case.network.L):
            # All of them on one network; on the others one a layer.
            strange = list(STRANGE.items())
            if name != "smooth":
                strange = strange[l % 3 : l % 3 + 1]
            for how, change in strange:
                wrong = list(dJ)
                wrong[l] = Layer(*map(change, dJ[l]))
                told = implementation.gradient_check(
                    *data, l2=case.l2, gradients=wrong
                ).verdict
                what = f"layer {l + 1} {how}, {name}"
                yield compare_exactly("gradient check", what, told, "wrong")
    page = implementation.pages.gradient_checking
    for x, word in (
        *((x / 2, word) for word, x in THRESHOLDS.items()),
        (1e-3, "wrong"),
        (float("nan"), "wrong"),
    ):
        told = implementation.call(page.verdict, x, on_host=True)
        yield compare_exactly("gradient check", f"{x}", told, word)
