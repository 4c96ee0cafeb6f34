"""Gradient checking: the relative difference against epsilon."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from reference import Network
from reference.gradient_checking import relative_difference
from reference.specification import Contract, Parameters
from reports.training import load_study
from reports.understanding.drawing import legend, overlay, panels, title
from reports.understanding.measurement import EXACT, Here, told

__all__ = ["CAPTION", "draw", "measure"]

CAPTION = (
    "How far two-sided differences (3.2.3-two-sided) lie from the exact "
    "gradient. A large epsilon bends, a tiny one drowns in rounding; the "
    "best is near the cube root of the machine epsilon, dotted. Where "
    "the ReLU of one neuron bends within epsilon, the check (3.2.3-check) "
    "fails a gradient that is right."
)
EPSILONS = {
    "float64": 10.0 ** np.arange(-1, -12.1, -0.5),
    "float32": 10.0 ** np.arange(-1, -6.1, -0.5),
}
CHECKED = (7, 7, 1)
"""64 parameters: what JAX maps over at a time, so it compiles one size."""
KINK = 1e-4


def measure(here: Here) -> dict[str, Any]:
    """The notes' relative difference against epsilon, smooth and kinked."""
    case, n_x = load_study().case, CHECKED[0]
    X, Y = case.X[:n_x], case.Y
    smooth = Network(CHECKED, ("tanh", "sigmoid"))
    start = EXACT.initialize(smooth, "xavier", 0)
    bent = Network(CHECKED, ("relu", "sigmoid"))
    few = X[:, :5], Y[:, :5]
    single = {
        name: type(framework)(framework.device, "float32", framework.mode)
        for name, framework in here.items()
    }
    ways = {
        "float64": (here, smooth, start, X, Y),
        "float32": (single, smooth, start, X, Y),
        "kink": (here, bent, near_a_kink(bent, few[0]), *few),
    }
    found: dict[str, Any] = {"kink_at": KINK}
    for way, (frameworks, *problem) in ways.items():
        epsilons = EPSILONS["float32" if way == "float32" else "float64"]
        found[way] = {
            "epsilons": told(epsilons),
            "differences": {
                name: told(differences(framework, problem, epsilons))
                for name, framework in frameworks.items()
            },
        }
    return found


def near_a_kink(network: Network, X: np.ndarray) -> Parameters:
    """Parameters that put one z of the first layer just above 0."""
    first, *rest = EXACT.initialize(network, "he", 0)
    b = first.b.copy()
    b[0] = KINK - first.W[0] @ X[:, 0]
    return (first._replace(b=b), *rest)


def differences(
    framework: Contract, problem: list[Any], epsilons: np.ndarray
) -> list[float]:
    """||dtheta_num - dtheta|| / (||dtheta_num|| + ||dtheta||), each epsilon."""
    exact = in_one(framework.exact_gradients(*problem))
    return [
        float(
            relative_difference(
                in_one(framework.numerical_gradients(*problem, epsilon=eps)),
                exact,
            )
        )
        for eps in epsilons.tolist()
    ]


def in_one(gradients: Parameters) -> np.ndarray:
    """dtheta, in float64 so that comparing rounds nothing."""
    return np.concatenate([a.ravel() for p in gradients for a in p]).astype(
        np.float64
    )


def draw(found: dict[str, Any]) -> Figure:
    """The relative difference against epsilon: two Vs and a kink."""
    figure, axes = panels(1, 3, 4.2, sharey=True)
    headings = {"float64": "tanh, float64", "float32": "tanh, float32",
                "kink": "ReLU by a kink, float64"}  # fmt: skip
    for ax, (way, heading) in zip(axes[0], headings.items(), strict=True):
        overlay(ax, found[way]["epsilons"], found[way]["differences"])
        ax.set(xscale="log", yscale="log", title=heading, xlabel="epsilon")
        kinked = way == "kink"
        u = np.finfo("float32" if way == "float32" else "float64").eps
        at = found["kink_at"] if kinked else float(np.cbrt(u))
        ax.axvline(at, color="black", lw=1, ls=":")
        ax.annotate("the kink" if kinked else "cbrt(u)", (at, 1),
                    (-4, -2), xycoords=("data", "axes fraction"),
                    textcoords="offset points", ha="right",
                    va="top")  # fmt: skip
    axes[0][0].set_ylabel("relative difference")
    first = next(iter(found["float64"]["differences"].values()))
    best = found["float64"]["epsilons"][int(np.argmin(first))]
    title(
        figure,
        f"Two-sided differences are best near epsilon = {best:.0e}, and wrong "
        "across a kink",
        "Left of it rounding decides, and each framework has its own"
        if len(found["float64"]["differences"]) > 1
        else "",
    )
    legend(figure, found["float64"]["differences"])
    return figure
