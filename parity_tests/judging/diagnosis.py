"""The name of a mistake: which wrong equation gives exactly these numbers.

The guest was asked questions and gave answers. The reference is asked the
same with each mistake of the catalogue in force, in the guest's dtype; a
mistake explains a method where all its answers are the guest's within
rounding, and the right ones are not. Where no single mistake does, pairs
are tried, on the smallest questions.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import reference
from parity_tests.judging.examination import Finding
from parity_tests.judging.guest import Call, Unanswered
from parity_tests.mistakes import MISTAKES, Mistake, Mistaken
from parity_tests.power import Observed, unheard

__all__ = [
    "DRAWN",
    "Diagnosis",
    "departing",
    "diagnose",
    "equal_within_rounding",
    "numbers",
    "replay",
]

SHARE = 0.01
"""What an explanation may leave of an error, at most."""
ROUNDING = 2.0**12
"""Units in the last place of the largest entry, that two ways to compute
the same wrong equation may differ by."""
QUESTIONS = 24
"""Wrong and right answers of a method that an explanation has to give."""
DRAWN = ("initialize", "sample_dropout", "split", "augment")
"""Methods whose answers are drawn, and never the reference's."""
PAIRS = 4000
"""Pairs that are tried for one method, at most: seconds."""


@dataclass(frozen=True)
class Diagnosis:
    """The mistakes that together explain what a method answers."""

    method: str
    mistakes: tuple[Mistake, ...]


def diagnose(dtype: str, findings: list[Finding]) -> list[Diagnosis]:
    """What explains the wrong answers, method by method, in their order."""
    found: list[Diagnosis] = []
    for method, wrong, right in questions(findings, dtype):
        known = [d.mistakes for d in found]
        candidates = touching(wrong, dtype)
        together = itertools.chain(known, ((m,) for m in candidates))
        asked = [*wrong, *right]
        explained = next(
            (each for each in together if explains(each, asked, dtype)), None
        )
        if explained is None:
            explained = pair_of(candidates, asked, dtype)
        if explained and explained not in known:
            found.append(Diagnosis(method, explained))
    return found


def questions(
    findings: list[Finding], dtype: str
) -> Iterator[tuple[str, list[Call], list[Call]]]:
    """Each method that answered wrong, with its wrong and right answers."""
    wrong: dict[str, list[Call]] = {}
    right: dict[str, list[Call]] = {}
    for finding in findings:
        if finding.verdict == "fail":
            for call in departing(finding, dtype):
                wrong.setdefault(call.method, []).append(call)
        elif finding.verdict == "pass":
            for call in finding.calls:
                right.setdefault(call.method, []).append(call)
    for method, calls in wrong.items():
        smallest = sorted(calls, key=size)[:QUESTIONS]
        others = sorted(right.get(method, []), key=size)[:QUESTIONS]
        yield method, smallest, others


def departing(finding: Finding, dtype: str) -> list[Call]:
    """The calls of a failed proof that were answered wrong: not as the
    reference answers, or the last where rounding hides which."""
    answered = [call for call in finding.calls if not call.error]
    exact = reference.implementation(dtype=dtype)
    wrong = [
        call
        for call in answered
        if call.method not in DRAWN
        and not alike(call.answer, replay(exact, call), dtype)
    ]
    return wrong or ([] if finding.error else answered[-1:])


def size(call: Call) -> int:
    """How many numbers were answered."""
    return sum(a.size for a in numbers(call.answer))


def touching(wrong: list[Call], dtype: str) -> list[Mistake]:
    """The mistakes in functions that the calls need on the way."""
    observed: Any = Observed(reference.implementation(dtype=dtype), True)
    for call in wrong:
        replay(observed, call)
    return [m for m in MISTAKES if m.at in observed.called]


