"""A verdict in words, for a terminal and for pytest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["findings_of", "of_bound"]


def findings_of(verdict: dict[str, Any]) -> Iterator[str]:
    """The first departure, the mistakes and the notes, line by line."""
    if departure := verdict["first_departure"]:
        yield ""
        yield f"First departure: {departed(departure)}"
    for found in verdict["diagnosis"]:
        yield ""
        yield f"The mistake: {found['mistake']} (clause {found['clause']})"
        yield f"  {found['sentence']}"
    if verdict["notes"]:
        yield ""
        yield from (f"Note: {text}" for text in verdict["notes"])


def departed(d: dict[str, Any]) -> str:
    """What came, and what was due."""
    where = f"{d['method']}, {d['case']}"
    if d["quantity"] == "an answer":
        return f"{where}: {d['got']}"
    at = "" if d["index"] is None else str(d["index"])
    got, expected = apart(d["got"], d["expected"])
    text = f"{where}: {d['quantity']}{at} is {got}"
    if d["expected"] is not None:
        text += f", expected {expected}"
    return f"{text} (error / bound = {of_bound(d['ratio'])})"


def apart(got: Any, expected: Any) -> tuple[str, str]:
    """Both in as few digits as tell them apart, from 6 on."""
    if not (isinstance(got, float) and isinstance(expected, float)):
        return str(got), str(expected)
    for digits in (6, 9, 12, 17):
        found = f"{got:.{digits}g}", f"{expected:.{digits}g}"
        if found[0] != found[1]:
            break
    return found


def of_bound(ratio: float | None) -> str:
    """Error over bound; what is no number is beyond every bound."""
    return "none" if ratio is None else f"{ratio:.3g}"
