"""Gradient checking, by the page and by what the frameworks bring along.

train here is one check: its "steps" are checks, and its theta is the
gradient that was found by differences. What only judges raises where the
gradient does not pass, and gives the one that it judged.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np

from parity_tests.cases import Case
from parity_tests.implementations import MODES, Choice
from reference.gradient_checking import flatten, relative_difference
from reports.speed.contenders import Contender
from reports.speed.contenders.ours import PACKAGES

__all__ = ["Checker", "build"]

EPSILON = 2.0**-18
"""Near the cube root of float64's rounding, and a power of 2."""


class Checker:
    """One way to check the gradient of a case."""

    def __init__(
        self, check: Callable[[], Any], to_numpy: Callable[[Any], np.ndarray]
    ) -> None:
        self.check, self.to_numpy = check, to_numpy

    def fresh(self, steps: int) -> Any:
        return None

    def train(self, start: Any, steps: int) -> Any:
        found = None
        for _ in range(steps):
            found = self.check()
        return found

    def wait(self, trained: Any) -> None:
        pass

    def theta(self, trained: Any) -> np.ndarray:
        return self.to_numpy(trained)


def build(contender: Contender, case: Case, dtype: str, device: str) -> Checker:
    """The checker at work."""
    package = PACKAGES[contender.family]
    choice = Choice(package, MODES[package][0], dtype, device)
    implementation = choice.build()
    scope = ExitStack()
    scope.enter_context(implementation.scope())
    data = implementation.to_native(case.cast(implementation.dtype))
    pages, network, l2 = implementation.pages, case.network, case.l2
    parameters, X, Y = data
    theta = pages.gradient_checking.flatten(parameters)

    def cost(theta: Any) -> Any:
        layers = pages.gradient_checking.unflatten(network, theta)
        return pages.network.cost(network, layers, X, Y, l2)

    def gradient() -> np.ndarray:
        page = pages.backpropagation
        found = page.gradients(network, parameters, X, Y, l2)
        return flatten(implementation.to_numpy(found))

    def checked(found: np.ndarray) -> np.ndarray:
        """What was found by differences, held against backpropagation."""
        relative_difference(gradient(), found)
        return found

    def stacked() -> Any:
        page = pages.gradient_checking
        found = implementation.run(
            page.numerical_gradients, network, parameters, X, Y, EPSILON, l2
        )
        implementation.synchronize(found)
        return checked(flatten(implementation.to_numpy(found)))

    def loop() -> Any:
        found = pages.gradient_checking.two_sided(cost, theta, EPSILON)
        return checked(implementation.to_numpy(found))

    def direction() -> Any:
        rng = np.random.default_rng(0)
        v = rng.choice([-1.0, 1.0], size=theta.shape)
        rise = cost(theta + EPSILON * v) - cost(theta - EPSILON * v)
        dJ = gradient()
        # Moved along v by what the slope along v is off: 0 but for rounding.
        return dJ + v * (rise / (2 * EPSILON) - v @ dJ) / len(v)

    def judged(verdict: Callable[[], Any]) -> Callable[[], Any]:
        claim = gradient()

        def check() -> Any:
            verdict()  # raises where it does not pass
            return claim

        return check

    def gradcheck(fast: bool) -> Callable[[], Any]:
        import torch

        leaf = theta.clone().requires_grad_()
        return judged(
            lambda: torch.autograd.gradcheck(cost, leaf, fast_mode=fast)
        )

    def check_grads() -> Callable[[], Any]:
        import jax
        from jax.test_util import check_grads

        jitted = jax.jit(cost)
        return judged(
            lambda: check_grads(jitted, (theta,), order=1, modes="rev")
        )

    ways: dict[str, Callable[[], Callable[[], Any]]] = {
        "backpropagation": lambda: gradient,
        "stacked": lambda: stacked,
        "loop": lambda: loop,
        "direction": lambda: direction,
        "slow": lambda: gradcheck(False),
        "fast": lambda: gradcheck(True),
        "check_grads": check_grads,
    }
    checker = Checker(ways[contender.mode](), np.asarray)
    checker.scope = scope  # type: ignore[attr-defined]  # open while it lives
    return checker
