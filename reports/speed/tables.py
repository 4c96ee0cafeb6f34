"""The tables of speed: from results to rows of words."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from typing import Any

from reports.speed.contenders import CONTENDERS
from reports.speed.results import word
from reports.speed.steadiness import ALONE
from reports.tables import Table, digits

__all__ = [
    "Result",
    "conditions",
    "disturbances",
    "duration",
    "fastest",
    "headline",
    "overview",
    "phase_table",
    "race_table",
    "race_title",
    "races",
    "size",
    "speed_summary",
    "workloads_told",
]

Result = dict[str, Any]
UNITS = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"))
VARY = 0.5
"""Of a first call's steps, what that call may take longer than another."""
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
"""Of the system's clock in a second."""


def duration(seconds: float | None) -> str:
    """Three digits and the unit that suits them."""
    if seconds is None:
        return "–"
    for size, unit in UNITS:
        if seconds >= size:
            return f"{digits(seconds / size)} {unit}"
    return f"{digits(seconds / 1e-6)} µs"


def races(
    results: list[Result], families: tuple[str, ...]
) -> dict[tuple[Any, ...], list[Result]]:
    """The results that may be compared with each other, fastest first."""
    found: dict[tuple[Any, ...], list[Result]] = {}
    for row in results:
        if row["family"] in families:
            key = (row["workload"], row["dtype"], row["device"], row["threads"])
            found.setdefault(key, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda r: (r["seconds"] is None, r["seconds"] or 0))
    return found


def overview(results: list[Result]) -> dict[str, Table]:
    """Time per step of every implementation by workload, for each dtype,
    device and number of threads.

    Bold: the fastest, and what noise cannot tell from it.
    """
    found: dict[str, dict[str, list[Result]]] = {}
    for key, rows in races(results, ("workload",)).items():
        found.setdefault(conditions(rows[0]), {})[key[0]] = rows
    return {title: overview_table(races) for title, races in found.items()}


def overview_table(found: dict[str, list[Result]]) -> Table:
    """A column for each race, a line for each implementation."""
    rows = [row for race in found.values() for row in race]
    order = list(CONTENDERS)
    rows.sort(key=lambda r: (r["peer"], order.index(r["contender"])))
    body = []
    for name in dict.fromkeys(map(name_of, rows)):
        cells = [name]
        for race in found.values():
            mine = [row for row in race if name_of(row) == name]
            cells.append(entry(mine[0], race) if mine else "–")
        body.append(cells)
    body.append(["least time", *(duration(least(r)) for r in found.values())])
    floors = map(noise_floor, found.values())
    return ["time per step", *found], [*body, ["noise floor", *floors]]


def entry(row: Result, race: list[Result]) -> str:
    """A row's time in its race."""
    if row["seconds"] is None:
        return str(row["verdict"])
    told = duration(row["seconds"])
    return f"**{told}**" if row in fastest(race) else told


def fastest(race: list[Result]) -> list[Result]:
    """The fastest of a race, and what noise cannot tell from it, block by
    block; none where nobody knows the noise."""
    timed = [r for r in race if r["seconds"]]
    noise = noise_of(race)
    if not timed or noise is None:
        return []
    best = min(timed, key=lambda r: r["seconds"])["blocks"]

    def ratios(row: Result) -> list[float]:
        blocks = row["blocks"]
        return [blocks[k] / best[k] for k in best if k in blocks]

    same = ("faster", "too close to call")
    return [
        r for r in timed
        if r["blocks"] == best or word(ratios(r), noise) in same
    ]  # fmt: skip


def least(race: list[Result]) -> float | None:
    """The least time of a race's workload."""
    return next(
        (r["least_seconds"] for r in race if "least_seconds" in r), None
    )


def race_title(rows: list[Result]) -> str:
    """What is timed, on what."""
    return f"{size(rows[0])}, {conditions(rows[0])}"


def size(row: Result) -> str:
    """The workload in a few words."""
    first, *_, last = row["layer_sizes"]
    L = len(row["layer_sizes"]) - 1
    layers = "-".join(map(str, row["layer_sizes"]))
    if L > 7:
        layers = f"{first}-…-{last}, {L} layers"
    return f"{row['workload']}: {layers}, m = {row['m']}"


