"""The pictures of speed, as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import (
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullFormatter,
)

from reports.pictures import COLOURS, STYLE, svg
from reports.speed.growth import SWEEPS, sweep_value
from reports.speed.tables import conditions, name_of, noise_of, races, size

__all__ = ["Picture", "speed_pictures"]

Result = dict[str, Any]
PEER = "#8a8a8a"
LIMIT = "#222222"
NARROW = 5
"""The last over the first of an axis that has too few ticks of a decade."""
MARKS = {"eager": "o", "tuned": "D", "threaded": "P", "compile": "s",
         "idiomatic": "^", "jit": "o"}  # fmt: skip


class Picture(NamedTuple):
    """One figure: what it is, under which conditions, and itself."""

    name: str
    where: str
    svg: str


def speed_pictures(results: list[Result]) -> list[Picture]:
    """None of what the run does not have; float32, and the fewest threads
    of each device."""
    found = [r for r in results if r["seconds"] and r["dtype"] == "float32"]
    drawn = []
    with plt.rc_context(STYLE):
        for device in dict.fromkeys(r["device"] for r in found):
            on = [r for r in found if r["device"] == device]
            fewest = min(r["threads"] for r in on)
            here = [r for r in on if r["threads"] == fewest]
            where = conditions(here[0])
            drawn += [
                Picture(name, where, draw(rows))
                for name, draw, rows in to_draw(here)
                if rows
            ]
    return drawn


def to_draw(
    here: list[Result],
) -> list[tuple[str, Callable[[list[Result]], str], list[Result]]]:
    """Each picture's name, who draws it, and of what."""
    workloads = [r for r in here if r["family"] == "workload"]
    compared = [r for r in workloads if r.get("ratio")]
    ours = [r for r in here if not r["peer"]]
    limited = [r for r in ours if "share_of_limit" in r]
    return [
        ("ratios", ratios, compared),
        ("roofline", roofline, limited),
        ("sweeps", sweeps, [r for r in here if r["family"] in SWEEPS]),
        ("break-even", break_even, workloads),
        ("phases", phases, workloads),
        ("error", error_and_speed, compared),
        ("memory", memory, workloads),
    ]


def colour(row: Result) -> str:
    """The framework's; grey for a peer."""
    return PEER if row["peer"] else COLOURS[row["framework"]]


def mark(row: Result) -> str:
    """The mode's."""
    return MARKS.get(row["contender"].split()[-1], "o")


def plain(*axes: Axis) -> None:
    """Ticks at 0.5, 1, 2, 5, 10 instead of powers of ten."""
    for axis in axes:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        axis.set_minor_formatter(NullFormatter())


def ratios(rows: list[Result]) -> str:
    """Forest plot: each ratio with its range, over the band of noise."""
    groups = races(rows, ("workload",))
    columns = 2
    height = max(len(g) for g in groups.values())
    lines = math.ceil(len(groups) / columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(9, lines * (0.21 * height + 0.9)),
        squeeze=False, layout="constrained",
    )  # fmt: skip
    for ax in axes.flat[len(groups) :]:
        ax.axis("off")
    for ax, group in zip(axes.flat, groups.values(), strict=False):
        noise = noise_of(group) or 1
        ax.axvspan(1 / noise, noise, color="#f0e6c8", lw=0)
        ax.axvline(1, color=LIMIT, lw=0.8)
        for y, row in enumerate(group):
            ax.plot([row["ratio_low"], row["ratio_high"]], [y, y],
                    color=colour(row), lw=1.4)  # fmt: skip
            ax.plot(row["ratio"], y, mark(row), color=colour(row), ms=4.5)
        ax.set_yticks(range(len(group)), [name_of(r) for r in group],
                      fontsize=7)  # fmt: skip
        ax.invert_yaxis()
        ax.set_xscale("log")
        plain(ax.xaxis)
        low, high = ax.get_xlim()
        if high < NARROW * low:
            ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.set_title(size(group[0]), fontsize=8)
        ax.grid(axis="y", visible=False)
    figure.supxlabel("time over the baseline's (log scale); shaded: noise",
                     fontsize=8)  # fmt: skip
    return svg(figure)


