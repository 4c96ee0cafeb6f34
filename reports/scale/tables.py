"""The tables of a measurement: time, efficiency, bytes, the prediction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reports.scale.results import LARGER, Measured, Outlook, least_of
from reports.scale.rows import ENGINES, NETWORKS
from reports.tables import Table, digits

__all__ = ["byte_table", "headline", "link_table", "prediction_table",
           "scale_summary", "strong_table", "weak_table"]  # fmt: skip


def duration(seconds: float) -> str:
    """In the unit that it is read in."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return digits(seconds / size, f" {unit}")
    return digits(seconds / 1e-6, " µs")


def with_spread(row: Measured) -> str:
    return f"{duration(row.seconds)} ± {100 * row.spread:.0f} %"


def of(rows: Iterable[Measured], network: str, m: int) -> dict[Any, Measured]:
    """By engine and ranks."""
    return {
        (r.engine, r.ranks): r for r in rows if (r.network, r.m) == (network, m)
    }


def counts(rows: list[Measured]) -> list[int]:
    """The numbers of ranks that were measured."""
    return sorted({row.ranks for row in rows})


def strong_table(rows: list[Measured], network: str) -> Table:
    """The same examples, shared by more ranks: efficiency is T(1)/(R T(R))."""
    there, m = counts(rows), NETWORKS[network].together
    found = of(rows, network, m)
    headers = ["engine", *(f"{R} ranks" if R > 1 else "1 rank" for R in there),
               *(f"efficiency of {R}" for R in there if R > 1)]  # fmt: skip
    return headers, [
        [
            engine,
            *(cell(found.get((engine, R))) for R in there),
            *(efficiency(found, engine, R, R) for R in there if R > 1),
        ]
        for engine in ENGINES
        if any((engine, R) in found for R in there)
    ]


def weak_table(rows: list[Measured], network: str) -> Table:
    """As many examples for each: efficiency is T(1)/T(R)."""
    there, each = counts(rows), NETWORKS[network].each
    found: dict[Any, Measured] = {}
    for R in there:
        own = of(rows, network, each * R)
        found |= {key: row for key, row in own.items() if key[1] == R}
    headers = ["engine", *(f"{R} ranks" if R > 1 else "1 rank" for R in there),
               *(f"efficiency of {R}" for R in there if R > 1)]  # fmt: skip
    return headers, [
        [
            engine,
            *(cell(found.get((engine, R))) for R in there),
            *(efficiency(found, engine, R, 1) for R in there if R > 1),
        ]
        for engine in ENGINES
        if any((engine, R) in found for R in there)
    ]


def cell(row: Measured | None) -> str:
    return "–" if row is None else with_spread(row)


def efficiency(
    found: dict[Any, Measured], engine: str, R: int, share: int
) -> str:
    """Of one rank's time, over the ranks that share the work; the devices of
    one process begin as one process does."""
    alone = found.get((engine, 1)) or found.get((engine.split(",")[0], 1))
    row = found.get((engine, R))
    if alone is None or row is None:
        return "–"
    percent = 100 * alone.seconds / (share * row.seconds)
    return f"{percent:.0f} %" if percent >= 1 else f"{percent:.1g} %"


def byte_table(rows: list[Measured]) -> Table:
    """What the machine sent in a step, over the least possible."""
    headers = ["engine", "network", "ranks", "sent", "least", "sent / least",
               "told by the compiler"]  # fmt: skip
    body = []
    for row in rows:
        if row.ranks == 1 or row.m != NETWORKS[row.network].together:
            continue
        least, inside = least_of(row), not ENGINES[row.engine].processes
        sums = sum(size for _, size in row.told)
        told = f"{len(row.told)}: {amount(sums)}" if row.told else "–"
        body.append([
            row.engine, row.network, str(row.ranks),
            "in memory" if inside else amount(row.sent), amount(least),
            "–" if inside else digits(row.sent / least), told,
        ])  # fmt: skip
    return headers, body


def amount(size: float) -> str:
    """Bytes, in the unit that they are read in."""
    for unit, width in (("MB", 1e6), ("kB", 1e3)):
        if size >= width:
            return digits(size / width, f" {unit}")
    return digits(size, " B")


def link_table(seen: list[Outlook]) -> Table:
    """What the model is made of."""
    headers = ["engine", "network", "a step without examples",
               "1000 examples", "the least sum over two",
               "bytes of the largest"]  # fmt: skip
    return headers, [
        [
            o.engine, o.network, duration(o.share[0]),
            duration(1000 * o.share[1]), duration(o.link.latency),
            f"{digits(o.link.bandwidth / 1e9)} GB/s",
        ]
        for o in seen
    ]  # fmt: skip


def prediction_table(
    rows: list[Measured], seen: list[Outlook], network: str, weak: bool
) -> Table:
    """Measured where it was, beside what the model says of it; in brackets
    what is predicted and was not measured."""
    headers = ["engine", *(f"{R} ranks" for R in LARGER)]
    shape, body = NETWORKS[network], []
    for o in seen:
        if o.network != network:
            continue
        cells = []
        for R, seconds in (o.weak if weak else o.strong).items():
            m = shape.each * R if weak else shape.together
            row = of(rows, network, m).get((o.engine, R))
            cells.append(
                f"({duration(seconds)})"
                if row is None
                else f"{duration(row.seconds)}, model "
                f"{digits(seconds / row.seconds)} of it"
            )
        body.append([o.engine, *cells])
    return headers, body


def headline(rows: list[Measured], seen: list[Outlook]) -> list[str]:
    """What came out, in a few sentences."""
    told = []
    for network, shape in NETWORKS.items():
        found = of(rows, network, shape.together)
        for R in [R for R in counts(rows) if R > 1]:
            there = {
                engine: found[engine, R]
                for engine in ENGINES
                if (engine, R) in found
            }
            if not there:
                continue
            best = min(there, key=lambda engine: there[engine].seconds)
            share = efficiency(found, best, R, R)
            told.append(
                f"{R} ranks, the {network} network, {shape.together} examples: "
                f"{best} is the fastest, {duration(there[best].seconds)} a step"
                + (f"; its efficiency is {share}." if share != "–" else ".")
            )
    ratios = [
        outlook.strong[row.ranks] / row.seconds
        for row in rows
        for outlook in seen
        if (outlook.engine, outlook.network) == (row.engine, row.network)
        and row.ranks in outlook.strong
        and row.m == NETWORKS[row.network].together
    ]
    if ratios:
        told.append(
            f"The model predicts what was measured on several ranks within a "
            f"factor of {digits(max(max(ratios), 1 / min(ratios)))}."
        )
    return told


def scale_summary(rows: list[Measured]) -> Iterable[list[Any]]:
    """The lines of summary.csv."""
    yield ["engine", "network", "m", "ranks", "seconds", "spread",
           "bytes_sent", "bytes_least"]  # fmt: skip
    for r in rows:
        yield [r.engine, r.network, r.m, r.ranks, r.seconds, r.spread, r.sent,
               least_of(r)]  # fmt: skip
