"""The pictures of what reports/understanding.py found, as inline SVG.

The colour is the framework. Where curves lie on one another, NumPy's is the
thick pale one, PyTorch's the thin one over it, and JAX's the dashes on top.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from reports.pictures import COLOURS, STYLE, svg

__all__ = ["CAPTIONS", "understanding_pictures"]

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

CAPTIONS = {
    "learning_rate": (
        "Gradient descent (A1.1) on the breast cancer data, logistic "
        "regression from zero weights with a little L2. Too small a learning "
        "rate barely moves; a good one descends at once; beyond what the "
        "curvature of J allows, the steps overshoot and the cost jumps up."
    ),
    "normalization": (
        "A linear model of the diabetes data, each curve at the best learning "
        "rate that its own bowl allows. Normalizing the features "
        "(3.2.1-normalize) makes the bowl rounder, so that one rate suits "
        "all directions. The ovals are where J has one value, over two of "
        "the weights."
    ),
    "regularization": (
        "A network with far more weights than examples learns them by heart: "
        "the training cost falls on, and the dev cost rises again. L2 "
        "(3.1-l2) and dropout (3.1-dropout) end with a lower dev cost; "
        "early stopping (3.1-early-stopping) keeps the parameters of the "
        "least dev cost. All costs are shown without penalty and without "
        "dropout. The few examples were chosen because they show it plainly: "
        "on others L2 or dropout may end no better."
    ),
    "depth": (
        "How large the activations and the weights' gradients are in each "
        "layer before training. A repeated factor grows or fades with "
        "the depth (3.2.2-vanishing), and so does a signal through small "
        "weights. Both Xaviers (3.2.2-xavier, 3.2.2-xavier-average; one law "
        "where layers are equally wide) suit tanh, and He (3.2.2-he) makes "
        "up for the half that ReLU drops."
    ),
    "weights": (
        "The weights that each framework's own generator draws, divided by "
        "the standard deviation that the rule asks for (2.4-small-random, "
        "3.2.2-xavier, 3.2.2-xavier-average, 3.2.2-he). The numbers differ "
        "from framework to framework; the law, the black curve, is the same."
    ),
    "augmentation": (
        "More examples out of those there are (3.1-augmentation): three "
        "operations on photographs, three on a plucked string. The colour "
        "says whose operation it is; the original sound is the pale line."
    ),
    "gradient_check": (
        "How far two-sided differences (3.2.3-two-sided) lie from the exact "
        "gradient. A large epsilon bends, a tiny one drowns in rounding; the "
        "best is near the cube root of the machine epsilon, dotted. Where "
        "the ReLU of one neuron bends within epsilon, the check (3.2.3-check) "
        "fails a gradient that is right."
    ),
}


def understanding_pictures(found: dict[str, Any]) -> dict[str, str]:
    """An <svg> for each section that was found."""
    with plt.rc_context(LARGER):
        return {
            section: svg(PICTURES[section](told))
            for section, told in found.items()
        }


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


def learning_rate(found: dict[str, Any]) -> Figure:
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


def normalization(found: dict[str, Any]) -> Figure:
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
        bowl(ax, kind, found[kind])
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


def bowl(ax: Axes, kind: str, found: dict[str, Any]) -> None:
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


def regularization(found: dict[str, Any]) -> Figure:
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


def depth(found: dict[str, Any]) -> Figure:
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


def weights(found: dict[str, Any]) -> Figure:
    """Histograms over the normal density, a panel for each rule."""
    figure, axes = panels(2, 2, 5.6, sharex=True, sharey=True)
    for ax, (rule, told) in zip(axes.flat, found["rules"].items(), strict=True):
        histograms(ax, told["drawn"], found)
        ax.set_title(f"{rule}: sigma should be {told['sigma']:.4f}")
    for ax in axes[:, 0]:
        ax.set_ylabel("density")
    for ax in axes[1]:
        ax.set_xlabel("weight W / sigma")
    count = f"{found['draws']:,}".replace(",", " ")
    title(figure, f"{count} weights by each rule: other numbers, one law")
    legend(figure, told["drawn"], Line2D(
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


def augmentation(found: dict[str, Any]) -> Figure:
    """Photographs and sounds, before and after."""
    figure = plt.figure(figsize=(9, 6), layout="constrained")
    above, below = figure.subfigures(
        2, 1, height_ratios=[1.6, 1], squeeze=False
    ).flat
    seen = {k: o for k, o in found["operations"].items() if "image" in o}
    heard = {k: o for k, o in found["operations"].items() if "sound" in o}
    columns = above.subplots(2, 4, gridspec_kw={"hspace": 0, "wspace": 0}).T
    photographs(columns[0], "original", found, found["shape"])
    for column, (name, told) in zip(columns[1:], seen.items(), strict=True):
        photographs(column, name, told, found["shape"])
    for ax, (name, told) in zip(
        below.subplots(1, 3, sharey=True).flat, heard.items(), strict=True
    ):
        ax.plot(found["sound"], color="#b8b8b8", lw=2.6)
        ax.plot(told["sound"], color=COLOURS[told["framework"]], lw=1)
        ax.set(ylim=(-1.1, 1.1), xlabel="sample")
        heading(ax, name, told)
    below.axes[0].set_ylabel("amplitude")
    title(figure, "Six ways to a new example from an old one")
    used = {o["framework"] for o in found["operations"].values()}
    below.legend(handles=[
        Line2D([], [], color=COLOURS[n], lw=2, label=f"by {NAMES[n]}")
        for n in NAMES if n in used
    ], loc="outside lower center", ncols=3, frameon=False)  # fmt: skip
    return figure


def photographs(
    column: Any, name: str, told: dict[str, Any], shape: list[int]
) -> None:
    """The two photographs after an operation, one above the other."""
    for ax, image in zip(column, pixels(told["image"], shape), strict=True):
        ax.imshow(image, interpolation="none")
        ax.axis("off")
    heading(column[0], name, told)


def heading(ax: Axes, name: str, told: dict[str, Any]) -> None:
    """The operation and its setting, in its framework's colour."""
    setting = f", {told['setting']}" if "setting" in told else ""
    ax.set_title(
        name + setting, color=COLOURS.get(told.get("framework", ""), INK)
    )


def pixels(text: str, shape: list[int]) -> np.ndarray:
    """The images of a base64 text, in bytes."""
    data = np.frombuffer(base64.b64decode(text), np.uint8)
    return data.reshape(shape)


def gradient_check(found: dict[str, Any]) -> Figure:
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


PICTURES: dict[str, Callable[[dict[str, Any]], Figure]] = {
    "learning_rate": learning_rate,
    "normalization": normalization,
    "regularization": regularization,
    "depth": depth,
    "weights": weights,
    "augmentation": augmentation,
    "gradient_check": gradient_check,
}
