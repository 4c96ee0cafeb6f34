"""The pictures of a power run, as inline SVG."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import pyplot as plt

from reports.pictures import STYLE, svg

__all__ = ["power_pictures"]

SEEN, BOUND = "#4C72B0", "#c44e52"
AIMS = {"float64": 1e-12, "float32": 1e-5}


def power_pictures(found: list[dict[str, Any]]) -> dict[str, str]:
    """None of what the run does not have."""
    rows = [
        row
        for line in found
        if line["kind"] == "resolution"
        for row in line["found"]["rows"]
    ]
    alarms = [f for f in found if "alarms" in f["found"]]
    mistakes = [f for f in found if f["kind"] == "mistake"]
    with plt.rc_context(STYLE):
        drawn = {}
        if rows:
            drawn["resolution"] = resolution(rows)
        if alarms and mistakes:
            drawn["margins"] = margins(alarms, mistakes)
    return drawn


def resolution(rows: list[dict[str, Any]]) -> str:
    """The least relative error of dW that is seen, by depth and by width."""
    figure, axes = plt.subplots(
        1, 2, figsize=(9, 3.6), sharey=True, layout="constrained"
    )
    for ax, (along, other, fixed) in zip(
        axes, (("depth", "width", 16), ("width", "depth", 3)), strict=True
    ):
        for dtype in ("float64", "float32"):
            here = sorted(
                (r for r in rows if r["quantity"] == "dW"
                 and r["dtype"] == dtype and r[other] == fixed),
                key=lambda r: r[along],
            )  # fmt: skip
            x = [r[along] for r in here]
            for name, colour, label in (
                ("coarsest", SEEN, "all together"),
                ("by_bound", BOUND, "by the bound alone"),
            ):
                y = [r[name] if r[name] < 1e300 else np.nan for r in here]
                ax.loglog(x, y, color=colour, marker="o", ms=4,
                          ls="-" if dtype == "float64" else "--",
                          label=f"{dtype}, {label}")  # fmt: skip
            ax.axhline(AIMS[dtype], color="#bbbbbb", lw=0.8, ls=":")
        ax.set_xticks(x, [str(v) for v in x])
        ax.minorticks_off()
        fixed_words = "16 nodes a layer" if other == "width" else "3 layers"
        ax.set_title(fixed_words)
        ax.set_xlabel("layers" if along == "depth" else "nodes a layer")
    axes[0].set_ylabel("least relative error of dW that is seen")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4,
                  handlelength=3.5, fontsize=8, frameon=False)  # fmt: skip
    return svg(figure)


def margins(
    alarms: list[dict[str, Any]], mistakes: list[dict[str, Any]]
) -> str:
    """How far right computations stay below 1, and mistakes lie above."""
    right = [r for a in alarms for r in a["found"]["worst"].values() if r > 0]
    wrong = [
        min(m["found"]["own"]["ratio"], 1e20)
        for m in mistakes
        if m["found"]["own"]
    ]
    figure, ax = plt.subplots(figsize=(9, 2.8), layout="constrained")
    bins = np.linspace(-3, 20, 93).tolist()
    for values, colour, label in (
        (right, SEEN, "right computations: the worst of each"),
        (wrong, BOUND, "mistakes: in the check of their own clause"),
    ):
        ax.hist(np.log10(values), bins, color=colour, alpha=0.8, label=label)
    ax.axvline(0, color="black", lw=1)
    ax.set_xlabel("error / bound")
    ticks = np.arange(-3, 21, 3)
    ax.set_xticks(ticks, [rf"$10^{{{t}}}$" for t in ticks])
    ax.set_ylabel("how many")
    ax.legend(fontsize=8, frameon=False)
    return svg(figure)
