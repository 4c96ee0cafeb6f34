"""Parity of one function of a page: the mirror against the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import reference
from parity_tests.checks.gradient_checking import true_differences
from parity_tests.checks.lifting import kept
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    truth,
)
from parity_tests.examples import EXAMPLES, HOST, PLAIN
from reference.rounding import Arithmetic, RoundedArray, lift
from reference.specification import Contract

__all__ = ["page_parity"]


def page_parity(implementation: Contract, example: str) -> Iterator[Comparison]:
    """The function of that example, in both."""
    arithmetic = arithmetic_of(implementation)
    name = example.split(",")[0]
    page, function = name.split(".")
    positional, named = arguments_of(example, arithmetic)
    due = true_example(example, arithmetic)
    mirror = getattr(getattr(implementation.pages, page), function)
    got = implementation.call(
        mirror, *positional, on_host=name in HOST, **named
    )
    yield from compared(example, got, due)


def arguments_of(
    example: str, arithmetic: Arithmetic
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The example's arguments, and those with a name, in that dtype."""
    *positional, last = cast(EXAMPLES[example], arithmetic.dtype)
    if isinstance(last, dict):
        return tuple(positional), last
    return (*positional, last), {}


@kept
def true_example(example: str, arithmetic: Arithmetic) -> Any:
    name = example.split(",")[0]
    page, function = name.split(".")
    positional, named = arguments_of(example, arithmetic)
    if name in PLAIN:
        return getattr(getattr(reference, page), function)(*positional, **named)
    with truth():
        # Looked up in here, where it stands for all its stable forms.
        right = getattr(getattr(reference, page), function)
        return TRUTHS.get(name, right)(
            *(lift_arrays(a, arithmetic) for a in positional),
            **{k: lift_arrays(a, arithmetic) for k, a in named.items()},
        )


def slope(
    network: Any, parameters: Any, X: Any, Y: Any, direction: Any, l2: Any
) -> Any:
    """dJ . v by backpropagation."""
    page = PAGES.gradient_checking
    dJ = PAGES.backpropagation.gradients(network, parameters, X, Y, l2)
    return np.sum(page.flatten(dJ) * page.flatten(direction))


PAGES: Any = reference
TRUTHS: dict[str, Callable[..., Any]] = {
    "gradient_checking.numerical_gradients": true_differences,
    "gradient_checking.exact_gradients": PAGES.backpropagation.gradients,
    "steepest_ascent.directional_derivative": slope,
}
"""The truth of what the reference gets by stacks and complex steps."""


def cast(value: Any, dtype: np.dtype) -> Any:
    """value with its real arrays, and no masks or counts, in that dtype."""
    if isinstance(value, tuple):
        items = [cast(item, dtype) for item in value]
        return (
            type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        )
    real = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return value.astype(dtype) if real else value


def lift_arrays(value: Any, arithmetic: Any) -> Any:
    """Arrays and tuples of them with error bars; words and masks not."""
    if isinstance(value, tuple):
        bare = hasattr(value, "keep_prob") or all(
            type(item) is int or hasattr(item, "keep_prob") for item in value
        )
        return value if bare else lift(value, arithmetic)
    real = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return lift(value, arithmetic) if real or type(value) is float else value


def compared(name: str, got: Any, due: Any) -> Iterator[Comparison]:
    if isinstance(due, RoundedArray):
        if got.dtype == bool:
            exact = got.tolist(), due.value.astype(bool).tolist()
            yield compare_exactly(name, name, *exact)
        else:
            yield compare(name, name, got, due)
    elif isinstance(due, list | tuple):
        yield compare_exactly(name, "length", len(got), len(due))
        for i, (a, b) in enumerate(zip(got, due, strict=False)):
            yield from compared(f"{name}[{i}]", a, b)
    else:
        numbers = [np.asarray(a).tolist() for a in (got, due)]
        yield compare_exactly(name, name, *numbers)
