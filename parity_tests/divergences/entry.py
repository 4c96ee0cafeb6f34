"""What a divergence is: a claim, the code that shows it, what to do.

The code hands over what it measures, each beside what is claimed of it; the
tests run it on the installed versions, and the page prints what came out.
"""

from __future__ import annotations

import importlib.util
import inspect
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Divergence", "Show", "Shown", "divergence"]


@dataclass(frozen=True)
class Shown:
    """Something measured, and what is claimed of it.

    Numbers may differ by room times the claim, arrays in no more than that
    in any entry; all else has to be equal.
    """

    what: str
    measured: Any
    claimed: Any
    room: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether it is as claimed."""
        got, due = np.asarray(self.measured), np.asarray(self.claimed)
        if got.shape != due.shape:
            return False
        if due.dtype.kind not in "fiu" or got.dtype.kind not in "fiu":
            return bool(np.all(got == due))
        both_nan = np.isnan(got.astype(float)) & np.isnan(due.astype(float))
        with np.errstate(invalid="ignore"):
            near = np.abs(got - due) <= self.room * np.abs(due)
        return bool(np.all(near | (got == due) | both_nan))


class Show:
    """What the code of an entry is called with, to show what it measures."""

    def __init__(self) -> None:
        self.rows: list[Shown] = []

    def __call__(
        self, what: str, measured: Any, claimed: Any, room: float = 0.0
    ) -> None:
        """One thing measured; a tensor or an array of any framework."""
        self.rows.append(Shown(what, plain(measured), claimed, room))

    def raises(
        self, what: str, error: type[BaseException], code: Callable[[], Any]
    ) -> None:
        """That the code raises such an error, or "nothing"."""
        came = "nothing"
        try:
            code()
        except error as raised:
            came = type(raised).__name__
        self.rows.append(Shown(what, came, error.__name__))

    @contextmanager
    def warns(self, what: str, kind: type[Warning]) -> Iterator[None]:
        """That the code under it warns."""
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            yield
        came = next(
            (w.category.__name__ for w in told if issubclass(w.category, kind)),
            "nothing",
        )
        self.rows.append(Shown(what, came, kind.__name__))


def plain(value: Any) -> Any:
    """As NumPy has it; numbers and words as they are."""
    if hasattr(value, "detach"):
        value = value.detach()
    if hasattr(value, "shape"):
        array = np.asarray(value)
        return array.item() if array.ndim == 0 else array
    return value


@dataclass(frozen=True)
class Divergence:
    """title and claim say where frameworks differ, advice what to do; clause
    is what it concerns, needs the packages without which it cannot be shown,
    and code shows it."""

    title: str
    claim: str
    advice: str
    clause: str
    needs: tuple[str, ...]
    code: Callable[[Show], None]

    @property
    def name(self) -> str:
        """The name of its code."""
        return self.code.__name__

    @property
    def absent(self) -> list[str]:
        """The packages that are not here."""
        return [p for p in self.needs if not importlib.util.find_spec(p)]

    @property
    def source(self) -> str:
        """The code, without the claim above it."""
        lines = inspect.getsource(self.code).splitlines()
        first = next(
            k for k, line in enumerate(lines) if line.startswith("def")
        )
        return textwrap.dedent("\n".join(lines[first:]))

    def shown(self) -> list[Shown]:
        """What the code measures now; the state of generators is left as it
        was."""
        show = Show()
        with ExitStack() as scope:
            scope.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            if "torch" in self.needs:
                import torch

                scope.enter_context(torch.random.fork_rng(devices=[]))
            self.code(show)
        return show.rows


def divergence(
    title: str, claim: str, advice: str, clause: str, *needs: str
) -> Callable[[Callable[[Show], None]], Divergence]:
    """The decorator of an entry's code."""

    def entry(code: Callable[[Show], None]) -> Divergence:
        return Divergence(title, claim, advice, clause, needs, code)

    return entry