def workloads_told(results: list[Result]) -> str:
    """What the names in a table's head stand for."""
    found = [size(r) for r in results if r["family"] == "workload"]
    return "; ".join(dict.fromkeys(found)) + "." if found else ""


def conditions(row: Result) -> str:
    """In which arithmetic, and on what."""
    threads = f"{row['threads']} thread{'s' if row['threads'] > 1 else ''}"
    device = threads if row["device"] == "cpu" else row["device"]
    return f"{row['dtype']}, {device}"


def race_table(rows: list[Result]) -> Table:
    """One race: time, ratio, what may be said, limit, and proof."""
    headers = [
        "implementation", "time per step", "range", "n", "over the baseline",
        "in words", "of the limit", "bound by", "error / typical",
        "error / bound",
    ]  # fmt: skip
    return with_entries(
        headers,
        [
            [
                name_of(row),
                duration(row["seconds"]),
                *(
                    [row["verdict"].upper() + ": " + row["why"], *["–"] * 5]
                    if row["seconds"] is None
                    else [
                        f"{duration(row['seconds_low'])} – "
                        f"{duration(row['seconds_high'])}",
                        str(len(row["blocks"])),
                        ratio_of(row),
                        row["word"] or "–",
                        share(row),
                        row.get("bound_by", "–"),
                    ]
                ),
                digits(row.get("error_over_typical")),
                digits(row.get("error_over_bound")),
            ]
            for row in rows
        ],
    )


def with_entries(headers: list[str], body: list[list[str]]) -> Table:
    """The table without the columns that have no entry at all."""
    columns = zip(headers, *body, strict=True)
    kept = [c for c in columns if any(cell != "–" for cell in c[1:])]
    if not kept:
        return [], []
    headings, *lines = map(list, zip(*kept, strict=True))
    return headings, lines


def name_of(row: Result) -> str:
    """The contender; a peer is marked."""
    return row["contender"] + (" (peer)" if row["peer"] else "")


def ratio_of(row: Result) -> str:
    """The paired ratio, and its range over the blocks."""
    if row.get("ratio") is None:
        return "–"
    if row["word"] == "the baseline":
        return "1"
    low, high = digits(row["ratio_low"]), digits(row["ratio_high"])
    return f"{digits(row['ratio'])} ({low} – {high})"


def share(row: Result) -> str:
    """How much of the least time there is."""
    found = row.get("share_of_limit")
    if found is None:
        return "–"
    return f"{100 * found:.0f} %" if found >= 0.01 else f"{100 * found:.1g} %"


def noise_of(rows: list[Result]) -> float | None:
    """The noise floor of a race, as a factor."""
    return next((r["noise"] for r in rows if r.get("noise")), None)


def noise_floor(rows: list[Result]) -> str:
    """The same in words; a dash where nobody knows it."""
    noise = noise_of(rows)
    return "–" if noise is None else f"± {100 * (noise - 1):.0f} %"


def headline(results: list[Result]) -> Iterator[str]:
    """The fastest of each race, and its equals, in a sentence each."""
    for rows in races(results, ("workload",)).values():
        first = [r for r in rows if r["seconds"]][:1]
        known = noise_of(rows) is not None
        floor = f" (noise floor {noise_floor(rows)})" if known else ""
        for best in fastest(rows) or first:
            of = f", {share(best)} of the limit" if share(best) != "–" else ""
            yield (
                f"{race_title(rows)}: {name_of(best)} at "
                f"{duration(best['seconds'])} a step{of}{floor}"
            )


def disturbances(results: list[Result]) -> str:
    """What the machine did beside the work, in a sentence."""
    timed = [r for r in results if r["seconds"]]
    looked = [r for r in timed if r["cores_apart"] is not None]
    count = sum(len(r["blocks"]) for r in timed)
    told = f"During {count} processes {counted(timed)}."
    if crowded := sum(r["crowded"] for r in timed):
        told += (
            f" {crowded} of one thread had less than {100 * ALONE:.0f} % of "
            "its core."
        )
    if looked:
        shared = sum(len(r["blocks"]) for r in looked)
        apart = sum(r["cores_apart"] for r in looked)
        told += (
            f" Of the {shared} that had several threads, {apart} had cores "
            "that shared no cache."
        )
    return told


