"""A finding on its way from the process of a stranger's code.

What the stranger answered may be of classes that are nowhere else, and of
things that cannot be sent at all: neither is a fault.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import replace
from typing import Any, Self

from parity_tests.judging.examination import Finding

__all__ = ["packed", "unpacked"]

KNOWN = ("builtins", "collections", "copyreg", "numpy", "parity_tests",
         "reference")  # fmt: skip
"""Packages whose classes are the same in every process."""


def packed(finding: Finding) -> bytes:
    """As bytes, without the answers where they cannot be sent."""
    try:
        return pickle.dumps(finding)
    except Exception:
        calls = [replace(call, answer=None) for call in finding.calls]
        told = [
            replace(c, got=repr(c.got), expected=repr(c.expected))
            for c in finding.comparisons
        ]
        return pickle.dumps(replace(finding, calls=calls, comparisons=told))


class Foreign(tuple[Any, ...]):
    """In place of a stranger's class, whose module is in no other process."""

    def __new__(cls, *arguments: Any, **_: Any) -> Self:
        """Whatever it is made of."""
        return super().__new__(cls, arguments)


class Unpacking(pickle.Unpickler):
    """Reads what was packed where nothing of the stranger's is imported."""

    def find_class(self, module: str, name: str) -> Any:
        """Ours, NumPy's and Python's own; of all others a Foreign."""
        if module.partition(".")[0] in KNOWN:
            return super().find_class(module, name)
        return Foreign


def unpacked(finding: bytes) -> Finding:
    """The finding that was packed."""
    return Unpacking(io.BytesIO(finding)).load()
