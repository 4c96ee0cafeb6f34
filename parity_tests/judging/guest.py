"""Somebody's implementation, answering like one of ours as far as it can.

A guest is any object or module that has some of the contract's methods, by
their names: forward, cost, gradients, train, initialize, ... It is handed
copies of plain arrays in its own dtype, and only the arguments that it
takes; what it answers is read as arrays, whatever they came in. What it
lacks is Missing, what it does wrong beside its numbers is a remark.
"""

from __future__ import annotations

import inspect
import reprlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from parity_tests.judging.reading import Misfit, first_of, is_number, reading
from reference.specification import DTYPES, Contract, Dropout

__all__ = ["ESSENTIAL", "METHODS", "Call", "Guest", "Missing", "method_of",
           "said_by"]  # fmt: skip

METHODS = {
    name: inspect.signature(method)
    for name, method in inspect.getmembers(Contract, inspect.isfunction)
    if not name.startswith("_")
    and method.__module__ != "reference.contract.handing_over"
}
"""What a guest may answer, and what it is called with."""
ESSENTIAL = ("forward", "cost", "gradients", "train")
"""What a network is judged by, in the order of the notes: names that no
other thing has."""
LIBRARIES = ("jax", "numpy", "scipy", "torch")
OURS = ("pages", "call", "name", "mode", "device")
"""What whole packages have beside it, and a guest need not."""


class Missing(NotImplementedError):
    """The guest does not implement what a check asks for."""


@dataclass(frozen=True, eq=False)
class Call:
    """One question and its answer; error is what was raised instead."""

    method: str
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    answer: Any = None
    error: str = ""


class Guest:
    """Their object, behind the contract.

    dtype is what they say, float64 if nothing; theirs may be a module. ranks
    is among how many they share the examples, if they say so by an attribute
    of that name. lost is the size below which no number of theirs is looked
    at: a square of it would underflow.
    In place of what it lacks lender answers, if there is one, and lent says
    what. transcript has every Call, and remarks what is to be told beside the
    verdict, each once.
    """

    def __init__(self, theirs: Any, dtype: str | None = None) -> None:
        self.theirs = theirs
        self.dtype = np.dtype(dtype or said_by(theirs) or "float64")
        self.ranks = ranks_of(theirs)
        self.lost = float(np.sqrt(np.finfo(self.dtype).tiny))
        self.lender: Any = None
        self.lent = set[str]()
        self.transcript: list[Call] = []
        self.remarks: dict[str, str] = {}
        said = getattr(theirs, "dtype", None)
        if said is not None and said_by(theirs) is None:
            self.remark("dtype", f"its dtype must be one of {DTYPES}, got "
                        f"{reprlib.repr(said)}: left out")  # fmt: skip

    def __getattr__(self, name: str) -> Any:
        if name in METHODS:
            return Asked(self, name)
        if name in OURS:
            if isinstance(self.theirs, Contract):
                return getattr(self.theirs, name)
            if self.lender is None:
                raise Missing(name)
            self.lent.add(name)
            return getattr(self.lender, name)
        raise AttributeError(name)

    def has(self, method: str) -> bool:
        """Whether there is such a method."""
        return method_of(self.theirs, method) is not None

    def scope(self) -> AbstractContextManager[Any]:
        """The settings of a call: none."""
        return nullcontext()

    def remark(self, key: str, text: str) -> None:
        """Something to be told; the first of its key is."""
        self.remarks.setdefault(key, text)


def method_of(theirs: Any, name: str) -> Callable[..., Any] | None:
    """Its method of that name; in a module, no library's that was imported
    with all its names."""
    found = getattr(theirs, name, None)
    if not callable(found):
        return None
    home = str(getattr(found, "__module__", "")).partition(".")[0]
    imported = isinstance(theirs, ModuleType) and home in LIBRARIES
    return None if imported else found


def ranks_of(theirs: Any) -> int:
    """The number of ranks that it says, 1 if it says none."""
    said = getattr(theirs, "ranks", 1)
    counted = isinstance(said, int | np.integer) and not isinstance(said, bool)
    return int(said) if counted and said >= 1 else 1


def said_by(theirs: Any) -> str | None:
    """The dtype that it says, as a word; None if it says none of ours."""
    said = getattr(theirs, "dtype", None)
    if isinstance(said, type):
        said = "float64" if said is float else said.__name__
    word = str(getattr(said, "name", said)).removeprefix("torch.")
    return word if word in DTYPES else None


