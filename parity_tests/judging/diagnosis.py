"""The name of a mistake: which wrong equation gives exactly these numbers.

The guest was asked questions and gave answers. The reference is asked the
same with mistakes of the catalogue in force, in the guest's dtype: a mistake
explains an answer if its own is equal to it within rounding. The questions
come in their order, the easy ones first; where the mistakes so far do not
explain an answer, the one is looked for that does together with them, and
explains the most of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import reference
from parity_tests.judging.answers import alike, numbers, replay, size
from parity_tests.judging.cancellation import cancelled
from parity_tests.judging.examination import Finding
from parity_tests.judging.guest import Call
from parity_tests.judging.laws import PAGES, law_of
from parity_tests.judging.search import Search
from parity_tests.judging.single_precision import SINGLE, in_single_precision
from parity_tests.mistakes import MISTAKES, Mistake
from parity_tests.power import Observed

__all__ = ["DRAWN", "Diagnosis", "departing", "diagnose"]

LARGE = 10_000
"""Numbers of an answer that is not asked for again."""
DRAWN = ("initialize", "sample_dropout", "split", "augment")
"""Methods whose answers are drawn, and never the reference's."""


PREDICTING = ("prediction.", "data_parallel.accuracy")
COARSE = ("predict", "accuracy")
"""Methods whose answers are so few that by chance anything gives them: only
what is of their own page, or known already, is looked for."""


@dataclass(frozen=True)
class Diagnosis:
    """The mistakes that together explain what a method answers; left counts
    its wrong answers that they do not explain."""

    method: str
    mistakes: tuple[Mistake, ...]
    left: int = 0


def diagnose(dtype: str, findings: list[Finding]) -> list[Diagnosis]:
    """What explains the wrong answers, method by method, in their order."""
    found: list[Diagnosis] = []
    ranks = max((finding.ranks for finding in findings), default=1)
    for finding in findings:
        if finding.proof in PAGES and finding.wrong and not finding.error:
            law = law_of(finding, dtype)
            if law is not None:
                found.append(Diagnosis(finding.proof, (law,)))
    for method, asked, wrong in questions(findings, dtype):
        known = list(dict.fromkeys(m for d in found for m in d.mistakes))
        clauses = clauses_of(method, findings)
        candidates = touching(wrong, clauses, dtype, ranks)
        known = [m for m in known if m in candidates]
        if method in COARSE:
            candidates = [
                m
                for m in candidates
                if m in known or m.at.startswith(PREDICTING)
            ]
        search = Search(candidates, asked, dtype, ranks)
        mistakes = search.explanation(known)
        if mistakes:
            found.append(Diagnosis(method, mistakes, search.left(mistakes)))
        elif cancelled(wrong, dtype):
            found.append(Diagnosis(method, (CANCELS,)))
        elif in_single_precision(wrong, dtype):
            found.append(Diagnosis(method, (SINGLE,)))
    return found


def clauses_of(method: str, findings: list[Finding]) -> set[str]:
    """The clauses of what failed and asked for the method."""
    return {
        clause
        for finding in findings
        if finding.verdict == "fail"
        and any(call.method == method for call in finding.calls)
        for clause in finding.clauses
    }


CANCELS = next(m for m in MISTAKES if m.name == "E x^2 - mu^2")


def questions(
    findings: list[Finding], dtype: str
) -> Iterator[tuple[str, list[Call], list[Call]]]:
    """Each method that answered wrong, with all its answers in their order,
    and the wrong ones of them."""
    asked: dict[str, list[Call]] = {}
    wrong: dict[str, list[Call]] = {}
    for finding in findings:
        bad = departing(finding, dtype) if finding.verdict == "fail" else []
        for call in finding.calls:
            told = call in bad or finding.verdict == "pass"
            if told and call.method not in DRAWN and size(call) < LARGE:
                asked.setdefault(call.method, []).append(call)
        for call in bad:
            wrong.setdefault(call.method, []).append(call)
    for method in wrong:
        if method in asked:
            yield method, asked[method], wrong[method]


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


def touching(
    wrong: list[Call], clauses: set[str], dtype: str, ranks: int = 1
) -> list[Mistake]:
    """The mistakes in functions that the calls need on the way, those of
    the clauses that failed before the others; classes tell too little for
    the others. Those that take ranks come first where there are such."""
    called: set[str] = set()
    for mode in ["eager"] if ranks < 2 else ["eager", f"sharded:{ranks}"]:
        exact = reference.implementation(dtype=dtype, mode=mode)
        observed: Any = Observed(exact, True)
        for call in wrong:
            replay(observed, call)
        called |= observed.called
    found = [m for m in MISTAKES if m.at in called]
    found.sort(key=lambda m: not m.is_parallel)
    own = [m for m in found if m.clause in clauses]
    if all(a.dtype == bool for call in wrong for a in numbers(call.answer)):
        return own
    return own + [m for m in found if m not in own]
