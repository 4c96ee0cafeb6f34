"""The pictures of the report, as inline SVG."""

from __future__ import annotations

import io
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

__all__ = ["drift_picture", "speed_picture"]

COLOURS = {"numpy": "#4C72B0", "torch": "#DD5A3B", "jax": "#3A8F5C"}
LINES = {"eager": "-", "jit": "-", "compile": "--", "idiomatic": ":"}
STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "svg.hashsalt": "report",
    "svg.fonttype": "none",
}


def name_of(row: dict[str, Any]) -> str:
    """The implementation of a row: framework, mode, and device if not CPU."""
    device = "" if row["device"] == "cpu" else f" on {row['device']}"
    return f"{row['implementation']} {row['mode']}{device}"


def svg(figure: Figure) -> str:
    """The figure as an <svg> element."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None})
    plt.close(figure)
    text = stream.getvalue()
    return text[text.index("<svg") :]


def drift_picture(run: dict[str, Any]) -> str:
    """Distance of each from NumPy against the step; NumPy's from the truth."""
    drift = run["drift"]
    dtypes = list(drift["predicted"])
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1, len(dtypes), figsize=(9, 4), squeeze=False, sharey=True,
            layout="constrained",
        )  # fmt: skip
        for ax, dtype in zip(axes[0], dtypes, strict=True):
            predicted = drift["predicted"][dtype]
            ax.semilogy(drift["steps"], predicted, color="black", lw=1.2,
                        label="bound predicted from rounding")  # fmt: skip
            for row in run["training"]:
                if row["dtype"] != dtype:
                    continue
                numpy = row["implementation"] == "numpy"
                ax.semilogy(
                    drift["steps"],
                    row["distances"] if numpy else row["from_numpy"],
                    label="numpy from the exact parameters"
                    if numpy
                    else f"{name_of(row)} from numpy",
                    color=COLOURS[row["implementation"]],
                    ls=LINES[row["mode"]],
                    lw=1.6,
                )
            ax.set_title(dtype)
            ax.set_xlabel("training step")
        axes[0][0].set_ylabel("distance between the parameters")
        handles, labels = axes[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3,
                      fontsize=8, frameon=False)  # fmt: skip
        return svg(figure)


def speed_picture(run: dict[str, Any]) -> str:
    """Time of a step, a panel for each workload."""
    panels: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in run["speed"]:
        key = row["workload"], row["device"]
        panels.setdefault(key, []).append(row)
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1,
            len(panels),
            figsize=(9, 2.8),
            squeeze=False,
            layout="constrained",
        )
        for ax, ((name, device), rows) in zip(
            axes[0], panels.items(), strict=True
        ):
            names = [row["contender"] for row in rows]
            # A row without a proven time keeps its place, and has no bar.
            widths = [1e3 * (row["seconds"] or 0) for row in rows]
            colours = [COLOURS[row["framework"]] for row in rows]
            ax.barh(names, widths, color=colours, height=0.6)
            for y, row in enumerate(rows):
                if row["seconds"]:
                    low, high = row["seconds_low"], row["seconds_high"]
                    ax.plot([1e3 * low, 1e3 * high], [y, y], color="black",
                            lw=1)  # fmt: skip
            layers = "-".join(map(str, rows[0]["layer_sizes"]))
            where = "" if device == "cpu" else f", {device}"
            title = f"{name}: {layers}, m = {rows[0]['m']}{where}"
            ax.set_title(title, fontsize=8.5)
            ax.invert_yaxis()
            ax.set_xlabel("ms per training step")
            ax.grid(axis="y", visible=False)
        return svg(figure)
