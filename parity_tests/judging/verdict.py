"""The verdict on a guest, as a program reads it; and its words."""

from __future__ import annotations

import math
import reprlib
from typing import Any

import numpy as np

import reference
from parity_tests.comparison import Comparison
from parity_tests.judging.answers import (
    equal_within_rounding,
    numbers,
    replay,
)
from parity_tests.judging.diagnosis import departing, diagnose
from parity_tests.judging.examination import BETWEEN, Finding, clause_rows
from parity_tests.judging.hints import hints, names_of
from parity_tests.structure import MEANINGS

__all__ = ["BROKEN", "NO_NAME", "verdict_of"]

NO_NAME = "no known mistake gives these numbers"
BROKEN = "the search for the mistake's name broke down"


def verdict_of(
    dtype: str, findings: list[Finding], remarks: list[str]
) -> dict[str, Any]:
    """verdict, clauses, first_departure, diagnosis and notes."""
    failed = [f for f in findings if f.verdict == "fail"]
    notes, diagnosis = list(remarks), list[dict[str, str]]()
    wrong = {f.method for f in failed}
    for f in findings:
        if f.missing == BETWEEN and f.method not in wrong:
            notes.append(f"{f.method} is another one for {BETWEEN}")
    try:
        told, diagnosis = explanation(dtype, findings, failed)
        notes += told
    except Exception as error:
        # The verdict is whole without a name, and not lost with it.
        notes.append(f"{BROKEN}: {type(error).__name__}: {error}")
    return {
        "verdict": "fail" if failed or changes(remarks) else "pass",
        "clauses": clause_rows(findings),
        "first_departure": departure(failed[0], dtype) if failed else None,
        "diagnosis": diagnosis,
        "notes": notes,
    }


def explanation(
    dtype: str, findings: list[Finding], failed: list[Finding]
) -> tuple[list[str], list[dict[str, str]]]:
    """Notes, and the mistakes that have a name."""
    notes, diagnosis, explained = (
        list[str](),
        list[dict[str, str]](),
        set[str](),
    )
    for found in diagnose(dtype, findings) if failed else ():
        if found.left:
            notes.append(
                f"{found.method}: {found.left} wrong answers have "
                "something more"
            )
        explained.add(found.method)
        for mistake in found.mistakes:
            entry = {
                "mistake": mistake.name,
                "clause": mistake.clause,
                "sentence": f"{mistake.happened} {mistake.mend}",
            }
            if entry not in diagnosis:
                diagnosis.append(entry)
    if not diagnosis and any(f.wrong for f in failed):
        notes.append(NO_NAME)
    return [*notes, *hints(dtype, findings, explained)], diagnosis


def changes(remarks: list[str]) -> bool:
    """Whether the guest changes what it is given."""
    return any("changes its arguments" in text for text in remarks)


def departure(finding: Finding, dtype: str) -> dict[str, Any]:
    """The first quantity that is wrong, and its worst entry."""
    asked = [c for c in finding.calls if c.error] or departing(finding, dtype)
    call = asked[0] if asked else None
    told: dict[str, Any] = {
        "method": call.method if call else finding.proof.split(",")[0],
        "case": finding.case,
    }
    if finding.error:
        return told | {"quantity": "an answer", "index": None,
                       "got": finding.error, "expected": None,
                       "ratio": None}  # fmt: skip
    first = first_wrong(finding)
    entry = {
        "quantity": first.name,
        "index": list(first.index) or None,
        "got": plain(first.got),
        "expected": plain(first.expected),
    }
    if not first.index and first.kind != "law":
        found = worst_entry(call, first.name, dtype) if call else {}
        if first.kind in MEANINGS and not found:
            off = f"off by {first.got:.3g} {MEANINGS[first.kind]}"
            found = {"got": off, "expected": None}
        entry |= found
    return told | entry | {"ratio": finite(float(first.ratio))}


def first_wrong(finding: Finding) -> Comparison:
    """In the order of the equations: backpropagation begins at layer L."""
    if finding.proof.startswith("gradients, "):
        return finding.wrong[-1]
    return finding.wrong[0]


def worst_entry(call: Any, name: str, dtype: str) -> dict[str, Any]:
    """Where an array that is wrong as a whole is wrong the most."""
    right = replay(reference.implementation(dtype=dtype), call)
    for title, got, due in zip(
        names_of(call, right), numbers(call.answer), numbers(right),
        strict=False,
    ):  # fmt: skip
        if named(name, title) and got.shape == due.shape:
            if equal_within_rounding(got, due, dtype):
                continue
            if not got.ndim:
                return {"got": plain(got), "expected": plain(due)}
            at = np.unravel_index(np.argmax(np.abs(got - due)), got.shape)
            return {
                "index": [int(i) for i in at],
                "got": plain(got[at]),
                "expected": plain(due[at]),
            }
    return {}


def named(name: str, title: str) -> bool:
    """Whether a comparison is of that array: it may say where it is from."""
    return name == title or name.startswith(f"{title}, ")


def finite(ratio: float) -> float | None:
    """JSON has no infinity: None is beyond every bound."""
    return ratio if math.isfinite(ratio) else None


def plain(value: Any) -> Any:
    """A number or a word, as JSON has them; inf and NaN are words."""
    if isinstance(value, np.ndarray | np.generic) and np.ndim(value) == 0:
        value = (
            value.item()
            if np.asarray(value).dtype.kind != "f"
            else float(value)
        )
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    return reprlib.repr(value)
