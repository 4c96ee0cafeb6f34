"""From raw samples to rows: medians, ratios, and what may be said of them.

The process is the unit: it gives one number, the median of its samples.
Ratios are paired within blocks. The baseline and its twin are the same
program, so how far they are apart is noise, and nothing closer is told.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from typing import Any

from reports.speed.beginning import around, paying_off
from reports.speed.limits import (
    LIBRARIES,
    arithmetic_intensity,
    least_time,
)
from reports.speed.rows import Row, baseline
from reports.speed.samples import (
    Sample,
    cores_apart,
    crowded,
    is_finer,
    paired,
    proven,
    refusal,
    refusals,
    seconds_of,
)
from reports.speed.steadiness import is_good, nearest, steadiest

__all__ = ["apart", "band", "results", "seconds_of", "word"]

ByRow = dict[Row, dict[int, Sample]]
"""The samples of each row, by their blocks."""
PAIRS = 3
"""Blocks from which a twin tells what noise is."""
MOSTLY = 0.5
"""Share of a step that its arithmetic must have for it to be what binds."""


def results(rows: list[Row], samples: list[Sample]) -> list[dict[str, Any]]:
    """A dictionary for each row that is no twin, ready for JSON."""
    absent = {Row(**s["row"]): s["absent"] for s in samples if "absent" in s}
    there = [s for s in samples if "absent" not in s]
    by_row: ByRow = defaultdict(dict)
    for sample in steadiest(there):
        by_row[Row(**sample["row"])][sample["block"]] = sample
    shortest = nearest(there)
    colds = {Row(**s["row"]): s for s in there if is_good(s) and s["cold"]}
    told = []
    for row in dict.fromkeys(rows):
        if row.twin:
            continue
        found = result(row, by_row, colds.get(row))
        if row in absent and row not in by_row:
            found |= {"verdict": "absent", "why": absent[row]}
        mine = by_row.get(row, {}).values()
        told.append({
            **found,
            "cores_apart": cores_apart(mine, shortest),
            "crowded": crowded(mine),
        })  # fmt: skip
    return told


def result(row: Row, by_row: ByRow, cold: Sample | None) -> dict[str, Any]:
    """All that is known of one row; cold is its process with empty caches."""
    found = by_row.get(row, {})
    errors = [s["error"] for s in found.values() if s["error"]]
    times = seconds_of(found)
    refused = [refusal(s) for s in found.values() if refusal(s)]
    told: dict[str, Any] = {
        **described(row),
        "verdict": "proven",
        "why": "",
        "seconds": None,
        "seconds_low": None,
        "seconds_high": None,
        "blocks": {str(k): t for k, t in times.items()},
    }
    if errors or refused or not times:
        verdict = "failed" if errors else "refused" if refused else "missing"
        why = (errors or refused or ["not measured"])[0]
        proofs = [s["after"] for s in found.values() if "after" in s]
        told |= {"verdict": verdict, "why": why, "blocks": {}}
        told |= proven(proofs) if proofs else {}
        return told | {"finer": is_finer(told)}
    seconds = statistics.median(times.values())
    told |= {
        "seconds": seconds,
        "seconds_low": min(times.values()),
        "seconds_high": max(times.values()),
    }
    told |= proven([s[k] for s in found.values() for k in ("before", "after")])
    told |= compared(row, times, by_row)
    told |= against_limit(row, seconds, by_row)
    told |= around(list(found.values()), cold, seconds)
    base = baseline_of(row, by_row)
    if told["word"] == "faster" and base is not None:
        theirs = list(by_row[base].values())
        told |= paying_off(list(found.values()), cold, seconds, theirs)
    return told


def described(row: Row) -> dict[str, Any]:
    """What the row is."""
    workload = row.what
    return {
        "contender": row.contender,
        "framework": row.who.family,
        "peer": row.who.peer,
        "workload": row.workload,
        "family": workload.family,
        "layer_sizes": list(workload.layer_sizes),
        "m": workload.m,
        "parameters": workload.parameters,
        "steps": workload.steps,
        "dtype": row.dtype,
        "device": row.device,
        "threads": row.threads,
    }


def band(race: list[Row], by_row: ByRow) -> float | None:
    """The noise floor of a race, as a factor; None where there is no twin, or
    not often enough: nothing is known of the noise then, and nothing said.
    """
    for row in race:
        if row.twin and row in by_row:
            first = Row(**{**vars(row), "twin": False})
            ratios = paired(by_row.get(first, {}), by_row[row])
            if len(ratios) >= PAIRS:
                return apart(list(ratios.values()))
    return None


def apart(ratios: list[float]) -> float:
    """How far the same program is from itself: twice the middle distance.

    Not the largest: one disturbed process moves no median, and should not
    hide what all others show.
    """
    return math.exp(2 * statistics.median(abs(math.log(r)) for r in ratios))


def word(ratios: list[float], noise: float | None) -> str:
    """What may be said of a time over another: never more than it shows.

    Of two equal programs one is called faster or slower once in 12 times
    from 3 blocks at the most, and once in 100 from 6, under each law of
    their noise that a test draws.
    """
    if noise is None or len(ratios) < PAIRS:
        return ""
    middle = statistics.median(ratios)
    if max(ratios) < 1 and middle < 1 / noise:
        return "faster"
    if min(ratios) > 1 and middle > noise:
        return "slower"
    return "too close to call"


def baseline_of(row: Row, by_row: ByRow) -> Row | None:
    """The row that this one is compared with."""
    race = [r for r in by_row if r.race == row.race]
    return baseline(r for r in race if r.contender not in LIBRARIES)


def compared(
    row: Row, times: dict[int, float], by_row: ByRow
) -> dict[str, Any]:
    """The ratio to the baseline, and the noise it is held against."""
    base = baseline_of(row, by_row)
    if base is None or refusals(by_row[base]):
        return {"ratio": None, "word": ""}
    ratios = list(paired(by_row[base], by_row[row]).values())
    if not ratios:
        return {"ratio": None, "word": ""}
    race = [r for r in by_row if r.race == row.race]
    noise = band(race, by_row)
    return {
        "baseline": base.contender,
        "ratio": statistics.median(ratios),
        "ratio_low": min(ratios),
        "ratio_high": max(ratios),
        "noise": noise,
        "word": "the baseline" if base == row else word(ratios, noise),
    }


def against_limit(row: Row, seconds: float, by_row: ByRow) -> dict[str, Any]:
    """The least time of a step, its share of this one, and what binds."""
    if row.what.family in ("check", "logistic"):
        return {}
    mine = row.dtype, row.device, row.threads
    measured = {
        LIBRARIES[r.contender]: best_limits(by_row[r])
        for r in by_row
        if r.contender in LIBRARIES
        and (r.dtype, r.device, r.threads) == mine
        and any("limits" in s for s in by_row[r].values())
    }
    if not measured:
        return {}
    everyone = list(measured.values())
    least = sum(least_time(row.what, row.dtype, everyone).values())
    balance = max(m["rate"] for m in everyone) / max(
        m["memory_bandwidth"] for m in everyone
    )
    intensity = arithmetic_intensity(row.what, row.dtype)
    own = measured.get(row.who.family)
    if least > MOSTLY * seconds:
        binds = "arithmetic" if intensity > balance else "bandwidth"
    elif own and MOSTLY * seconds < sum(
        least_time(row.what, row.dtype, [own]).values()
    ):
        binds = "its library"
    else:
        binds = "calls"
    return {
        "least_seconds": least,
        "least_blocks": least_of_blocks(row, by_row, list(measured)),
        "share_of_limit": least / seconds,
        "bound_by": binds,
        "intensity": intensity,
        "balance": balance,
    }


def least_of_blocks(
    row: Row, by_row: ByRow, libraries: list[str]
) -> dict[str, float]:
    """The least time by what each block alone has measured, where all of
    the libraries were."""
    measured: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for other, samples in by_row.items():
        same = (other.dtype, other.device, other.threads) == (
            row.dtype, row.device, row.threads
        )  # fmt: skip
        if same and LIBRARIES.get(other.contender) in libraries:
            for block, sample in samples.items():
                if "limits" in sample:
                    measured[block].append(sample["limits"])
    return {
        str(block): sum(least_time(row.what, row.dtype, told).values())
        for block, told in sorted(measured.items())
        if len(told) == len(libraries)
    }


def best_limits(found: dict[int, Sample]) -> dict[str, Any]:
    """The median over the blocks of what one library reaches."""
    told = [s["limits"] for s in found.values() if "limits" in s]
    return {
        "rate": statistics.median(t["rate"] for t in told),
        **{
            name: statistics.median(t[name] for t in told)
            for name in ("bandwidth", "memory_bandwidth")
        },
        "products": {
            name: statistics.median(t["products"][name] for t in told)
            for name in told[0]["products"]
        },
    }
