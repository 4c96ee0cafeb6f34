"""Depth: the scale of activations and gradients by initialization rule."""

from __future__ import annotations

import math
from typing import Any

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reference import Network
from reports.training import load_study
from reports.understanding.drawing import (
    labels,
    legend,
    overlay,
    title,
    together,
)
from reports.understanding.measurement import EXACT, RANDOM_RULES, Here, told

__all__ = ["CAPTION", "draw", "measure"]

CAPTION = (
    "How large the activations and the weights' gradients are in each "
    "layer before training. A repeated factor grows or fades with "
    "the depth (3.2.2-vanishing), and so does a signal through small "
    "weights. Both Xaviers (3.2.2-xavier, 3.2.2-xavier-average; one law "
    "where layers are equally wide) suit tanh, and He (3.2.2-he) makes "
    "up for the half that ReLU drops."
)
LAYERS, WIDTH = 15, 64
SCALE = 0.01
"""Of the small weights."""


def measure(here: Here) -> dict[str, Any]:
    """The scale of A[l] and of dW[l] through many layers, by each rule."""
    case = load_study().case
    X, Y = case.X[:, :WIDTH], case.Y[:, :WIDTH]
    found: dict[str, Any] = {"layers": LAYERS, "width": WIDTH}
    for g in ("tanh", "relu"):
        sizes = (X.shape[0], *(WIDTH,) * (LAYERS - 1), 1)
        network = Network(sizes, (g,) * (LAYERS - 1) + ("sigmoid",))
        found[g] = {}
        for rule in RANDOM_RULES:
            start = EXACT.initialize(network, rule, 0, SCALE)
            found[g][rule] = {
                name: {
                    "A": told(framework.activation_scales(network, start, X)),
                    "dW": told(framework.gradient_scales(network, start, X, Y)),
                }
                for name, framework in here.items()
            }
    found["repeated_weight"] = {
        str(w): {
            name: told(framework.repeated_weight(w, LAYERS))
            for name, framework in here.items()
        }
        for w in (1.5, 0.5)
    }
    return found


def draw(found: dict[str, Any]) -> Figure:
    """The scales of A[l] and dW[l] by rule, and a repeated weight."""
    figure = plt.figure(figsize=(9, 6), layout="constrained")
    axes = figure.subplot_mosaic(
        [["A tanh", "A relu", "w"], ["dW tanh", "dW relu", "w"]],
        width_ratios=[4, 4, 3],
    )
    bundles = []
    for g in ("tanh", "relu"):
        for what in ("A", "dW"):
            bundles += scales(axes[f"{what} {g}"], found[g], what)
            axes[f"{what} {g}"].set_title(f"{what}[l] of {g} layers")
    for what in ("A", "dW"):
        axes[f"{what} tanh"].set_ylabel("root mean square")
    for w, bundle in found["repeated_weight"].items():
        overlay(axes["w"], range(1, found["layers"] + 1), bundle)
        last = next(iter(bundle.values()))[-1]
        axes["w"].annotate(f"{w}^l", (found["layers"], last), (-14, 0),
                           textcoords="offset points", ha="right",
                           va="center")  # fmt: skip
    axes["w"].set(
        yscale="log", title="one weight, l times", xticks=(1, 5, 10, 15)
    )
    for name in ("dW tanh", "dW relu", "w"):
        axes[name].set_xlabel("layer l")
    title(
        figure,
        f"Through {found['layers']} layers He keeps the scale of ReLU, small "
        "weights lose it",
        together(*bundles),
    )
    legend(figure, found["repeated_weight"]["1.5"])
    return figure


def scales(ax: Axes, rules: dict[str, Any], what: str) -> list[dict[str, Any]]:
    """A bundle of curves for each rule, and its name at its end."""
    bundles, ends = [], {}
    for rule, by_name in rules.items():
        bundle = {name: row[what] for name, row in by_name.items()}
        # The output layer is a sigmoid: its A says nothing of the others.
        if what == "A":
            bundle = {name: y[:-1] for name, y in bundle.items()}
        bundles.append(bundle)
        first = next(iter(bundle.values()))
        overlay(ax, range(1, len(first) + 1), bundle)
        ends[rule] = first[-1]
    # Layers of one width have one variance by both of them.
    if abs(math.log10(ends["xavier"] / ends["xavier_average"])) < 0.5:
        ends["xavier, both"] = ends.pop("xavier")
        del ends["xavier_average"]
    ax.set(yscale="log", xlim=(0, 27), ylim=(1e-20, 100),
           xticks=(1, 5, 10, 15))  # fmt: skip
    labels(ax, len(first), ends, 1.9)
    return bundles