def sweeps(rows: list[Result]) -> str:
    """Time of a step against size, with the limit beside it."""
    families = [f for f in SWEEPS if any(r["family"] == f for r in rows)]
    figure, axes = plt.subplots(
        1, len(families), figsize=(9, 3.4), squeeze=False, layout="constrained"
    )
    for ax, family in zip(axes[0], families, strict=True):
        here = [r for r in rows if r["family"] == family]
        for name in dict.fromkeys(r["contender"] for r in here):
            line = sorted(
                (r for r in here if r["contender"] == name), key=sweep_value
            )
            ax.loglog([sweep_value(r) for r in line],
                      [r["seconds"] for r in line],
                      marker=mark(line[0]), ms=3.5, lw=1.3,
                      color=colour(line[0]), label=name)  # fmt: skip
        least = sorted({
            (sweep_value(r), r["least_seconds"])
            for r in here if "least_seconds" in r
        })  # fmt: skip
        if least:
            ax.loglog(*zip(*least, strict=True), color=LIMIT, ls=":", lw=1.3,
                      label="the limit")  # fmt: skip
        ax.set_title(f"{family} sweep", fontsize=9)
        ax.set_xlabel(SWEEPS[family])
    axes[0][0].set_ylabel("seconds per step")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3,
                  fontsize=8, frameon=False)  # fmt: skip
    return svg(figure)


def roofline(rows: list[Result]) -> str:
    """Operations a second of ours against operations a byte, under the
    machine's two limits."""
    figure, ax = plt.subplots(figsize=(9, 3.8), layout="constrained")
    balance = rows[0]["balance"]
    work = {id(r): operations_of(r) for r in rows}
    peak = max(work[id(r)] / r["least_seconds"] for r in rows)
    x = np.geomspace(min(r["intensity"] for r in rows) / 2,
                     max(r["intensity"] for r in rows) * 2, 100)  # fmt: skip
    ax.loglog(x, peak * np.minimum(1, x / balance) / 1e9, color=LIMIT, lw=1.2)
    best: dict[tuple[str, str], Result] = {}
    for row in rows:
        key = row["framework"], row["workload"]
        if key not in best or row["seconds"] < best[key]["seconds"]:
            best[key] = row
    for (framework, _), row in best.items():
        rate = work[id(row)] / row["seconds"] / 1e9
        ax.plot(row["intensity"], rate, mark(row), color=COLOURS[framework],
                ms=5, alpha=0.85)  # fmt: skip
    tops: dict[float, tuple[float, str]] = {}
    for row in best.values():
        if row["family"] == "workload":
            rate = work[id(row)] / row["seconds"] / 1e9
            if rate > tops.get(row["intensity"], (0, ""))[0]:
                tops[row["intensity"]] = rate, row["workload"]
    for intensity, (rate, name) in tops.items():
        ax.annotate(name, (intensity, rate), xytext=(0, 6),
                    textcoords="offset points", ha="center",
                    fontsize=8)  # fmt: skip
    for framework, label in (("numpy", "NumPy"), ("torch", "PyTorch"),
                             ("jax", "JAX")):  # fmt: skip
        ax.plot([], [], "o", color=COLOURS[framework], label=label)
    ax.legend(frameon=False, fontsize=8)
    plain(ax.xaxis, ax.yaxis)
    ax.set_xlabel("operations for each byte that has to be moved once")
    ax.set_ylabel("10⁹ operations a second")
    return svg(figure)


def operations_of(row: Result) -> float:
    """Multiplications and additions in a step's products."""
    sizes = row["layer_sizes"]
    pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
    first = 4 * row["m"] * pairs[0][0] * pairs[0][1]
    return first + sum(6 * row["m"] * n * k for n, k in pairs[1:])


def phases(rows: list[Result]) -> str:
    """What passes before the first steady step, stacked."""
    name = (
        "W3"
        if any(r["workload"] == "W3" for r in rows)
        else (rows[0]["workload"])
    )
    here = [r for r in rows if r["workload"] == name]
    here.sort(key=lambda r: sum(warm_phases(r).values()))
    figure, ax = plt.subplots(figsize=(9, 0.25 * len(here) + 1),
                              layout="constrained")  # fmt: skip
    left = np.zeros(len(here))
    stages = list(here[0]["phases"])
    shades = plt.get_cmap("viridis")(np.linspace(0.1, 0.9, len(stages)))
    names = [name_of(r) for r in here]
    for phase, shade in zip(stages, shades, strict=True):
        widths = np.array([warm_phases(r)[phase] for r in here])
        ax.barh(names, widths, left=left, color=shade, height=0.65,
                label=phase)  # fmt: skip
        left += widths
    ax.invert_yaxis()
    ax.set_xlabel(f"seconds to the first result ({name})")
    ax.legend(frameon=False, fontsize=8)
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", labelsize=7.5)
    return svg(figure)


