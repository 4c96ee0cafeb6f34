"""The stable ways to evaluate one equation, of which the widest counts.

The reference evaluates each equation in one form, and a library in another
that is no worse: where those differ in their rounding, the bound has to
cover all of them. Each form here is one that a framework uses; an unstable
one (log(1 - A) of a rounded A, e^Z that overflows) is not excused.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any

import numpy as np

import reference
from reference.activations import sigmoid, tanh
from reference.annotations import unchecked
from reference.rounding import RoundedArray

__all__ = ["loose_forms", "replaced", "truth"]


def softplus(Z: Any) -> Any:
    return np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z)))


CROSS_ENTROPY = (
    # NumPy's logaddexp(0, Z) - Y Z, the shortest
    lambda Z, Y: softplus(Z) - Y * Z,
    # two log sigmoids, as in JAX and Optax
    lambda Z, Y: Y * softplus(-Z) + (1 - Y) * softplus(Z),
    # PyTorch's binary_cross_entropy_with_logits
    lambda Z, Y: (1 - Y) * Z + softplus(-Z),
)
CROSS_ENTROPY_GRADIENT = (
    # the derivatives of the three above
    lambda Z, Y: (1 - Y) * sigmoid(Z) - Y * sigmoid(-Z),
    lambda Z, Y: (1 - Y) - sigmoid(-Z),
    # JAX's derivative of log sigmoid, e^(Z - softplus(Z)) for sigmoid(Z)
    lambda Z, Y: (
        (1 - Y) * np.exp(Z - softplus(Z)) - Y * np.exp(-Z - softplus(-Z))
    ),
)
FORMS: dict[tuple[str, str], tuple[Callable[..., Any], ...]] = {
    ("losses", "cross_entropy"): CROSS_ENTROPY,
    ("losses", "cross_entropy_gradient"): CROSS_ENTROPY_GRADIENT,
    ("activations", "sigmoid_derivative"): (
        lambda Z: sigmoid(Z) * sigmoid(-Z),
        lambda Z: sigmoid(Z) - sigmoid(Z) * sigmoid(Z),
    ),
    ("activations", "tanh_derivative"): (
        lambda Z: (1 - tanh(Z)) * (1 + tanh(Z)),
    ),
}


# By other names, which no scope replaces: each is a form of the other.
one_sigmoid, one_tanh = sigmoid, tanh
LOOSE: dict[tuple[str, str], tuple[Callable[..., Any], ...]] = {
    ("activations", "sigmoid"): (lambda Z: (1 + one_tanh(Z / 2)) / 2,),
    ("activations", "tanh"): (lambda Z: 2 * one_sigmoid(2 * Z) - 1,),
    ("activations", "leaky_relu"): (
        lambda Z, slope: (1 + slope) / 2 * Z + (1 - slope) / 2 * np.abs(Z),
    ),
    ("activations", "sigmoid_derivative"): (
        lambda Z: (1 - one_tanh(Z / 2) * one_tanh(Z / 2)) / 4,
    ),
}
"""Forms that are right to the last digit of 1, or of Z, and lose those of a
result that is small: ours are held to more, a stranger is not."""
forms_of = ContextVar("forms_of", default=FORMS)
"""The forms that count in this scope."""


@contextmanager
def loose_forms() -> Iterator[None]:
    """The scope in which those of a stranger count too."""
    both = {
        at: (*FORMS.get(at, ()), *LOOSE.get(at, ()))
        for at in {**FORMS, **LOOSE}
    }
    token = forms_of.set(both)
    try:
        yield
    finally:
        forms_of.reset(token)


def widest(
    form: Callable[..., Any], others: tuple[Callable[..., Any], ...]
) -> Callable[..., Any]:
    """form, with the largest of the bounds of all forms."""

    def rule(*arguments: Any) -> Any:
        z = form(*arguments)
        if not isinstance(z, RoundedArray):
            return z
        error, deviations = z.error, z.deviations
        for other in others:
            y = other(*arguments)
            apart = np.abs(y.value - z.value).astype(np.float64)
            error = np.maximum(error, y.error + apart)
            deviations = wider(deviations, y.deviations)
        return RoundedArray(z.value, error, z.arithmetic, deviations)

    return rule


def wider(a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
    """The deviations that are larger, entry by entry, in all samples."""
    if a is None or b is None:
        return b if a is None else a
    a_squared, b_squared = np.mean(a * a, axis=0), np.mean(b * b, axis=0)
    # not >=, so that NaN stays
    return np.where(a_squared < b_squared, b, a + 0 * b)


@contextmanager
def replaced(
    page: str, function: str, new: Callable[..., Any]
) -> Iterator[None]:
    """The scope in which all pages of the reference use another function."""
    right = getattr(getattr(reference, page), function)
    users = [
        module
        for module in own_modules(len(sys.modules))
        if vars(module).get(function) is right
    ]
    for module in users:
        setattr(module, function, new)
    try:
        yield
    finally:
        for module in users:
            setattr(module, function, right)


@functools.lru_cache(maxsize=1)
def own_modules(_: int) -> tuple[ModuleType, ...]:
    """The reference's, looked up anew where the count of all has changed:
    the search takes longer than most of what is computed in the scope."""
    return tuple(
        module
        for name, module in sys.modules.items()
        if name.startswith("reference.")
    )


@contextmanager
def all_forms() -> Iterator[None]:
    """The scope in which each equation has the bound of its widest form."""
    with ExitStack() as stack:
        for (page, function), others in forms_of.get().items():
            right = getattr(getattr(reference, page), function)
            stack.enter_context(replaced(page, function, widest(right, others)))
        yield


@contextmanager
def truth() -> Iterator[None]:
    """The scope in which the reference runs on arrays with error bars.

    They come out as wide as the widest stable form of each equation.
    """
    # A bound that overflows is none, and said to be infinite.
    with unchecked(), all_forms(), np.errstate(over="ignore", invalid="ignore"):
        yield
