"""From the lines of a measurement to its rows: what is proven, and timed."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reports.scale.model import (
    Link,
    fit_link,
    fit_share,
    least_bytes,
    predicted,
    spread,
)
from reports.scale.rows import ENGINES, NETWORKS
from reports.speed.samples import objection

__all__ = ["Measured", "Outlook", "measured_rows", "outlooks", "refusals"]

LARGER = (2, 4, 8, 16, 32, 64)
"""Ranks that are predicted."""


@dataclass(frozen=True)
class Measured:
    """One engine on so many ranks, on one network with m examples."""

    engine: str
    network: str
    m: int
    ranks: int
    seconds: float
    """Of a step: the median over blocks of each block's median."""
    spread: float
    sent: float
    """Bytes of a step, of all ranks of this machine together."""
    told: tuple[Any, ...]
    """The collectives that the compiler tells of."""


def by_row(found: list[dict[str, Any]]) -> Iterator[tuple[Any, list[Any]]]:
    """The lines of each row, all blocks together."""
    rows: dict[Any, list[Any]] = {}
    for line in found:
        if line["kind"] == "step" and not line["error"]:
            key = line["engine"], line["network"], line["m"], line["ranks"]
            rows.setdefault(key, []).append(line["found"])
    yield from rows.items()


def measured_rows(found: list[dict[str, Any]]) -> list[Measured]:
    """Those of which every block is proven; no other has a time."""
    rows = []
    for (engine, network, m, R), blocks in by_row(found):
        if not all(block["proof"]["passes"] for block in blocks):
            continue
        medians = [statistics.median(block["seconds"]) for block in blocks]
        each = medians if len(medians) > 1 else blocks[0]["seconds"]
        told = [tuple(c) for c in blocks[0]["collectives"]]
        rows.append(
            Measured(
                engine, network, m, R, statistics.median(medians),
                spread(each), statistics.median(b["sent"] for b in blocks),
                tuple(told),
            )
        )  # fmt: skip
    order = list(ENGINES)
    return sorted(
        rows, key=lambda r: (order.index(r.engine), r.network, r.ranks, -r.m)
    )


def refusals(found: list[dict[str, Any]]) -> list[str]:
    """Who died, hung or never came, and whose result is not the training's."""
    told = [
        f"{line['engine']}, {line['ranks']} ranks: {line['error']}"
        for line in found
        if line["error"]
    ]
    for (engine, network, m, R), blocks in by_row(found):
        told += [
            f"{engine}, {R} ranks, {network} network, {m} examples: "
            + objection(block["proof"], "float32")
            for block in blocks
            if not block["proof"]["passes"]
        ]
    return list(dict.fromkeys(told))


@dataclass(frozen=True)
class Outlook:
    """What the model says of an engine on one network."""

    engine: str
    network: str
    share: tuple[float, float]
    link: Link
    strong: dict[int, float]
    """Seconds of a step on R ranks with m examples together."""
    weak: dict[int, float]
    """The same with so many examples on each."""


def outlooks(
    rows: list[Measured], found: list[dict[str, Any]]
) -> list[Outlook]:
    """Of every engine and network with the measurements that it takes: one
    rank alone on several m, and sums over two ranks."""
    links: dict[str, list[Any]] = {}
    for line in found:
        if line["kind"] == "link" and line["ranks"] == 2:
            links.setdefault(line["engine"], []).extend(line["found"]["times"])
    seen = []
    for engine in ENGINES:
        for network, shape in NETWORKS.items():
            own = [
                r for r in rows if (r.engine, r.network) == (engine, network)
            ]
            alone = {r.m: r.seconds for r in own if r.ranks == 1}
            if len(alone) < 2 or engine not in links:
                continue
            share, link = fit_share(alone), fit_link(links[engine])
            told = next((list(r.told) for r in own if r.ranks > 1), [])
            given = share, link, told
            seen.append(
                Outlook(
                    engine, network, share, link,
                    {R: predicted(engine, network, shape.together, R, *given)
                     for R in LARGER},
                    {R: predicted(engine, network, shape.each * R, R, *given)
                     for R in LARGER},
                )
            )  # fmt: skip
    return seen


def least_of(row: Measured) -> float:
    """Bytes that its ranks have to send in a step, at the least."""
    return least_bytes(row.network, row.ranks)