def counted(timed: list[Result]) -> str:
    """What the system counts that was taken from the machine."""
    found = {
        name: [r[name] for r in timed if r[name] is not None]
        for name in ("stolen_ticks", "throttled")
    }
    ticks, periods = (sum(values) for values in found.values())
    taken = duration(ticks / TICKS) if ticks else "nothing"
    told = ["what the hypervisor took is not known"]
    if found["stolen_ticks"]:
        told = [f"the hypervisor took {taken}"]
    if found["throttled"]:
        told.append(f"{periods:.0f} periods were throttled")
    else:
        told.append("how often they were throttled is not known")
    return ", and ".join(told)


def phase_table(rows: list[Result]) -> Table:
    """What comes before the first steady step, and when it has paid off."""
    columns: dict[str, Callable[[Result], str]] = {
        "implementation": name_of,
        "Python and NumPy": lambda r: duration(r["phases"]["python and NumPy"]),
        "import": lambda r: duration(r["phases"]["import"]),
        "device": lambda r: duration(r["phases"]["device"]),
        "build and transfer": lambda r: duration(r["phases"]["transfer"]),
        "first call, cold caches": lambda r: compiling(r, "cold"),
        "first call, warm caches": lambda r: compiling(r, "warm"),
        "one step alone": lambda r: (
            "refused" if r["latency_refused"] else duration(r["latency"])
        ),
        "steady step": lambda r: duration(r["seconds"]),
        "pays off after, cold": lambda r: pays_off(r, "cold"),
        "pays off after, warm": lambda r: pays_off(r, "warm"),
        "threads used": lambda r: digits(r["threads_used"]),
        "hand-over": lambda r: duration(r["handover"]),
        "peak memory": lambda r: mebibytes(r["peak_memory"]),
        "on the device": lambda r: mebibytes(r["device_memory"]),
        "compiled": lambda r: mebibytes(
            sum((r["compiled_memory"] or {}).values())
        ),
    }
    timed = [row for row in rows if row["seconds"] is not None]
    body = [[column(row) for column in columns.values()] for row in timed]
    return with_entries(list(columns), body)


def compiling(row: Result, caches: str) -> str:
    """What the first call takes beyond its steps; a dash where that is no
    more than the steps vary by."""
    beyond = row[f"first_call_{caches}"]
    vary = row["steps"] * row["seconds"] * VARY
    return "–" if beyond is None or beyond < vary else duration(beyond)


def pays_off(row: Result, caches: str) -> str:
    """The steps from which it is ahead of the baseline, start included."""
    after = row.get(f"pays_off_{caches}")
    if after is None:
        return "–"
    digits = max(0, math.floor(math.log10(max(after, 1))) - 1)
    steps = round(after, -digits)
    return f"{steps:.0f} step{'' if round(steps) == 1 else 's'}"


def mebibytes(size: int) -> str:
    """Bytes, as one says them; a dash for none."""
    return f"{digits(size / 2**20)} MiB" if size else "–"


def speed_summary(results: list[Result]) -> Iterator[list[Any]]:
    """One line a row, for a program."""
    fields = [
        "workload", "contender", "framework", "peer", "dtype", "device",
        "threads", "m", "parameters", "verdict", "why", "seconds",
        "seconds_low", "seconds_high", "baseline", "ratio", "ratio_low",
        "ratio_high", "noise", "word", "least_seconds", "share_of_limit",
        "bound_by", "latency", "first_call_cold", "first_call_warm",
        "pays_off_cold", "pays_off_warm", "error_over_typical",
        "error_over_bound", "threads_used", "peak_memory", "device_memory",
    ]  # fmt: skip
    yield fields
    for row in results:
        yield [row.get(name) for name in fields]