def replay(implementation: Any, call: Call) -> Any:
    """What the implementation answers to the same; None if it raises."""
    with unheard(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            answer = getattr(implementation, call.method)(
                *call.arguments, **call.named
            )
        except Exception:
            return None
    return answer


def explains(
    mistakes: tuple[Mistake, ...], calls: list[Call], dtype: str
) -> bool:
    """Whether with these mistakes every answer is the guest's."""
    twin = Mistaken(reference.implementation(dtype=dtype), *mistakes)
    exact = reference.implementation(dtype=dtype)
    departs = False
    for call in calls:
        answer = replay(twin, call)
        if answer is None or not alike(call.answer, answer, dtype):
            return False
        departs = departs or nearer(call.answer, answer, replay(exact, call))
    return departs


def numbers(answer: Any) -> list[np.ndarray]:
    """All arrays and numbers of an answer, flat, in order."""
    if isinstance(answer, tuple | list):
        return [a for item in answer for a in numbers(item)]
    if isinstance(answer, np.ndarray):
        return [answer]
    if isinstance(answer, int | float | np.number):
        return [np.asarray(answer)]
    return []


def paired(a: Any, b: Any) -> Iterator[tuple[np.ndarray, np.ndarray]] | None:
    """The arrays of two answers side by side; None if they do not fit."""
    if isinstance(a, Unanswered):
        return iter(())
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        if len(a) != len(b):
            return None
        found = [paired(x, y) for x, y in zip(a, b, strict=True)]
        if any(each is None for each in found):
            return None
        return itertools.chain.from_iterable(each or () for each in found)
    left, right = numbers(a), numbers(b)
    if len(left) != len(right):
        return None
    return zip(left, right, strict=True)


def alike(got: Any, due: Any, dtype: str) -> bool:
    """Whether two answers are equal within rounding, entry by entry."""
    pairs = paired(got, due)
    return pairs is not None and all(
        equal_within_rounding(a, b, dtype) for a, b in pairs
    )


def equal_within_rounding(a: np.ndarray, b: np.ndarray, dtype: str) -> bool:
    if a.shape != b.shape:
        return False
    x, y = np.asarray(a, float), np.asarray(b, float)
    finite = np.isfinite(x) & np.isfinite(y)
    if not np.array_equal(x[~finite], y[~finite], equal_nan=True):
        return False
    largest = float(np.max(np.abs(y[finite]), initial=0.0))
    room = ROUNDING * float(np.finfo(dtype).eps) * largest
    return bool(np.all(np.abs(x[finite] - y[finite]) <= room))


def nearer(got: Any, wrong: Any, right: Any) -> bool:
    """Whether an answer is at the wrong one, and far from the right one."""
    if right is None or paired(got, right) is None:
        return True
    pairs = zip(
        paired(got, wrong) or (), paired(got, right) or (), strict=False
    )
    return any(
        a.shape != r.shape
        or not np.all(np.isfinite(a.astype(float)))
        or distance(a, w) <= SHARE * distance(a, r) > 0
        for (a, w), (_, r) in pairs
    )


def distance(a: np.ndarray, b: np.ndarray) -> float:
    with np.errstate(invalid="ignore"):
        gap = float(np.linalg.norm(a.astype(float) - b.astype(float)))
    return gap if math.isfinite(gap) else math.inf


def pair_of(
    candidates: list[Mistake], calls: list[Call], dtype: str
) -> tuple[Mistake, ...] | None:
    """Two mistakes that explain the calls together, as soon as found."""
    # A mistake that changes nothing here is no half of a pair.
    exact = reference.implementation(dtype=dtype)
    rights = [replay(exact, call) for call in calls]
    live = []
    for mistake in candidates:
        twin = Mistaken(exact, mistake)
        if any(
            not alike(replay(twin, call), right, dtype)
            for call, right in zip(calls, rights, strict=True)
        ):
            live.append(mistake)
    for pair in itertools.islice(itertools.combinations(live, 2), PAIRS):
        if pair[0].at != pair[1].at and explains(pair, calls, dtype):
            return pair
    return None
