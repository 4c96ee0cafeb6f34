"""The picture of a measurement: time against ranks, and the model's line."""

from __future__ import annotations

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, StrMethodFormatter

from reports.pictures import STYLE, svg
from reports.scale.results import Measured, Outlook
from reports.scale.rows import ENGINES, NETWORKS

__all__ = ["scale_picture"]

COLOURS = dict(
    zip(ENGINES, ("#DD5A3B", "#8C2D19", "#3A8F5C", "#1F5C39", "#8BC4A1"),
        strict=True)
)  # fmt: skip


def scale_picture(rows: list[Measured], seen: list[Outlook]) -> str:
    """Strong and weak, a column each; the large and the small network."""
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            len(NETWORKS), 2, figsize=(9, 6.4), layout="constrained",
            squeeze=False,
        )  # fmt: skip
        for line, network in zip(axes, NETWORKS, strict=True):
            for ax, weak in zip(line, (False, True), strict=True):
                draw(ax, rows, seen, network, weak)
        handles, labels = axes[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3,
                      fontsize=8, frameon=False)  # fmt: skip
        return svg(figure)


def draw(
    ax: Axes, rows: list[Measured], seen: list[Outlook], network: str,
    weak: bool,
) -> None:  # fmt: skip
    """One panel: points are measured, dashes are predicted."""
    shape = NETWORKS[network]
    for engine, colour in COLOURS.items():
        points = {
            row.ranks: row.seconds
            for row in rows
            if (row.engine, row.network) == (engine, network)
            and row.m == (shape.each * row.ranks if weak else shape.together)
        }
        ax.loglog([*points], [1e3 * s for s in points.values()], "o",
                  color=colour, ms=5, label=f"{engine}")  # fmt: skip
        for o in seen:
            if (o.engine, o.network) == (engine, network):
                told = o.weak if weak else o.strong
                ax.loglog([*told], [1e3 * s for s in told.values()], "--",
                          color=colour, lw=1)  # fmt: skip
    ranks = [1, 2, 4, 8, 16, 32, 64]
    ax.set_xscale("log", base=2)
    ax.set_xticks(ranks, [str(R) for R in ranks])
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.minorticks_off()
    many = (
        f"{shape.each} examples a rank"
        if weak
        else f"{shape.together} examples"
    )
    ax.set_title(
        f"{'weak' if weak else 'strong'}: the {network} network, {many}"
    )
    ax.set_xlabel("ranks")
    ax.set_ylabel("ms a step")
