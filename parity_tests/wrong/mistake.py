"""What a mistake is, and an implementation that makes it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

import reference
from reference.specification import DTYPES, Contract
from reference.stable_forms import replaced

__all__ = ["Mistake", "Mistaken", "after", "in_force", "sigmoid"]


@dataclass(frozen=True)
class Mistake:
    """wrong takes the place of reference.<at>, which is page.function.

    clause is the one that it breaks, and first the check in which it shows
    first; happened and mend are what a person is told who made it.
    """

    name: str
    clause: str
    at: str
    first: str
    happened: str
    mend: str
    wrong: Callable[..., Any]
    dtypes: tuple[str, ...] = DTYPES
    """Where it is one: in float32 some do what a right formula may."""


@contextmanager
def in_force(*mistakes: Mistake) -> Iterator[None]:
    """The scope in which every page of the reference is mistaken."""
    with ExitStack() as stack:
        for mistake in mistakes:
            page, function = mistake.at.split(".")
            stack.enter_context(replaced(page, function, mistake.wrong))
        yield


class Mistaken:
    """An implementation of the contract that makes mistakes."""

    def __init__(self, implementation: Contract, *mistakes: Mistake) -> None:
        self._implementation = implementation
        self._mistakes = mistakes

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._implementation, name)
        if not callable(value) or isinstance(value, type):
            return value

        @functools.wraps(value)
        def call(*arguments: Any, **named: Any) -> Any:
            with in_force(*self._mistakes):
                if name == "call":
                    # A page's function: the one that is in force.
                    right, *rest = arguments
                    page = sys.modules[right.__module__]
                    return value(getattr(page, right.__name__), *rest, **named)
                return value(*arguments, **named)

        return call


def after(at: str, change: Callable[..., Any]) -> Callable[..., Any]:
    """The right function, and then a change of its result, which is told
    the arguments too."""
    page, function = at.split(".")
    right = getattr(getattr(reference, page), function)

    def rule(*arguments: Any, **named: Any) -> Any:
        return change(right(*arguments, **named), *arguments)

    return rule


def sigmoid(Z: np.ndarray) -> np.ndarray:
    """The right one, which wrong equations are made of."""
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1, E) / (1 + E)
