"""What the checks hold an answer against: the reference's own pages,
run on arrays with error bars."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import reference
from parity_tests.cases import Case
from parity_tests.comparison import Comparison, compare, compare_exactly
from reference.rounding import Arithmetic, lift

__all__ = ["PAGES", "kept", "kind", "layers", "lifted"]

PAGES: Any = reference
"""The reference, as it runs on arrays with error bars."""


kept = functools.lru_cache(maxsize=512)
"""Truths of cases that many implementations are held against."""


def lifted(case: Case, arithmetic: Arithmetic) -> Any:
    """Parameters, X, Y and lambda of the case with error bars, all exact."""
    return lift((*case.cast(arithmetic.dtype), case.l2), arithmetic)


def kind(what: str, case: Case) -> str:
    """What is compared, and with which regularization."""
    l2 = " + L2" if case.l2 else ""
    return what + l2 + (" + dropout" if case.dropout else "")


def layers(
    quantity: str, names: tuple[str, str], got: Any, due: Any, start: Any = None
) -> Iterator[Comparison]:
    """Each array of each layer; start is where a training of them began."""
    yield compare_exactly(quantity, "layers", len(got), len(due))
    begun = start or [(None, None)] * len(due)
    for l, pairs in enumerate(zip(got, due, begun, strict=False), start=1):
        for name, a, b, c in zip(names, *pairs, strict=True):
            yield compare(quantity, f"{name}[{l}]", a, b, c)
