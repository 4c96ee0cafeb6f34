"""Weights: what each framework's generator draws, and its law."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from reference import Network
from reference.specification import Contract
from reports.pictures import COLOURS
from reports.understanding.drawing import legend, overlay, panels, title
from reports.understanding.measurement import RANDOM_RULES, Here, told

__all__ = ["CAPTION", "draw", "measure"]

CAPTION = (
    "The weights that each framework's own generator draws, divided by "
    "the standard deviation that the rule asks for (2.4-small-random, "
    "3.2.2-xavier, 3.2.2-xavier-average, 3.2.2-he). The numbers differ "
    "from framework to framework; the law, the black curve, is the same."
)
FAN_IN, FAN_OUT, SEEDS, SCALE = 100, 50, 20, 0.01
EDGES = np.linspace(-4, 4, 33)


def measure(here: Here) -> dict[str, Any]:
    """How the weights of each framework's own generator are spread."""
    spread = {
        "small": SCALE,
        "xavier": (1 / FAN_IN) ** 0.5,
        "xavier_average": (2 / (FAN_IN + FAN_OUT)) ** 0.5,
        "he": (2 / FAN_IN) ** 0.5,
    }
    return {
        "fan_in": FAN_IN,
        "fan_out": FAN_OUT,
        "draws": SEEDS * FAN_IN * FAN_OUT,
        "edges": told(EDGES),
        "rules": {
            rule: {
                "sigma": told(spread[rule]),
                "drawn": {
                    name: drawn(framework, rule, spread[rule])
                    for name, framework in here.items()
                },
            }
            for rule in RANDOM_RULES
        },
    }


def drawn(framework: Contract, rule: str, sigma: float) -> dict[str, Any]:
    """The histogram of W / sigma over many seeds; the end bins are open."""
    network = Network((FAN_IN, FAN_OUT), ("relu",))
    # Seeds of its own, or every rule would scale the same draws.
    first = SEEDS * RANDOM_RULES.index(rule)
    W = np.stack(
        [
            framework.initialize(network, rule, seed, SCALE)[0].W
            for seed in range(first, first + SEEDS)
        ]
    )
    counts, _ = np.histogram(np.clip(W / sigma, EDGES[0], EDGES[-1]), EDGES)
    return {"counts": counts.tolist(), "sigma": told(np.std(W))}


def draw(found: dict[str, Any]) -> Figure:
    """Histograms over the normal density, a panel for each rule."""
    figure, axes = panels(2, 2, 5.6, sharex=True, sharey=True)
    for ax, (rule, law) in zip(axes.flat, found["rules"].items(), strict=True):
        histograms(ax, law["drawn"], found)
        ax.set_title(f"{rule}: sigma should be {law['sigma']:.4f}")
    for ax in axes[:, 0]:
        ax.set_ylabel("density")
    for ax in axes[1]:
        ax.set_xlabel("weight W / sigma")
    count = f"{found['draws']:,}".replace(",", " ")
    title(figure, f"{count} weights by each rule: other numbers, one law")
    legend(figure, law["drawn"], Line2D(
        [], [], color="black", lw=0.8, label="normal law",
    ))  # fmt: skip
    return figure


def histograms(ax: Axes, drawn: dict[str, Any], found: dict[str, Any]) -> None:
    """One framework's over the other's, and the sigma that each drew."""
    edges = np.array(found["edges"])
    z = np.linspace(edges[0], edges[-1], 161)
    scale = found["draws"] * (edges[1] - edges[0])
    for k, (name, row) in enumerate(drawn.items()):
        heights = np.array(row["counts"]) / scale
        overlay(ax, edges, {name: [*heights, heights[-1]]},
                drawstyle="steps-post")  # fmt: skip
        ax.text(0.99, 0.95 - 0.13 * k, f"drawn {row['sigma']:.4f}",
                color=COLOURS[name], transform=ax.transAxes, ha="right",
                va="top")  # fmt: skip
    normal = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    ax.plot(z, normal, color="black", lw=0.8)
