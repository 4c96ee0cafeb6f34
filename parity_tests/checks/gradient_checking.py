"""Gradient checking: the order of the difference, and the verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from parity_tests.cases import HARD_CASES
from parity_tests.checks.lifting import PAGES, layers, lifted
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare_exactly,
    proves,
    truth,
)
from reference import Layer
from reference.rounding import lift
from reference.specification import THRESHOLDS, Contract

__all__ = [
    "STRANGE",
    "gradient_check",
    "order_of_accuracy",
    "true_differences",
]

STRANGE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "zero": lambda a: 0 * a,
    "of the other sign": lambda a: -a,
    "1 % off": lambda a: 1.01 * a,
}
"""What a wrong layer of a gradient looks like."""


def cube(theta: Any) -> Any:
    """f(theta) = theta_0^3 + theta_1."""
    return theta[0] * theta[0] * theta[0] + theta[1]


@proves("3.2.3-two-sided")
def order_of_accuracy(implementation: Contract) -> Iterator[Comparison]:
    """The error falls as epsilon^2: for theta^3 it is exactly epsilon^2, and
    for theta none.

    theta and all epsilon are powers of 2, so that nothing is rounded.
    """
    page = implementation.pages.gradient_checking
    theta = np.array([1.0, 2.0], implementation.dtype)
    for k in range(1, 7):
        epsilon = 2.0**-k
        slopes = implementation.call(page.two_sided, cube, theta, epsilon)
        errors = [float(slopes[0]) - 3.0, float(slopes[1]) - 1.0]
        due = [epsilon**2, 0.0]
        yield compare_exactly("two-sided", f"at 2^-{k}", errors, due)
    yield from differences(implementation)


def differences(implementation: Contract) -> Iterator[Comparison]:
    """The differences of J with its penalty, one entry after the other."""
    case, epsilon = HARD_CASES["smooth"], 2.0**-6
    arithmetic = arithmetic_of(implementation)
    parameters, X, Y = case.cast(arithmetic.dtype)
    theta, exact_X, exact_Y, l2 = lifted(case, arithmetic)
    with truth():
        step = lift(epsilon, arithmetic)
        due = true_differences(case.network, theta, exact_X, exact_Y, step, l2)
    got = implementation.numerical_gradients(
        case.network, parameters, X, Y, epsilon=epsilon, l2=case.l2
    )
    yield from layers("two-sided", ("dW", "db"), got, due)


def true_differences(
    network: Any, parameters: Any, X: Any, Y: Any, epsilon: Any, l2: Any
) -> Any:
    """One difference of J after the other."""
    page = PAGES.gradient_checking

    def J(theta: Any) -> Any:
        theta = page.unflatten(network, theta)
        return PAGES.network.cost(network, theta, X, Y, l2)

    slopes = page.two_sided(J, page.flatten(parameters), epsilon)
    return page.unflatten(network, slopes)


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
    yield from thrice(implementation)
    yield from there_and_back(implementation)
    page = implementation.pages.gradient_checking
    for x, word in (
        *((x / 2, word) for word, x in THRESHOLDS.items()),
        (1e-3, "wrong"),
        (float("nan"), "wrong"),
    ):
        told = implementation.call(page.verdict, x, on_host=True)
        yield compare_exactly("gradient check", f"{x}", told, word)


def thrice(implementation: Contract) -> Iterator[Comparison]:
    """Of a claim that is three times as long as the gradient, the relative
    difference is 2/4, but for that of the gradient itself."""
    case = HARD_CASES["smooth"]
    data = (case.network, case.parameters, case.X, case.Y)
    found = implementation.gradient_check(*data, l2=case.l2)
    dJ = implementation.gradients(*data, l2=case.l2)
    long = [Layer(3 * dW, 3 * db) for dW, db in dJ]
    told = implementation.gradient_check(*data, l2=case.l2, gradients=long)
    error = abs(told.relative_difference - 0.5)
    # 3 dJ is rounded too.
    bound = 2 * found.relative_difference + float(np.finfo(dJ[0].W.dtype).eps)
    yield Comparison("gradient check", "a claim three times as long",
                     error / bound, told.relative_difference, 0.5,
                     bound)  # fmt: skip


def there_and_back(implementation: Contract) -> Iterator[Comparison]:
    """theta holds W[1] row by row, b[1], W[2], ..., and is taken apart so."""
    case = HARD_CASES["ordinary"]
    parameters, *_ = case.cast(implementation.dtype)
    due = [x for layer in parameters for a in layer for x in a.ravel()]
    theta = implementation.flatten(case.network, parameters)
    yield compare_exactly("gradient check", "theta", theta.tolist(), due)
    back = implementation.unflatten(case.network, np.array(due))
    same = all(
        np.array_equal(a, b)
        for pair in zip(back, parameters, strict=True)
        for a, b in zip(*pair, strict=True)
    )
    yield compare_exactly("gradient check", "theta taken apart", same, True)
    again = implementation.unflatten(case.network, theta)
    same = all(
        np.array_equal(a, b)
        for pair in zip(again, parameters, strict=True)
        for a, b in zip(*pair, strict=True)
    )
    yield compare_exactly("gradient check", "there and back", same, True)
