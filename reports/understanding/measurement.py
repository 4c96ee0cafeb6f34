"""What the sections measure with: the frameworks, their start, JSON."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

import reference
from reference.specification import RULES, Contract

__all__ = ["EXACT", "RANDOM_RULES", "Here", "told"]

Here: TypeAlias = dict[str, Contract]
"""The frameworks that are here, by name, in float64."""

EXACT = reference.implementation()
"""What draws the start that all have in common."""
RANDOM_RULES = tuple(rule for rule in RULES if rule != "zeros")


def told(values: Any) -> Any:
    """Floats of six digits, in lists as deep; None for what is not finite."""
    if np.ndim(values):
        return [told(value) for value in values]
    return float(f"{values:.6g}") if np.isfinite(values) else None
