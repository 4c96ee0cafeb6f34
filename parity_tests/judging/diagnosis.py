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
from parity_tests.judging.consequences import Differentiated
from parity_tests.judging.examination import Finding
from parity_tests.judging.guest import Call, Unanswered
from parity_tests.judging.laws import PAGES, law_of
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
ALL = 10**6
"""More than all arrays of all answers."""
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
    for finding in findings:
        if finding.proof in PAGES and finding.wrong:
            law = law_of(finding, dtype)
            if law is not None:
                found.append(Diagnosis(finding.proof, (law,)))
    for method, wrong, right in questions(findings, dtype):
        known = list(dict.fromkeys(m for d in found for m in d.mistakes))
        explained = explanation(known, wrong, right, dtype)
        if explained:
            found.append(Diagnosis(method, explained))
    return found


def explanation(
    known: list[Mistake], wrong: list[Call], right: list[Call], dtype: str
) -> tuple[Mistake, ...] | None:
    """The mistakes that give all of these answers: those that are known
    already, in the equations or by their consequences, one, or two."""
    asked = [*wrong, *right]
    candidates = touching(wrong, dtype)
    known = [m for m in known if m in candidates]
    together = [
        each
        for n in range(len(known), 0, -1)
        for each in itertools.combinations(known, n)
    ]
    for each in together[:COMBINED]:
        if explains(each, asked, dtype):
            return each
    for each in together[:COMBINED]:
        if follows(each, wrong, dtype):
            return each
    for mistake in candidates:
        if explains((mistake,), asked, dtype):
            return (mistake,)
    return pair_of(known, candidates, asked, dtype)


def follows(
    mistakes: tuple[Mistake, ...], wrong: list[Call], dtype: str
) -> bool:
    """Whether the gradients, or the training, are those of a J with these
    mistakes: on the smallest questions, up to the error of differences."""
    twin = Differentiated(*mistakes)
    room = max(DIFFERENCES, ROUNDING * float(np.finfo(dtype).eps))
    seen = 0
    for call in wrong:
        if call.method not in ("gradients", "train") or seen == FEW:
            break
        answer = replay(twin, call)
        finite = answer is not None and all(
            np.isfinite(a).all() for a in numbers(answer)
        )
        if not finite:
            continue
        seen += 1
        pairs = paired(call.answer, answer)
        if pairs is None or not all(near(a, b, room) for a, b in pairs):
            return False
    return seen > 0


COMBINED = 16
"""So many sets of known mistakes are tried together."""
FEW = 5
"""So many gradients are made by differences."""
DIFFERENCES = 1e-6
"""What a difference may be wrong by, of the largest entry."""


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
        if method in DRAWN:
            continue
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
    """Whether two arrays differ by roundings at most."""
    return near(a, b, ROUNDING * float(np.finfo(dtype).eps))


def near(a: np.ndarray, b: np.ndarray, share: float) -> bool:
    """Whether no entry differs by more than a share of the largest."""
    if a.shape != b.shape:
        return False
    x, y = np.asarray(a, float), np.asarray(b, float)
    finite = np.isfinite(x) & np.isfinite(y)
    if not np.array_equal(x[~finite], y[~finite], equal_nan=True):
        return False
    largest = float(np.max(np.abs(y[finite]), initial=0.0))
    return bool(np.all(np.abs(x[finite] - y[finite]) <= share * largest))


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
    known: list[Mistake],
    candidates: list[Mistake],
    calls: list[Call],
    dtype: str,
) -> tuple[Mistake, ...] | None:
    """Two mistakes that explain the calls together, as soon as found.

    The known ones come first, and then those with which more of the guest's
    arrays are right.
    """
    exact = reference.implementation(dtype=dtype)
    rights = [replay(exact, call) for call in calls]
    ranked: list[tuple[int, Mistake]] = []
    for mistake in candidates:
        twin = Mistaken(exact, mistake)
        answers = [replay(twin, call) for call in calls]
        # A mistake that changes nothing here is no half of a pair.
        pairs = zip(answers, rights, strict=True)
        if any(not alike(a, right, dtype) for a, right in pairs):
            score = sum(
                shared(call.answer, answer, dtype)
                for call, answer in zip(calls, answers, strict=True)
            )
            ranked.append((-score - ALL * (mistake in known), mistake))
    live = [m for _, m in sorted(ranked, key=lambda each: each[0])]
    # The sum of the ranks grows: the likely first.
    pairs_of = sorted(
        itertools.combinations(range(len(live)), 2), key=lambda ij: sum(ij)
    )
    for i, j in pairs_of[:PAIRS]:
        pair = live[i], live[j]
        if pair[0].at != pair[1].at and explains(pair, calls, dtype):
            return pair
    return None


def shared(got: Any, answer: Any, dtype: str) -> int:
    """How many arrays of two answers are alike."""
    return sum(
        equal_within_rounding(a, b, dtype) for a, b in paired(got, answer) or ()
    )
