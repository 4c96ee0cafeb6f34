"""Normalization: cost curves with and without it, and the bowls of J."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.datasets import load_diabetes

from reference import Network
from reports.understanding.drawing import (
    INK,
    legend,
    overlay,
    panels,
    title,
    together,
)
from reports.understanding.measurement import EXACT, Here, told

__all__ = ["CAPTION", "draw", "measure"]

CAPTION = (
    "A linear model of the diabetes data, each curve at the best learning "
    "rate that its own bowl allows. Normalizing the features "
    "(3.2.1-normalize) makes the bowl rounder, so that one rate suits "
    "all directions. The ovals are where J has one value, over two of "
    "the weights."
)
BOWL_STEPS = 300
NEAR = 0.01
"""Of the way to the least cost, what may be left to count as arrived."""


def measure(here: Here) -> dict[str, Any]:
    """A linear model of the diabetes data, raw and normalized."""
    data = load_diabetes(scaled=False)
    X, Y = data.data.T, data.target[None] / 100
    normalized = {
        name: framework.normalize(X, *framework.fit_normalization(X))
        for name, framework in here.items()
    }
    return {
        "m": X.shape[1],
        "features": X.shape[0],
        "near": NEAR,
        "raw": descents(here, dict.fromkeys(here, X), Y),
        "normalized": descents(here, normalized, Y),
    }


def descents(
    here: Here, inputs: dict[str, np.ndarray], Y: np.ndarray
) -> dict[str, Any]:
    """J above its least, at the best rate that the bowl of J allows."""
    network = Network((len(next(iter(inputs.values()))), 1), ("identity",))
    start = EXACT.initialize(network, "zeros", 0)
    # The bias is the weight of a feature that is always 1.
    A = {k: np.vstack([X, np.ones_like(Y)]) for k, X in inputs.items()}
    rate, least = bowl(next(iter(A.values())), Y)
    excess = {
        name: framework.train(
            network, start, inputs[name], Y,
            learning_rate=rate, steps=BOWL_STEPS,
        )[1] - least
        for name, framework in here.items()
    }  # fmt: skip
    return {
        "learning_rate": told(rate),
        "excess": {name: told(J) for name, J in excess.items()},
        "steps": {name: arrival(J) for name, J in excess.items()},
        "condition": {k: told(here[k].condition_number(A[k])) for k in here},
        "contour": contour(next(iter(inputs.values()))),
    }


def bowl(A: np.ndarray, Y: np.ndarray) -> tuple[float, float]:
    """2 / (lambda_max + lambda_min), the best rate, and the least J."""
    curvatures = np.linalg.svd(A, compute_uv=False) ** 2 / A.shape[1]
    theta = np.linalg.lstsq(A.T, Y.T, rcond=None)[0]
    rate = 2 / (curvatures[0] + curvatures[-1])
    return float(rate), float(np.mean((theta.T @ A - Y) ** 2) / 2)


def arrival(excess: np.ndarray) -> int | None:
    """The first step with no more than that share left; None if none is."""
    near = np.flatnonzero(excess <= NEAR * excess[0])
    return int(near[0]) if len(near) else None


def contour(X: np.ndarray) -> list[list[float]]:
    """Where J has one value, over the weights of body mass and pressure."""
    X = X[2:4]
    curvatures, axes = np.linalg.eigh(X @ X.T / X.shape[1])
    around = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(around), np.sin(around)])
    longest = np.sqrt(curvatures[0])
    return told(axes @ (circle * longest / np.sqrt(curvatures)[:, None]))


def draw(found: dict[str, Any]) -> Figure:
    """What is left to descend, and the two bowls."""
    figure, axes = panels(1, 3, 3.9, width_ratios=[2.2, 1, 1])
    ax, kinds = axes[0][0], ("raw", "normalized")
    for kind in kinds:
        excess = found[kind]["excess"]
        first = next(iter(excess.values()))
        overlay(ax, range(len(first)), excess)
        ax.annotate(kind, (len(first) * 0.6, first[len(first) * 3 // 5]),
                    (0, -20), textcoords="offset points",
                    ha="right")  # fmt: skip
    ax.set(yscale="log", xlabel="training step",
           ylabel="cost J above its least")  # fmt: skip
    for ax, kind in zip(axes[0][1:], kinds, strict=True):
        ovals(ax, kind, found[kind])
    needed = [next(iter(found[kind]["steps"].values())) for kind in kinds]
    raw, normal = (
        f"more than {len(first)}" if k is None else k for k in needed
    )
    title(
        figure,
        f"{1 - found['near']:.0%} of the way down takes {normal} steps with "
        f"normalized features, {raw} with raw ones",
        together(*(found[kind]["excess"] for kind in kinds)),
    )
    legend(figure, found["raw"]["excess"])
    return figure


def ovals(ax: Axes, kind: str, found: dict[str, Any]) -> None:
    """Ovals of equal J over two weights, and the condition number of all."""
    x, y = (np.array(row) for row in found["contour"])
    for size in (0.25, 0.5, 0.75, 1):
        ax.plot(size * x, size * y, color=INK, lw=1)
    condition = next(iter(found["condition"].values()))
    ax.set_title(f"{kind}:\ncondition {power(condition)}")
    ax.set(aspect="equal", xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xticks=[],
           yticks=[], xlabel="weight 1", ylabel="weight 2")  # fmt: skip


def power(number: float) -> str:
    """Two digits, by a power of ten where it is large."""
    if number < 1e4:
        return f"{number:.0f}"
    exponent = math.floor(math.log10(number))
    return f"{number / 10**exponent:.1f}·10$^{exponent}$"
