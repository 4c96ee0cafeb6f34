"""How the sections draw: the frameworks' curves over one another.

The colour is the framework. Where curves lie on one another, NumPy's is the
thick pale one, PyTorch's the thin one over it, and JAX's the dashes on top.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from reports.pictures import COLOURS, STYLE

__all__ = [
    "INK",
    "LARGER",
    "NAMES",
    "alike",
    "labels",
    "legend",
    "overlay",
    "panels",
    "title",
    "together",
]

LARGER = {**STYLE, "font.size": 12, "axes.titlesize": 12,
          "axes.titlelocation": "left"}  # fmt: skip
DRAWN: dict[str, dict[str, Any]] = {
    "numpy": {"lw": 5, "alpha": 0.35, "solid_capstyle": "round"},
    "torch": {"lw": 1.6},
    "jax": {"lw": 1.6, "ls": (0, (3, 3))},
}
NAMES = {"numpy": "NumPy", "torch": "PyTorch", "jax": "JAX"}
INK = "#333333"
TOGETHER = 0.01
"""Curves closer than this share of their height look like one."""


def panels(
    rows: int, columns: int, height: float, **settings: Any
) -> tuple[Figure, np.ndarray]:
    """A figure of the report's width with so many axes."""
    return plt.subplots(
        rows, columns, figsize=(9, height), squeeze=False,
        layout="constrained", **settings,
    )  # fmt: skip


def overlay(ax: Axes, x: Any, curves: dict[str, Any], **changes: Any) -> None:
    """One curve a framework, so that all show where they are one."""
    for name, y in curves.items():
        y = [math.nan if v is None else v for v in y]
        style = {**DRAWN[name], **changes}
        ax.plot(x, y, color=COLOURS[name], **style)


def title(figure: Figure, *lines: str) -> None:
    """What one sees, in a sentence."""
    text = "\n".join(line for line in lines if line)
    figure.suptitle(text, x=0.01, ha="left", fontsize=13)


def legend(figure: Figure, names: Any, *more: Line2D) -> None:
    """The frameworks under the figure, drawn as overlay does."""
    handles = [
        Line2D([], [], color=COLOURS[n], label=NAMES[n], **DRAWN[n])
        for n in names
    ]
    figure.legend(handles=[*handles, *more], loc="outside lower center",
                  ncols=3 + len(more), frameon=False,
                  handlelength=3)  # fmt: skip


def together(*bundles: dict[str, Any]) -> str:
    """What a title says of the frameworks' curves, whichever is true."""
    stacks = [np.array(list(bundle.values()), float) for bundle in bundles]
    if len(stacks[0]) == 1:
        return ""
    if all(alike(stack) for stack in stacks):
        return "The frameworks' curves lie on one another"
    return "The frameworks' curves part"


def alike(stack: np.ndarray) -> bool:
    """Whether the rows are close, and diverge in the same steps if at all."""
    gone = np.isnan(stack)
    kept = stack[:, ~gone.any(axis=0)]
    near = np.ptp(kept, axis=0) <= TOGETHER * np.abs(kept).max(axis=0)
    return bool(near.all() and (gone == gone[0]).all())


def labels(ax: Axes, x: float, ends: dict[str, float], apart: float) -> None:
    """Words at the curves' ends, moved apart on a logarithmic axis."""
    last = -math.inf
    for text, y in sorted(ends.items(), key=lambda item: item[1]):
        last = max(math.log10(y), last + apart)
        ax.annotate(text, (x, 10**last), (6, 0), textcoords="offset points",
                    va="center", color=INK, annotation_clip=False)  # fmt: skip