class Asked:
    """One method of a guest: hands over, calls, reads the answer."""

    def __init__(self, guest: Guest, method: str) -> None:
        self.guest, self.method = guest, method

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        guest, method = self.guest, self.method
        function = method_of(guest.theirs, method)
        if function is None:
            return self.from_lender(*arguments, **named)
        given, settings = self.handed(function, arguments, named)
        self.look_for_misfits(function, given, settings)
        before = handed_over((given, settings), guest.dtype)
        try:
            answer = function(*given, **settings)
            answer = list(answer) if inspect.isgenerator(answer) else answer
        except NotImplementedError as error:
            raise Missing(
                f"{method}: {error}" if str(error) else method
            ) from None
        except Exception as error:
            self.failed(arguments, named, error)
            raise
        self.look_for_changes(before, (given, settings))
        try:
            self.remark_on_kind(answer)
            read = reading(method, answer, arguments, guest.dtype)
        except Misfit as error:
            self.failed(arguments, named, error)
            raise
        guest.transcript.append(Call(method, arguments, named, read))
        return read

    def from_lender(self, *arguments: Any, **named: Any) -> Any:
        """Another's answer, so that the rest of a check is asked."""
        if self.guest.lender is None:
            raise Missing(self.method)
        self.guest.lent.add(self.method)
        return getattr(self.guest.lender, self.method)(*arguments, **named)

    def failed(self, arguments: Any, named: Any, error: Exception) -> None:
        """A question without an answer, for the transcript."""
        self.guest.transcript.append(
            Call(self.method, arguments, named, None, repr(error))
        )

    def handed(
        self, function: Callable[..., Any], arguments: Any, named: Any
    ) -> tuple[list[Any], dict[str, Any]]:
        """The arguments as theirs takes them; Missing where it cannot."""
        bound = METHODS[self.method].bind(None, *arguments, **named)
        takes = parameters_of(function)
        given: list[Any] = []
        settings: dict[str, Any] = {}
        for name, value in list(bound.arguments.items())[1:]:
            ours = METHODS[self.method].parameters[name]
            if ours.kind is ours.VAR_KEYWORD:
                settings |= value
                continue
            value = handed_over(value, self.guest.dtype)
            required = ours.default is ours.empty
            by_name = is_by_name(function, name)
            idle = not required and is_same(value, ours.default)
            positional = ours.kind is ours.POSITIONAL_OR_KEYWORD
            if required and positional and not by_name:
                given.append(value)
            elif takes is None or name in takes:
                settings[name] = value
            elif not idle and required:
                raise Misfit(
                    f"{self.method} must take {name}, and takes "
                    f"({', '.join(takes)})"
                )
            elif not idle:
                raise Missing(f"{self.method} with {name}")
        return given, settings

    def look_for_misfits(
        self, function: Callable[..., Any], given: Any, settings: Any
    ) -> None:
        """Misfit where one of ESSENTIAL cannot be called so; another may be
        something else of that name, and is left out."""
        try:
            inspect.signature(function).bind(*given, **settings)
        except ValueError:
            return  # It does not say what it takes.
        except TypeError:
            due = list(METHODS[self.method].parameters)[1:]
            text = (
                f"{self.method} must take ({', '.join(due)}), and takes "
                f"{inspect.signature(function)}"
            )
            if self.method in ESSENTIAL:
                raise Misfit(text) from None
            self.guest.remark(f"{self.method} signature", f"{text}: left out")
            raise Missing(self.method) from None

    def look_for_changes(self, before: Any, after: Any) -> None:
        """Remark on an argument that is not what it was."""
        for (where, old), (_, new) in zip(
            arrays_in(before), arrays_in(after), strict=False
        ):
            if not np.array_equal(old, new, equal_nan=old.dtype.kind == "f"):
                self.guest.remark(
                    f"{self.method} changes",
                    f"{self.method} changes its arguments: an array of shape "
                    f"{old.shape} at {where} is another after the call",
                )
                return

    def remark_on_kind(self, answer: Any) -> None:
        """Lists of numbers are read as arrays, and said to be lists."""
        if isinstance(answer, list) and answer and is_number(first_of(answer)):
            self.guest.remark(
                f"{self.method} lists",
                f"{self.method} answers lists of numbers, read as arrays",
            )


def handed_over(value: Any, dtype: np.dtype) -> Any:
    """Copies of all arrays, in that dtype; masks stay truth values."""
    if isinstance(value, Dropout):
        return Dropout(value.keep_prob, tuple(
            None if D is None else np.array(D) for D in value.masks
        ))  # fmt: skip
    if isinstance(value, tuple | list):
        changed = [handed_over(item, dtype) for item in value]
        named = hasattr(value, "_fields")
        return type(value)(*changed) if named else type(value)(changed)
    if isinstance(value, dict):
        return {k: handed_over(item, dtype) for k, item in value.items()}
    if isinstance(value, np.ndarray):
        return np.array(value, dtype)
    return value


def arrays_in(value: Any, where: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Every array in tuples, lists and dicts, and where it is."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from arrays_in(item, f"{where}.{key}")
    elif isinstance(value, tuple | list):
        for k, item in enumerate(value):
            yield from arrays_in(item, f"{where}[{k}]")
    elif isinstance(value, np.ndarray):
        yield where, value


def parameters_of(function: Callable[..., Any]) -> list[str] | None:
    """The names that it takes; None if it takes any, or does not say."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_KEYWORD for p in found):
        return None
    return [p.name for p in found]


def is_by_name(function: Callable[..., Any], name: str) -> bool:
    """Whether it takes that argument by its name alone."""
    try:
        found = inspect.signature(function).parameters.get(name)
    except (TypeError, ValueError):
        return False
    return found is not None and found.kind is found.KEYWORD_ONLY


def is_same(a: Any, b: Any) -> bool:
    """Whether an argument is the default."""
    return a is b or (is_number(a) and is_number(b) and a == b)
