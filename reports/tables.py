"""The tables of the report: from the numbers of a run to rows of words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from tabulate import tabulate

from reference.clauses import CLAUSES
from reports.pictures import name_of

__all__ = [
    "Table",
    "digits",
    "failures",
    "left_out",
    "parity_table",
    "score",
    "scorecard",
    "summary_rows",
    "training_table",
    "verdict",
]

Table = tuple[list[str], list[list[str]]]
"""Headers and rows."""
QUANTITIES = (
    "activation", "activation derivative", "forward", "cost", "gradients",
    "training", "normalization", "prediction", "split", "initialization",
    "dropout law", "split law",
)  # fmt: skip
"""The parity table's rows, in the notes' order; those with L2 and dropout
follow the one that they belong to."""


def digits(x: float | None, unit: str = "") -> str:
    """Three significant digits or more, never 0.000; a dash for None."""
    if x is None:
        return "–"
    if not math.isfinite(x):
        return str(x)
    if x == 0:
        return f"0{unit}"
    exponent = int(f"{x:.2e}".partition("e")[2])  # of x as it is rounded
    places = max(0, 2 - exponent)
    readable = -4 < exponent < 7
    text = f"{x:.{places}f}" if readable else f"{x:.2e}"
    return text + unit


def render(table: Table, style: str) -> str:
    """The table by tabulate: "github" for Markdown, "html", "simple"."""
    headers, rows = table
    if style == "github":  # where a bar ends a cell
        rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return tabulate(rows, headers, tablefmt=style, disable_numparse=True)


def training_table(run: dict[str, Any]) -> Table:
    """Cost and accuracy of the same network, trained by each."""
    headers = ["implementation", "dtype", "cost, first", "cost, last",
               "train", "dev", "test", "drift / bound"]  # fmt: skip
    rows = [
        [
            name_of(row),
            row["dtype"],
            f"{row['first_cost']:.6f}",
            f"{row['last_cost']:.6f}",
            *(
                f"{100 * row['accuracy'][part]:.1f} %"
                for part in ("train", "dev", "test")
            ),
            digits(row["worst_ratio"]),
        ]
        for row in run["training"]
    ]
    blank = [""] * (len(headers) - 2)
    return headers, rows + [
        [a["name"], a["reason"], *blank] for a in missing(run)
    ]


def missing(run: dict[str, Any]) -> list[dict[str, str]]:
    """The frameworks that are not installed: their columns say so."""
    return [a for a in run["absent"] if "not installed" in a["reason"]]


def left_out(run: dict[str, Any]) -> str:
    """The modes and devices that this run has not, in a sentence."""
    others = [a for a in run["absent"] if a not in missing(run)]
    told = "; ".join(f"{a['name']} ({a['reason']})" for a in others)
    return f"Not in this run: {told}." if told else ""


def parity_table(run: dict[str, Any], dtype: str) -> Table:
    """Quantity by implementation: the worst error / bound."""
    rows = [row for row in run["parity"] if row["dtype"] == dtype]
    names = list(dict.fromkeys(name_of(row) for row in rows))
    found = {(row["quantity"], name_of(row)): row for row in rows}
    quantities = sorted(
        dict.fromkeys(row["quantity"] for row in rows), key=quantity_order
    )

    def cell(quantity: str, name: str) -> str:
        row = found.get((quantity, name))
        if row is None:
            return "–"
        mark = "" if row["verdict"] == "equal" else " DIFFERENT"
        return digits(row["worst_ratio"]) + mark

    body = [[q, *(cell(q, name) for name in names)] for q in quantities]
    verdicts = [
        "DIFFERENT"
        if any(r["verdict"] != "equal" for r in rows if name_of(r) == name)
        else "equal"
        for name in names
    ]
    absent = missing(run)
    body = [[*row, *["–"] * len(absent)] for row in body]
    body.append(["verdict", *verdicts, *(a["reason"] for a in absent)])
    return ["error / bound", *names, *(a["name"] for a in absent)], body


def scorecard(run: dict[str, Any]) -> Table:
    """Clause by implementation and dtype: the worst error / bound."""
    rows = run["clauses"]

    def column(row: dict[str, Any]) -> str:
        return f"{name_of(row)} {row['dtype']}"

    columns = list(dict.fromkeys(map(column, rows)))
    found = {(row["id"], column(row)): row for row in rows}

    def cell(id: str, name: str) -> str:
        row = found.get((id, name))
        if row is None:
            return "–"
        mark = "" if row["verdict"] == "pass" else " FAIL"
        return digits(row["worst_ratio"]) + mark

    ids = [clause.id for clause in CLAUSES]
    body = [[id, *(cell(id, name) for name in columns)] for id in ids]
    return ["clause", *columns], body


def score(run: dict[str, Any]) -> str:
    """The scorecard in a sentence."""
    rows, ids = run["clauses"], {clause.id for clause in CLAUSES}
    told = {(name_of(row), row["dtype"]) for row in rows}
    failing: dict[str, list[str]] = {}
    for row in rows:
        if row["verdict"] != "pass":
            who = f"{name_of(row)} in {row['dtype']}"
            failing.setdefault(row["id"], []).append(who)
    passed = {row["id"] for row in rows} - set(failing)
    whole = len(rows) == len(ids) * len(told)
    gaps = "" if whole else ", with gaps"
    return (
        f"{len(passed)} of {len(ids)} clauses of the notes pass in all "
        f"{len(told)} implementations and dtypes that were proven{gaps}."
    ) + "".join(
        f" {id} fails in {', '.join(who)}." for id, who in failing.items()
    )


def quantity_order(quantity: str) -> tuple[int, str]:
    """The place of a quantity in the table."""
    base = quantity.split(" + ")[0]
    known = QUANTITIES.index(base) if base in QUANTITIES else len(QUANTITIES)
    return known, quantity


def failures(run: dict[str, Any]) -> list[str]:
    """What departs, in a sentence each."""
    told = [
        f"{name_of(row)}, {row['dtype']}: {row['quantity']}, {row['name']}"
        f"{row['index'] or ''} on {row['case']}: got {row['got']}, expected "
        f"{row['expected']} ± {row['bound']}"
        for row in run["parity"]
        if row["verdict"] != "equal"
    ]
    told += [
        f"{name_of(row)}, {row['dtype']}: clause {row['id']}, by "
        f"{row['proof']}: error / bound = {digits(row['worst_ratio'])}"
        for row in run["clauses"]
        if row["verdict"] != "pass"
    ]
    told += [
        f"{name_of(row)}, {row['dtype']}: training drifts "
        f"{digits(row['worst_ratio'])} times as far as rounding can"
        for row in run["training"]
        if not row["worst_ratio"] <= 1
    ]
    return told + [
        f"{row['contender']}, {row['workload']} in {row['dtype']}: what was "
        f"timed is not the training's result: {row['why']}"
        for row in run["speed"]
        if row["verdict"] == "refused"
    ]


def verdict(run: dict[str, Any]) -> str:
    """One sentence: all equal, or what is not."""
    told = failures(run)
    if told:
        more = f"; and {len(told) - 5} more" if len(told) > 5 else ""
        return f"NOT EQUAL: {'; '.join(told[:5])}{more}"
    worst = max(
        (*run["parity"], *run["clauses"]), key=lambda row: row["worst_ratio"]
    )
    what = worst.get("quantity") or f"clause {worst['id']}"
    names = {
        (r["implementation"], r["mode"], r["device"]) for r in run["parity"]
    }
    return (
        f"All {len(names)} implementations are equal: no error exceeds its "
        f"derived bound (worst error / bound: {digits(worst['worst_ratio'])}, "
        f"{what} by {name_of(worst)} in {worst['dtype']})."
    )


def summary_rows(run: dict[str, Any]) -> Iterable[list[Any]]:
    """summary.csv: one number a line, each with its unit and verdict."""
    yield ["section", "implementation", "mode", "device", "dtype", "what",
           "value", "unit", "verdict"]  # fmt: skip

    def names(row: dict[str, Any]) -> list[Any]:
        return [row[k] for k in ("implementation", "mode", "device", "dtype")]

    for row in run["training"]:
        equal = "equal" if row["worst_ratio"] <= 1 else "DIFFERENT"
        for part, share in row["accuracy"].items():
            yield [
                "training",
                *names(row),
                f"{part} accuracy",
                share,
                "1",
                equal,
            ]
        yield [
            "training",
            *names(row),
            "last cost",
            row["last_cost"],
            "nat",
            equal,
        ]
    for row in run["parity"]:
        yield ["parity", *names(row), row["quantity"], row["worst_ratio"],
               "error / bound", row["verdict"]]  # fmt: skip
    for row in run["clauses"]:
        yield ["clause", *names(row), row["id"], row["worst_ratio"],
               "error / bound", row["verdict"]]  # fmt: skip
    for row in run["speed"]:
        framework, _, mode = row["contender"].partition(" ")
        yield ["speed", framework, mode, row["device"], row["dtype"],
               row["workload"], row["seconds"], "s per step",
               row["verdict"]]  # fmt: skip
