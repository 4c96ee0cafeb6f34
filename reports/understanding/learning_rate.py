"""The learning rate: what gradient descent makes of five of them."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reference import Network
from reports.training import load_study
from reports.understanding.drawing import (
    labels,
    legend,
    overlay,
    panels,
    title,
    together,
)
from reports.understanding.measurement import EXACT, Here, told

__all__ = ["CAPTION", "draw", "measure"]

CAPTION = (
    "Gradient descent (A1.1) on the breast cancer data, logistic "
    "regression from zero weights with a little L2. Too small a learning "
    "rate barely moves; a good one descends at once; beyond what the "
    "curvature of J allows, the steps overshoot and the cost jumps up."
)
LOGISTIC = Network((30, 1), ("sigmoid",))
RATES = (0.003, 0.1, 1.0, 10.0, 30.0)
RATE_STEPS = 60


def measure(here: Here) -> dict[str, Any]:
    """J against the step of logistic regression, a curve for each rate."""
    case = load_study().case
    start = EXACT.initialize(LOGISTIC, "zeros", 0)
    costs = {
        name: [
            told(
                framework.train(
                    LOGISTIC, start, case.X, case.Y,
                    learning_rate=rate, steps=RATE_STEPS, l2=1.0,
                )[1]
            )
            for rate in RATES
        ]
        for name, framework in here.items()
    }  # fmt: skip
    return {"m": case.X.shape[1], "rates": list(RATES), "costs": costs}


def draw(found: dict[str, Any]) -> Figure:
    """J against the step, a bundle of curves for each rate."""
    figure, ((ax,),) = panels(1, 1, 4.4)
    costs = found["costs"]
    ends = {}
    bundles = [
        {name: curves[k] for name, curves in costs.items()}
        for k in range(len(found["rates"]))
    ]
    for rate, bundle in zip(found["rates"], bundles, strict=True):
        first = next(iter(bundle.values()))
        overlay(ax, range(len(first)), bundle)
        ends[f"rate {rate:g}"] = next(y for y in first[::-1] if y is not None)
    ax.set(yscale="log", xlabel="training step", ylabel="cost J")
    labels(ax, len(first) - 1, ends, 0.105)
    small, large = found["rates"][0], found["rates"][-1]
    title(
        figure,
        f"A learning rate of {small:g} creeps, one of {large:g} bounces",
        together(*bundles),
    )
    legend(figure, costs)
    return figure
