"""The power of the suite: what catches each mistake, and by how much.

A mistake is put through every proof that calls the function which it
replaces. It touches a proof if the answers differ in any bit from the right
ones, and is caught there if a comparison exceeds its bound, or the
implementation breaks down.
"""

from __future__ import annotations

import functools
import hashlib
import math
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import reference
from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks import ALL_CHECKS, PARALLEL_CHECKS
from parity_tests.mistakes import Mistake
from parity_tests.proofs import Proof, proofs
from parity_tests.wrong.mistake import twin
from reference.annotations import unchecked
from reference.specification import Contract

__all__ = ["Outcome", "all_proofs", "outcomes", "shape_class"]

LIFTED = ("RoundedArray", "ComplexArray", "__array_ufunc__")
"""Words of an error by which an array with bars says what it lacks."""
REFERENCE = Path(reference.__file__).parent.as_posix()


@dataclass(frozen=True)
class Outcome:
    """What became of a mistake in one proof that it touches."""

    mistake: str
    dtype: str
    proof: str
    shape: str
    own: bool
    """Whether the proof is of the mistake's own clause."""
    ratio: float
    """Of the worst comparison: caught if more than 1."""
    seen_in: str
    kind: str

    @property
    def caught(self) -> bool:
        """Whether the suite would fail."""
        return not self.ratio <= 1


class Observed:
    """An implementation whose answers are recorded, and if asked the
    functions of the reference that it calls."""

    def __init__(self, implementation: Contract, calls: bool = False) -> None:
        self._implementation = implementation
        self._answers = hashlib.sha256()
        self._note = self._called if calls else None
        self.called: set[str] = set()

    @property
    def answers(self) -> str:
        """A digest of all that was answered."""
        return self._answers.hexdigest()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._implementation, name)
        if not callable(value) or isinstance(value, type):
            return value

        @functools.wraps(value)
        def call(*arguments: Any, **named: Any) -> Any:
            before = sys.getprofile()
            sys.setprofile(self._note)
            try:
                answer = value(*arguments, **named)
            finally:
                sys.setprofile(before)
            self._answers.update(bytes_of(answer))
            return answer

        return call

    def _called(self, frame: Any, event: str, _: Any) -> None:
        if event == "call":
            folder, _, file = frame.f_code.co_filename.rpartition("/")
            if folder in (REFERENCE, f"{REFERENCE}/data_parallel"):
                chapter = folder.removeprefix(REFERENCE).strip("/")
                page = chapter or file.removesuffix(".py")
                self.called.add(f"{page}.{frame.f_code.co_name}")


def bytes_of(answer: Any) -> bytes:
    """Whatever an implementation answers, as bytes that tell it apart."""
    if isinstance(answer, tuple | list):
        return b"(" + b",".join(map(bytes_of, answer)) + b")"
    if isinstance(answer, np.ndarray):
        return repr((answer.shape, answer.dtype)).encode() + answer.tobytes()
    return repr(answer).encode()


def shape_class(case: Case) -> str:
    """What is special in the shape of a case."""
    widths = case.network.layer_sizes
    hidden = widths[1:]
    return next(
        name
        for name, here in (
            ("one example", case.m == 1),
            ("one node a layer", max(widths) == 1),
            ("equal widths", len(set(widths)) == 1),
            ("many examples", case.m >= 1000),
            ("wide", max(widths) >= 100),
            ("deep", case.network.L >= 7),
            ("one layer", len(hidden) == 1),
            ("ordinary", True),
        )
        if here
    )


@functools.cache
def all_proofs() -> tuple[Proof, ...]:
    """All of the suite's that are of a clause, on all hard cases."""
    checks = {**ALL_CHECKS, **PARALLEL_CHECKS}
    return tuple(p for p in proofs(HARD_CASES.values(), checks) if p.clauses)


@functools.cache
def right(proof: Proof, dtype: str, mode: str) -> tuple[frozenset[str], str]:
    """The functions that a proof calls, and the digest of its answers."""
    implementation = reference.implementation(dtype=dtype, mode=mode)
    observed: Any = Observed(implementation, True)
    with unheard():
        for comparison in proof.compare(observed):
            comparison.require()
    return frozenset(observed.called), observed.answers


@contextmanager
def unheard() -> Iterator[None]:
    """The scope in which a mistake may divide by zero, in any shape."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), unchecked():
        warnings.simplefilter("ignore")
        yield


def outcomes(
    mistakes: tuple[Mistake, ...], dtype: str, among: Iterable[Proof]
) -> Iterator[Outcome]:
    """What becomes of mistakes, made together, in each proof they touch."""
    for proof in among:
        wrong: Any = twin(dtype, *mistakes)
        called, answers = right(proof, dtype, wrong.mode)
        if called.isdisjoint(mistake.at for mistake in mistakes):
            continue
        observed: Any = Observed(wrong)
        ratio, seen_in, kind = worst_of(proof, observed)
        if observed.answers == answers and kind != "raised":
            continue
        yield Outcome(
            " and ".join(mistake.name for mistake in mistakes),
            dtype,
            proof.name,
            shape_of(proof),
            any(mistake.clause in proof.clauses for mistake in mistakes),
            ratio,
            seen_in,
            kind,
        )


def worst_of(proof: Proof, implementation: Contract) -> tuple[float, str, str]:
    """The largest ratio of a proof, where it is, and what judged it.

    A wrong equation that arrays with bars do not compute at all says
    nothing: by them neither it nor any right one could be judged.
    """
    ratio, seen_in, kind = 0.0, "", ""
    with unheard():
        try:
            for c in proof.compare(implementation):
                if not c.ratio <= ratio:
                    ratio, seen_in, kind = float(c.ratio), c.name, c.kind
        except Exception as error:  # shapes that do not even fit
            told = f"{type(error).__name__}: {error}"
            if any(name in told for name in LIFTED):
                return ratio, seen_in, kind
            return math.inf, told.splitlines()[0][:80], "raised"
    return ratio, seen_in, kind


def shape_of(proof: Proof) -> str:
    """The shape class of the case that a proof is on, if it is on one."""
    if proof.case in HARD_CASES:
        return shape_class(HARD_CASES[proof.case])
    return "of its own"
