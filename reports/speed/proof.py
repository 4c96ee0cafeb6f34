"""Whether what was timed is the training's result, and in which arithmetic.

Two witnesses for theta. The bound is derived from rounding error analysis,
and holds for any correct computation; it is a worst case, and over products
of a thousand terms it may be wider than the whole way that training goes:
then it is void, and said to be. The typical error is measured: the reference
trains once in each arithmetic, and a result is of the arithmetic whose
error it has. A product in TensorFloat-32 hides below the bound, but its
error is a hundred times that of float32; a skipped layer's is larger yet.
J of each step is held against its own: who leaves it out is faster.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["APART", "ARITHMETICS", "Truth", "proof_of_check", "truth_path"]

ARITHMETICS = {"float64": 2.0**-52, "float32": 2.0**-23, "tf32": 2.0**-10,
               "bfloat16": 2.0**-7}  # fmt: skip
"""From the finest to the coarsest, with their units of rounding; the last two
round what a product of float32 takes, and add up in float32."""
APART = 4
"""Errors closer than this factor do not tell two arithmetics apart; a result
whose error is more than so many times the typical is of no such arithmetic.
The right ones of eleven libraries had 0.7 to 2.1 times, on a CPU."""
ROUNDINGS = 1000
"""Units of rounding that J may lose in another order of its sums: right ones
lost 5 and less, and 120 where 12 million squares were added one by one."""
CORRECT = 1e-7
"""The notes' relative difference of a correct gradient."""


@dataclass(frozen=True)
class Truth:
    """theta after the steps, its bar, and the error of each arithmetic."""

    start: np.ndarray
    theta: np.ndarray
    bar: np.ndarray
    """Of each entry, or one radius around all of theta, of shape ()."""
    errors: dict[str, float]
    costs: np.ndarray
    """J before each step."""
    cost_errors: dict[str, float]

    @property
    def void(self) -> bool:
        """Whether the bound is wider than the way from the start."""
        way = np.linalg.norm(self.theta - self.start)
        return not np.linalg.norm(self.bar) < way

    def ratio(self, theta: np.ndarray) -> float:
        """Error over bound: at most 1 is rounding; inf where none is due."""
        apart = np.abs(theta.astype(self.theta.dtype) - self.theta)
        if self.bar.ndim == 0:
            apart = np.linalg.norm(apart)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratios = np.where(apart == 0, 0, apart / self.bar)
        if not np.all(np.isfinite(apart)):
            return math.inf
        return 0.0 if self.void else float(np.max(ratios))

    def error(self, theta: np.ndarray) -> float:
        """||theta - truth|| over the length of the way from the start."""
        apart = theta.astype(self.theta.dtype) - self.theta
        way = np.linalg.norm(self.theta - self.start)
        return float(np.linalg.norm(apart) / way)

    def precision(self, theta: np.ndarray) -> tuple[str, ...]:
        """The arithmetics that have such an error: one, those that are not
        apart, or none."""
        error = max(self.error(theta), 1e-300)  # NaN stays NaN
        if not error < APART * max(self.errors.values()):
            return ()
        nearest = min(
            self.errors, key=lambda a: abs(math.log(error / self.errors[a]))
        )
        return tuple(
            a
            for a, typical in self.errors.items()
            if 1 / APART < typical / self.errors[nearest] < APART
        )

    def save(self, path: Path) -> None:
        """Write it, all or nothing."""
        part = path.with_suffix(".part.npz")
        np.savez(part, start=self.start, theta=self.theta, bar=self.bar,
                 costs=self.costs, errors=json.dumps(self.errors),
                 cost_errors=json.dumps(self.cost_errors))  # fmt: skip
        part.replace(path)

    @staticmethod
    def load(path: Path) -> Truth:
        """And back."""
        with np.load(path) as saved:
            errors, cost_errors = (
                json.loads(str(saved[name]))
                for name in ("errors", "cost_errors")
            )
            return Truth(saved["start"], saved["theta"], saved["bar"], errors,
                         saved["costs"], cost_errors)  # fmt: skip

    def cost_error(self, costs: np.ndarray) -> float:
        """||J - truth|| over ||truth||, all steps together."""
        if costs.shape != self.costs.shape:
            return math.nan
        apart = costs.astype(self.costs.dtype) - self.costs
        return float(np.linalg.norm(apart) / np.linalg.norm(self.costs))

    def cost_bound(self, dtype: str) -> float:
        """What rounding in that dtype may make of it."""
        unit = ARITHMETICS[dtype]
        of_sums = min(unit, ARITHMETICS["float32"])
        likely = APART * self.cost_errors[dtype]
        return max(ROUNDINGS * of_sums, unit, likely)

    def proof(
        self, theta: np.ndarray, costs: np.ndarray, dtype: str
    ) -> dict[str, Any]:
        """What is told of a result that was asked for in that dtype."""
        precision, ratio = self.precision(theta), self.ratio(theta)
        typical = self.error(theta) < APART * self.errors[dtype]
        cost_error = self.cost_error(costs)
        right = bool(cost_error <= self.cost_bound(dtype))
        return {
            "ratio": ratio,
            "void": self.void,
            "error": self.error(theta),
            "typical": self.errors[dtype],
            "precision": list(precision),
            "cost_error": cost_error if math.isfinite(cost_error) else None,
            "cost_passes": right,
            "passes": bool(
                ratio <= 1 and dtype in precision and typical and right
            ),
        }


def truth_path(path: Path, steps: int) -> Path:
    """Where the truth after so many steps is kept, beside the others."""
    return path.with_name(f"{path.name}-{steps}.npz")


def proof_of_check(due: np.ndarray, found: np.ndarray) -> dict[str, Any]:
    """The same for a gradient check: the notes' relative difference."""
    lengths = np.linalg.norm(found) + np.linalg.norm(due)
    error = float(np.linalg.norm(found - due) / lengths)
    return {
        "ratio": error / CORRECT,
        "void": False,
        "error": error,
        "typical": CORRECT,
        "precision": ["float64"],
        "cost_error": None,
        "cost_passes": True,
        "passes": bool(error < CORRECT),
    }
