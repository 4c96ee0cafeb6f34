"""Regularization: train and dev cost with L2, dropout, early stopping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from reference import Network
from reference.specification import Contract, Parameters
from reports.training import load_study
from reports.understanding.drawing import (
    legend,
    overlay,
    panels,
    title,
    together,
)
from reports.understanding.measurement import EXACT, Here, told

__all__ = ["CAPTION", "draw", "measure"]

CAPTION = (
    "A network with far more weights than examples learns them by heart: "
    "the training cost falls on, and the dev cost rises again. L2 "
    "(3.1-l2) and dropout (3.1-dropout) end with a lower dev cost; "
    "early stopping (3.1-early-stopping) keeps the parameters of the "
    "least dev cost. All costs are shown without penalty and without "
    "dropout. The few examples were chosen because they show it plainly: "
    "on others L2 or dropout may end no better."
)
OVERFITTING = Network((30, 32, 1), ("relu", "sigmoid"))
EXAMPLES = slice(200, 240)
"""Few of the training examples, so that a network can learn them by heart."""
FIT_STEPS, SEGMENT, PATIENCE = 300, 10, 40
FIT_RATE, L2, KEEP_PROB = 0.5, 3.0, 0.5


def measure(here: Here) -> dict[str, Any]:
    """Training and dev cost of a network that can learn by heart."""
    parts = load_study().parts
    X, Y = (a[:, EXAMPLES] for a in parts["train"])
    sets = {"train": (X, Y), "dev": parts["dev"]}
    return {
        "m": X.shape[1],
        "m_dev": parts["dev"][0].shape[1],
        "layer_sizes": list(OVERFITTING.layer_sizes),
        "l2": L2,
        "keep_prob": KEEP_PROB,
        "patience": PATIENCE,
        "steps": list(range(0, FIT_STEPS + 1, SEGMENT)),
        "ways": {name: ways(fw, sets) for name, fw in here.items()},
        "early_stopping": {name: early(fw, sets) for name, fw in here.items()},
    }


Sets: TypeAlias = dict[str, tuple[np.ndarray, np.ndarray]]


def ways(framework: Contract, sets: Sets) -> dict[str, Any]:
    """The costs without anything, with L2, and with dropout."""
    data, m = sets["train"], sets["train"][0].shape[1]
    masks = [
        EXACT.sample_dropout(OVERFITTING, KEEP_PROB, m, k)
        for k in range(FIT_STEPS)
    ]

    def plain(p: Parameters, k: int, l2: float = 0.0) -> Parameters:
        return framework.train(
            OVERFITTING, p, *data, learning_rate=FIT_RATE, steps=SEGMENT, l2=l2
        )[0]

    def dropped(p: Parameters, k: int) -> Parameters:
        D = masks[k : k + SEGMENT]
        return framework.train_dropout(
            OVERFITTING, p, *data, D, learning_rate=FIT_RATE
        )[0]

    return {
        "nothing": watch(framework, sets, plain),
        "L2": watch(framework, sets, lambda p, k: plain(p, k, L2)),
        "dropout": watch(framework, sets, dropped),
    }


def watch(
    framework: Contract,
    sets: Sets,
    advance: Callable[[Parameters, int], Parameters],
) -> dict[str, list[float]]:
    """J of both sets after every segment, without penalty and dropout."""
    p = EXACT.initialize(OVERFITTING, "he", 0)
    costs: dict[str, list[float]] = {name: [] for name in sets}
    for k in range(0, FIT_STEPS + 1, SEGMENT):
        p = advance(p, k - SEGMENT) if k else p
        for name, (X, Y) in sets.items():
            costs[name].append(told(framework.cost(OVERFITTING, p, X, Y)))
    return costs


def early(framework: Contract, sets: Sets) -> dict[str, Any]:
    """The dev costs up to where early stopping stops, and its best step."""
    start = EXACT.initialize(OVERFITTING, "he", 0)
    _, _, dev_costs, best = framework.train_early_stopping(
        OVERFITTING, start, *sets["train"], *sets["dev"],
        learning_rate=FIT_RATE, steps=FIT_STEPS, patience=PATIENCE,
    )  # fmt: skip
    return {"best_step": best, "dev_costs": told(dev_costs)}


def draw(found: dict[str, Any]) -> Figure:
    """Training and dev cost, a panel for each way."""
    figure, axes = panels(1, 3, 4.2, sharey=True)
    headings = {"nothing": "without anything",
                "L2": f"L2, lambda = {found['l2']:g}",
                "dropout": f"dropout, keep_prob = {found['keep_prob']:g}",
                }  # fmt: skip
    bundles = []
    for ax, (way, heading) in zip(axes[0], headings.items(), strict=True):
        for part, offset in (("train", -18), ("dev", 9)):
            bundle = {n: w[way][part] for n, w in found["ways"].items()}
            bundles.append(bundle)
            overlay(ax, found["steps"], bundle)
            last = next(iter(bundle.values()))[-1]
            ax.annotate(f"{part} {last:#.2g}", (found["steps"][-1], last),
                        (0, offset), textcoords="offset points",
                        ha="right")  # fmt: skip
        ax.set(title=heading, yscale="log", xlabel="training step")
    axes[0][0].set_ylabel("cost J")
    axes[0][0].margins(y=0.18)
    stop = next(iter(found["early_stopping"].values()))
    step, cost = stop["best_step"], stop["dev_costs"][stop["best_step"]]
    axes[0][0].plot(step, cost, "o", color="black", ms=6, zorder=5)
    axes[0][0].annotate(f"step {step}: {cost:#.2g}", (step, cost), (0, 46),
                        textcoords="offset points", arrowprops={
                            "arrowstyle": "-", "lw": 0.8})  # fmt: skip
    title(
        figure,
        "Learning by heart: the dev cost rises again; early stopping keeps "
        f"step {step}",
        together(*bundles),
    )
    legend(figure, found["ways"])
    return figure
