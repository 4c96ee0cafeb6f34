"""Gradient checking, by the page and by what the frameworks bring along.

train here is one check: its "steps" are checks, and its theta is the
gradient that was found by differences. What only judges raises where the
gradient does not pass, and gives the one that it judged.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import cache, partial
from typing import Any

import numpy as np

from parity_tests.cases import Case
from parity_tests.implementations import MODES, Choice
from reference import Parameters
from reference.gradient_checking import flatten, relative_difference
from reports.speed.contenders import Contender
from reports.speed.contenders.ours import PACKAGES

__all__ = ["Checker", "build"]

Check = Callable[[], np.ndarray]
EPSILON = 2.0**-18
"""Near the cube root of float64's rounding, and a power of 2."""


class Checker:
    """One way to check the gradient of a case: begin takes parameters, and
    gives the check of the gradient there."""

    def __init__(self, begin: Callable[[Parameters], Check]) -> None:
        self.begin = begin

    def fresh(self, start: Parameters, steps: int) -> Any:
        return self.begin(start)

    def train(self, start: Any, steps: int) -> Any:
        found = None
        for _ in range(steps):
            found = start()
        return found

    def wait(self, trained: Any) -> None:
        pass

    def theta(self, trained: Any) -> np.ndarray:
        return np.asarray(trained)

    def costs(self, trained: Any) -> np.ndarray:
        return np.zeros(0)


def build(contender: Contender, case: Case, dtype: str, device: str) -> Checker:
    """The checker at work."""
    package = PACKAGES[contender.family]
    choice = Choice(package, MODES[package][0], dtype, device)
    implementation = choice.build()
    scope = ExitStack()
    scope.enter_context(implementation.scope())
    _, *given = case.cast(implementation.dtype)
    X, Y = implementation.to_native(tuple(given))
    pages, network, l2 = implementation.pages, case.network, case.l2
    page = pages.gradient_checking

    def cost(theta: Any) -> Any:
        layers = page.unflatten(network, theta)
        return pages.network.cost(network, layers, X, Y, l2)

    def gradient(parameters: Any) -> np.ndarray:
        found = pages.backpropagation.gradients(network, parameters, X, Y, l2)
        return flatten(implementation.to_numpy(found))

    def stacked(parameters: Any, theta: Any) -> np.ndarray:
        found = implementation.run(
            page.numerical_gradients, network, parameters, X, Y, EPSILON, l2
        )
        implementation.synchronize(found)
        told = flatten(implementation.to_numpy(found))
        relative_difference(gradient(parameters), told)
        return told

    def loop(parameters: Any, theta: Any) -> np.ndarray:
        told = implementation.to_numpy(page.two_sided(cost, theta, EPSILON))
        relative_difference(gradient(parameters), told)
        return told

    def direction(parameters: Any, theta: Any) -> np.ndarray:
        rng = np.random.default_rng(0)
        v = rng.choice([-1.0, 1.0], size=theta.shape)
        rise = cost(theta + EPSILON * v) - cost(theta - EPSILON * v)
        dJ = gradient(parameters)
        # Moved along v by what the slope along v is off: 0 but for rounding.
        return dJ + v * (rise / (2 * EPSILON) - v @ dJ) / len(v)

    def gradcheck(theta: Any, fast: bool) -> None:
        import torch

        leaf = theta.clone().requires_grad_()
        torch.autograd.gradcheck(cost, leaf, fast_mode=fast)

    @cache
    def jitted() -> Any:
        import jax

        return jax.jit(cost)

    def check_grads(theta: Any) -> None:
        from jax.test_util import check_grads

        check_grads(jitted(), (theta,), order=1, modes="rev")

    finds: dict[str, Callable[[Any, Any], np.ndarray]] = {
        "backpropagation": lambda parameters, _: gradient(parameters),
        "stacked": stacked, "loop": loop, "direction": direction,
    }  # fmt: skip
    judges: dict[str, Callable[[Any], None]] = {
        "slow": lambda theta: gradcheck(theta, False),
        "fast": lambda theta: gradcheck(theta, True),
        "check_grads": check_grads,
    }

    def begin(start: Parameters) -> Check:
        parameters = implementation.to_native(start)
        theta = page.flatten(parameters)
        if contender.mode in finds:
            return partial(finds[contender.mode], parameters, theta)
        claim = gradient(parameters)

        def judged() -> np.ndarray:
            judges[contender.mode](theta)  # raises where it does not pass
            return claim

        return judged

    checker = Checker(begin)
    checker.scope = scope  # type: ignore[attr-defined]  # open while it lives
    return checker