def warm_phases(row: Result) -> dict[str, float]:
    """The phases, with the first call as it is with warm caches."""
    call = row["phases"]["first call"]
    if row["first_call_warm"] is not None:
        call = row["first_call_warm"] + row["steps"] * row["seconds"]
    return {**row["phases"], "first call": call}


def break_even(rows: list[Result]) -> str:
    """Seconds since the process began against steps, for each of ours."""
    names = [n for n in ("W1", "W3", "W5")
             if any(r["workload"] == n for r in rows)]  # fmt: skip
    names = names or [rows[0]["workload"]]
    figure, axes = plt.subplots(1, len(names), figsize=(9, 3.1), squeeze=False,
                                layout="constrained")  # fmt: skip
    for ax, name in zip(axes[0], names, strict=True):
        here = [r for r in rows if r["workload"] == name and not r["peer"]]
        steps = np.geomspace(1, 1e6, 200)
        for row in here:
            # The first call holds steps already.
            ahead = np.maximum(steps - row["steps"], 0)
            begun = sum(warm_phases(row).values())
            ax.loglog(steps, begun + ahead * row["seconds"], lw=1.3,
                      color=colour(row), ls=line_of(row),
                      label=row["contender"])  # fmt: skip
        ax.set_title(name, fontsize=9)
        ax.set_xlabel("steps")
    axes[0][0].set_ylabel("seconds since the process began")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4,
                  fontsize=8, frameon=False)  # fmt: skip
    return svg(figure)


def line_of(row: Result) -> str:
    """The mode's line."""
    mode = row["contender"].split()[-1]
    return {"tuned": "--", "compile": "-.", "idiomatic": ":"}.get(mode, "-")


def error_and_speed(rows: list[Result]) -> str:
    """Error over what float32 typically has, against time over NumPy's."""
    figure, ax = plt.subplots(figsize=(9, 3.2), layout="constrained")
    for row in rows:
        ax.loglog(row["ratio"], row["error_over_typical"], mark(row),
                  color=colour(row), ms=4.5, alpha=0.8)  # fmt: skip
    ax.axhline(1, color=LIMIT, lw=0.8)
    ax.set_ylim(0.1, 1000)
    plain(ax.xaxis)
    ax.set_xlabel("time over the baseline's")
    ax.set_ylabel("error over that of float32")
    handles(ax)
    return svg(figure)


def memory(rows: list[Result]) -> str:
    """The most memory that each process had."""
    names = [n for n in ("W1", "W4") if any(r["workload"] == n for r in rows)]
    names = names or [rows[0]["workload"]]
    here = [r for r in rows if r["workload"] == names[0]]
    here.sort(key=lambda r: r["peak_memory"])
    order = [name_of(r) for r in here]
    figure, axes = plt.subplots(
        1, len(names), figsize=(9, 0.25 * len(order) + 1), squeeze=False,
        sharey=True, layout="constrained",
    )  # fmt: skip
    for ax, name in zip(axes[0], names, strict=True):
        found = {name_of(r): r for r in rows if r["workload"] == name}
        there = [n for n in order if n in found]
        widths = [found[n]["peak_memory"] / 2**20 for n in there]
        shades = [colour(found[n]) for n in there]
        ax.barh(there, widths, color=shades, height=0.65)
        ax.set_title(name, fontsize=9)
        ax.set_xlabel("MiB at most")
        ax.grid(axis="y", visible=False)
        ax.tick_params(axis="y", labelsize=7.5)
    axes[0][0].invert_yaxis()
    return svg(figure)


def handles(ax: Axes) -> None:
    """A legend of the frameworks and the peers."""
    for name, shade in (("NumPy", COLOURS["numpy"]),
                        ("PyTorch", COLOURS["torch"]),
                        ("JAX", COLOURS["jax"]), ("peers", PEER)):  # fmt: skip
        ax.plot([], [], "o", color=shade, label=name)
    ax.legend(frameon=False, fontsize=8, ncols=4)
