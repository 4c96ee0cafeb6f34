"""The tables of a power run."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from parity_tests.law import LEVEL as LEVEL_OF_LAW
from parity_tests.mistakes import MISTAKES
from parity_tests.randomness import level, powers
from parity_tests.structure import LEVEL
from reports.tables import Table, digits

__all__ = [
    "alarm_table",
    "arithmetic_table",
    "headline",
    "law_levels",
    "levels",
    "mistake_tables",
    "power_summary",
    "randomness_table",
    "resolution_summary",
    "resolution_table",
    "shape_table",
]

Found = dict[str, Any]
ORDINARY = 16
"""Nodes of a layer of the networks that differ in depth."""
RIGHT = ("variant", "library", "threads")
"""The kinds of tasks that are right computations."""


def of_kind(found: list[Found], *kinds: str) -> list[Found]:
    return [line for line in found if line["kind"] in kinds]


def headline(found: list[Found]) -> list[str]:
    """The run in a few sentences."""
    mistakes, pairs = of_kind(found, "mistake"), of_kind(found, "pair")
    own = [m for m in mistakes if m["found"]["own"]]
    alarms = of_kind(found, *RIGHT)
    right = sum(a["found"]["computations"] for a in alarms)
    false = sum(len(a["found"]["alarms"]) for a in alarms)
    names = {m["name"] for m in mistakes}
    lines = [
        f"{len(own)} of {len(mistakes)} caught by a check of their own "
        f"clause: {len(names)} mistakes, in float64 and in float32.",
        f"{sum(bool(p['found']['first']) for p in pairs)} of {len(pairs)} "
        "pairs of mistakes caught.",
        f"{false} of {right} right computations called wrong.",
    ]
    return lines


def mistake_tables(found: list[Found]) -> dict[str, Table]:
    """Each mistake, what caught it and by how many bounds; by its page."""
    here = {
        (m["name"], m["dtype"]): m["found"] for m in of_kind(found, "mistake")
    }
    pages: dict[str, list[list[str]]] = defaultdict(list)
    for mistake in MISTAKES:
        told = {
            dtype: here.get((mistake.name, dtype))
            for dtype in ("float64", "float32")
        }
        if not any(told.values()):
            continue
        any_told = next(t for t in told.values() if t)
        page = mistake.at.split(".")[0]
        pages[page].append([
            mistake.name,
            mistake.clause,
            proof_of(any_told["first"]),
            *(
                cell(told[dtype], dtype in mistake.dtypes)
                for dtype in ("float64", "float32")
            ),
        ])  # fmt: skip
    headers = ["mistake", "clause", "shows first in",
               "its clause's check, error / bound: float64",
               "float32"]  # fmt: skip
    return {page: (headers, rows) for page, rows in pages.items()}


def proof_of(first: Found | None) -> str:
    if first is None:
        return "–"
    where = f": {first['seen_in']}" if first["kind"] != "raised" else ""
    return first["proof"] + where


def cell(told: Found | None, is_one: bool) -> str:
    """The worst ratio in a check of its own clause."""
    if not is_one:
        return "no mistake"
    if told is None:
        return "–"
    if told["own"] is None:
        return "MISSED" if told["first"] is None else "elsewhere"
    if told["own"]["kind"] == "raised":
        return "breaks down"
    ratio = told["own"]["ratio"]
    return "inf" if ratio >= 1e300 else digits(ratio)


def shape_table(found: list[Found]) -> Table:
    """Of the proofs that mistakes touch: how many catch them, by shape."""
    caught: dict[tuple[str, str], int] = defaultdict(int)
    touched: dict[tuple[str, str], int] = defaultdict(int)
    for m in of_kind(found, "mistake"):
        for shape, (c, n) in m["found"]["shapes"].items():
            caught[shape, m["dtype"]] += c
            touched[shape, m["dtype"]] += n
    shapes = list(dict.fromkeys(shape for shape, _ in touched))
    rows = [
        [
            shape,
            *(
                f"{caught[shape, dtype]} of {touched[shape, dtype]}"
                for dtype in ("float64", "float32")
            ),
        ]
        for shape in shapes
    ]
    return ["shape of the network", "float64", "float32"], rows


def resolution_table(found: list[Found]) -> Table:
    """The least relative error that is seen, by depth and width."""
    headers = ["quantity", "dtype", "layers", "width", "sharpest layer",
               "coarsest layer", "by the bound alone"]  # fmt: skip
    rows = [
        [
            row["quantity"], row["dtype"], str(row["depth"]),
            str(row["width"]), *(
                least(row[name])
                for name in ("sharpest", "coarsest", "by_bound")
            ),
        ]
        for line in of_kind(found, "resolution")
        for row in line["found"]["rows"]
    ]  # fmt: skip
    rows.sort(key=lambda r: (r[0], r[1], int(r[2]), int(r[3])))
    return headers, rows


def resolution_summary(found: list[Found]) -> Table:
    """Of dW, by depth, at the width of most: both ways to judge."""
    rows = [
        row
        for line in of_kind(found, "resolution")
        for row in line["found"]["rows"]
        if row["quantity"] == "dW" and row["width"] == ORDINARY
    ]
    depths = sorted({row["depth"] for row in rows})
    seen = {(r["dtype"], r["depth"]): r for r in rows}
    body = [
        [
            f"{dtype}, {words}",
            *(least(seen[dtype, depth][name]) for depth in depths),
        ]
        for dtype in ("float64", "float32")
        for name, words in (
            ("coarsest", "all entries together"),
            ("by_bound", "by the bound alone"),
        )
        if all((dtype, depth) in seen for depth in depths)
    ]
    heads = [f"{d} layer{'s' if d > 1 else ''}" for d in depths]
    return [f"layers of {ORDINARY} nodes", *heads], body


def least(epsilon: float) -> str:
    """An error that is just seen; a dash where none is."""
    return "–" if epsilon >= 1e300 else f"{epsilon:.1e}"


def alarm_table(found: list[Found]) -> Table:
    """Right computations, and the worst that each kind of judgement said."""
    kinds = ("bound", "factor", "offset", "sign", "way", "size", "entry")
    groups: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for line in of_kind(found, *RIGHT):
        what = line["name"]
        if line["kind"] == "variant":
            what = "numpy, " + line["name"].split(", ")[1]
        else:
            what = what.replace(f"-{line['dtype']}-cpu", "")
            what = what.replace(", 1 threads", ", 1 thread")
        groups[what, line["dtype"]].append(line["found"])
    rows = [
        [
            what, dtype,
            str(sum(f["computations"] for f in these)),
            str(sum(len(f["alarms"]) for f in these)),
            *(
                digits(max(f["worst"].get(kind, 0.0) for f in these))
                for kind in kinds
            ),
        ]
        for (what, dtype), these in groups.items()
    ]  # fmt: skip
    return ["computed", "dtype", "computations", "called wrong",
            *kinds], rows  # fmt: skip


def arithmetic_table(found: list[Found]) -> Table:
    """What residuals tell of implementations, and of some in disguise."""
    headers = ["computed", "asked for", "products", "functions",
               "below the smallest normal number"]  # fmt: skip
    rows = [
        [
            line["name"].replace(f"-{line['dtype']}-cpu", ""),
            line["found"]["asked"], line["found"]["products"],
            line["found"]["functions"],
            "0" if line["found"]["flushes"] else "as it should be",
        ]
        for line in of_kind(found, "arithmetic")
    ]  # fmt: skip
    return headers, sorted(rows)


def law_levels(found: list[Found]) -> Found:
    """How many statistics of draws there are, and the chance that any of
    them fails although all generators are right, at most."""
    laws = [line["found"] for line in of_kind(found, "laws")]
    statistics = sum(law["statistics"] for law in laws)
    return {
        "implementations": len(laws),
        "statistics": statistics,
        "level": f"{level(statistics):.1e}",
        "worst": digits(max((law["worst"] for law in laws), default=None)),
    }


def randomness_table() -> Table:
    """Each law, the nearest wrong ones, and the chance to see them."""
    headers = ["rule", "instead", "statistic", "draws", "power"]
    rows = [
        [p.rule, p.instead, p.statistic, str(p.draws),
         "1" if p.power > 1 - 1e-9 else f"{p.power:.6f}"]
        for p in powers()
    ]  # fmt: skip
    return headers, rows


def levels() -> dict[str, float]:
    """The chance of one statistic to fail by itself."""
    return {"structure": LEVEL, "law": LEVEL_OF_LAW}


def power_summary(found: list[Found]) -> list[list[Any]]:
    """The lines of summary.csv: a mistake and a dtype each."""
    rows: list[list[Any]] = [
        ["mistake", "clause", "at", "dtype", "first", "own", "ratio", "kind"]
    ]
    for m in of_kind(found, "mistake"):
        own = m["found"]["own"] or {}
        rows.append([
            m["name"], m["found"]["clause"], m["found"]["at"], m["dtype"],
            proof_of(m["found"]["first"]), own.get("proof"),
            own.get("ratio"), own.get("kind"),
        ])  # fmt: skip
    return rows
