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

__all__ = ["Mistake", "Mistaken", "after", "changes_result", "current",
           "in_force", "sigmoid", "twin"]  # fmt: skip


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

    @property
    def is_parallel(self) -> bool:
        """Whether it takes more than one rank to make it."""
        return self.at.startswith("data_parallel.")


@contextmanager
def in_force(*mistakes: Mistake) -> Iterator[None]:
    """The scope in which every page of the reference is mistaken: first
    what takes a function's place, then what changes a result."""
    with ExitStack() as stack:
        for mistake in sorted(mistakes, key=changes_result):
            page, function = mistake.at.split(".")
            wrong = mistake.wrong
            if isinstance(wrong, After):
                wrong = wrong.over(getattr(getattr(reference, page), function))
            stack.enter_context(replaced(page, function, wrong))
        yield


def changes_result(mistake: Mistake) -> bool:
    """Whether it is a change of what a function gives: such go together
    with another in the same function."""
    return isinstance(mistake.wrong, After)


class After:
    """A function, and then a change of its result, which is told the
    arguments too."""

    def __init__(
        self, function: Callable[..., Any], change: Callable[..., Any]
    ) -> None:
        self.function, self.change = function, change

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.change(self.function(*arguments, **named), *arguments)

    def over(self, function: Callable[..., Any]) -> After:
        """The same change of another function's results."""
        return After(function, self.change)


def twin(dtype: str, *mistakes: Mistake, ranks: int = 3) -> Any:
    """The reference with these mistakes: on so many ranks, if one of them
    is a mistake of such."""
    parallel = any(mistake.is_parallel for mistake in mistakes)
    mode = f"sharded:{ranks}" if parallel else "eager"
    return Mistaken(reference.implementation(dtype=dtype, mode=mode), *mistakes)


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


def after(at: str, change: Callable[..., Any]) -> After:
    """The right function, and then a change of its result."""
    page, function = at.split(".")
    return After(getattr(getattr(reference, page), function), change)


def current(at: str) -> Callable[..., Any]:
    """The function that is in force when it is called: a wrong one that is
    made of such goes together with other mistakes."""
    page, function = at.split(".")

    def rule(*arguments: Any, **named: Any) -> Any:
        now = getattr(getattr(reference, page), function)
        return now(*arguments, **named)

    return rule


def sigmoid(Z: np.ndarray) -> np.ndarray:
    """The right one, which wrong equations are made of."""
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1, E) / (1 + E)
