"""From samples to what may be said: words, noise, limits, and no more."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from parity_tests.implementations import Choice
from parity_tests.speed_samples import rows_of_a_race, sample
from reports.speed.contenders import CHECKERS, CONTENDERS
from reports.speed.growth import exponent
from reports.speed.limits import (
    arithmetic_intensity,
    least_time,
    measure_limits,
    operations,
    products,
)
from reports.speed.presence import find_presence, main
from reports.speed.proof import ARITHMETICS
from reports.speed.results import apart, results, word
from reports.speed.rows import Row, full_form, quick_form
from reports.speed.tables import duration, fastest
from reports.speed.workloads import (
    CHECKS,
    WORKLOADS,
)


@pytest.mark.parametrize(
    ("ratios", "noise", "said"),
    [
        ([0.5, 0.6, 0.55], None, ""),
        ([0.5, 0.6, 0.55], 1.1, "faster"),
        ([0.95, 0.97, 0.96], 1.1, "too close to call"),
        ([0.5, 0.6, 1.1], 1.1, "too close to call"),
        ([1.5, 1.6, 1.2], 1.1, "slower"),
        ([1.05, 1.06, 1.04], 1.1, "too close to call"),
    ],
)
def test_words(ratios: list[float], noise: Any, said: str) -> None:
    assert word(ratios, noise) == said


def test_the_twin_sets_the_noise() -> None:
    base, twin, other = rows_of_a_race()
    samples = [
        line
        for block, (a, b, c) in enumerate(
            [(1.0, 9.0, 0.9), (1.0, 1.0, 0.95), (1.0, 1 / 1.1, 0.925)]
        )
        for line in (sample(base, [a], block), sample(twin, [b], block),
                     sample(other, [c], block))
    ]  # fmt: skip
    first, second = results([base, twin, other], samples)
    assert first["word"] == "the baseline"
    assert round(second["noise"], 12) == 1.21
    assert second["word"] == "too close to call"
    assert round(second["ratio"], 12) == 0.925
    assert round(240 * second["seconds"], 12) == 0.925


LAWS: dict[str, Callable[[np.random.Generator, Any], np.ndarray]] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "heavy tails": lambda rng, shape: rng.standard_t(2, size=shape),
    "one side": lambda rng, shape: rng.exponential(size=shape),
    "near or far": lambda rng, shape: (
        5.0 * rng.integers(0, 2, size=shape) + 0.1 * rng.normal(size=shape)
    ),
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("blocks", "most"), [(3, 1 / 12), (6, 1 / 100)])
def test_equal_programs_are_seldom_called_different(
    law: str, blocks: int, most: float
) -> None:
    """The baseline, its twin, and another of the same; and what is three
    times the noise faster is called so in most runs."""
    rng, runs = np.random.default_rng(0), 8000
    draws = np.exp(0.05 * LAWS[law](rng, (runs, 3, blocks)))
    called = {1.0: 0, 0.7: 0}
    for base, twin, other in draws:
        noise = apart(list(twin / base))
        for factor in called:
            said = word(list(factor * other / base), noise)
            called[factor] += said in ("faster", "slower")
    assert called[1.0] / runs <= most
    # Nearly always, but for noise that is larger than the difference.
    assert called[0.7] / runs > (0.1 if law == "near or far" else 0.5)


def test_ratios_are_paired_within_blocks() -> None:
    """Two blocks of a machine that became twice as slow: the ratio stays."""
    base, _, other = rows_of_a_race()
    samples = [
        sample(base, [1.0], 0), sample(other, [0.5], 0),
        sample(base, [2.0], 1), sample(other, [1.0], 1),
        sample(other, [9.0], 2),
    ]  # fmt: skip
    _, second = results([base, other], samples)
    assert (second["ratio_low"], second["ratio_high"]) == (0.5, 0.5)


def test_what_failed_leaves_the_rest_standing() -> None:
    base, _, other = rows_of_a_race()
    samples = [sample(base, [1.0]), {**sample(other, []), "error": "killed"}]
    first, second = results([base, other], samples)
    assert first["seconds"]
    assert (second["verdict"], second["why"]) == ("failed", "killed")


def test_an_absent_baseline_is_none() -> None:
    base, _, other = rows_of_a_race()
    gone = {**sample(base, [1.0]), "absent": "not installed"}
    for name in ("samples", "before", "after", "phases"):
        del gone[name]
    first, second = results([base, other], [gone, sample(other, [1.0])])
    assert (first["verdict"], first["why"]) == ("absent", "not installed")
    assert (second["verdict"], second["ratio"]) == ("proven", None)


def test_the_cold_call_is_told_whether_its_time_counts_or_not() -> None:
    """The process with empty caches may be one whose cores were apart."""
    row = replace(rows_of_a_race()[0], threads=2)
    cold, warm = sample(row, [1.0]), sample(row, [1.0])
    cold |= {"handover": [5e-5, 5e-5], "cold": True}
    warm |= {"handover": [2e-5, 2e-5], "cold": False}
    cold["phases"] = {**cold["phases"], "first call": 30.0}
    warm["phases"] = {**warm["phases"], "first call": 1.5}
    (found,) = results([row], [cold, warm])
    # A second of it are the steps themselves.
    assert (found["first_call_cold"], found["first_call_warm"]) == (29.0, 0.5)
    assert found["handover"] == 2e-5


def test_no_number_is_null() -> None:
    """NaN and inf are no JSON."""
    row = rows_of_a_race()[0]
    bad: Any = {"ratio": math.inf, "error": math.nan, "precision": [],
           "passes": False}  # fmt: skip
    (found,) = results([row], [sample(row, [1.0], **bad)])
    assert found["verdict"] == "refused"
    assert found["error_over_typical"] is None
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("asked", "got", "finer"),
    [("tf32", "float32", True), ("float32", "tf32", False)],
)
def test_a_better_arithmetic_is_no_fault(
    asked: str, got: str, finer: bool
) -> None:
    """It is in no table either: what was asked for was not timed."""
    row = replace(rows_of_a_race()[0], dtype=asked)
    proof: Any = {"precision": [got], "passes": False}
    (found,) = results([row], [sample(row, [1.0], **proof)])
    assert found["why"] == f"asked for {asked}, computed in {got}"
    assert (found["seconds"], found["finer"]) == (None, finer)


def test_the_fastest_and_its_equals() -> None:
    """Block by block, and by the noise; nobody where that is not known."""
    base, twin, other = rows_of_a_race()
    third = replace(base, contender="torch eager")
    times = {base: [1.0, 1.1, 1.0], twin: [1.05, 1.1, 1.0],
             other: [0.98, 1.09, 1.01], third: [1.3, 1.4, 1.2]}  # fmt: skip
    samples = [
        sample(row, [t], block)
        for row, found in times.items()
        for block, t in enumerate(found)
    ]
    found = results([base, other, third], samples)
    assert {r["contender"] for r in fastest(found)} == {
        "numpy eager", "numpy tuned",
    }  # fmt: skip
    # Of what has too few blocks nothing is known, and it is not bold.
    few = [
        line
        for line in samples
        if line["row"]["contender"] != "torch eager" or line["block"] < 2
    ]
    found = fastest(results([base, third], few))
    assert [r["contender"] for r in found] == ["numpy eager"]
    without = [line for line in samples if not line["row"]["twin"]]
    assert fastest(results([other, third], without)) == []


def test_pays_off_after() -> None:
    """10 s later, and 5 ms less for each step: 2000, or 1000 where the caches
    are warm; and never, where it is not called faster."""
    base, twin, other = rows_of_a_race()

    def begun(row: Row, block: int, seconds: float, later: float) -> Any:
        # The first call holds the steps of a sample already.
        line = sample(row, [seconds], block)
        call = {"first call": 0.4 + later + seconds}
        return {**line, "phases": {**line["phases"], **call}}

    samples = [
        line
        for block in range(3)
        for line in (
            begun(base, block, 2.4, 0), begun(twin, block, 2.4, 0),
            begun(other, block, 1.2, 5 if block else 10),
        )
    ]  # fmt: skip
    _, found = results([base, other], samples)
    assert round(found["pays_off_cold"]) == 2000
    assert round(found["pays_off_warm"]) == 1000
    _, found = results([base, other], samples[:6])
    assert "pays_off_cold" not in found


def test_the_least_time() -> None:
    """Products by name at what was measured; small ones at the best rate."""
    workload = WORKLOADS["W3"]
    work = products(workload)
    assert sum(map(operations, work)) == 2 * 128 * (
        2 * 784 * 256 + 3 * 256 * 128 + 3 * 128 * 10
    )
    large = {" ".join(map(str, p)): 1.0 for p in work if p[1] > 10}
    # Powers of two, so that nothing is rounded.
    measured = [{"products": large, "rate": 2.0**30, "bandwidth": 2.0**30}]
    least = least_time(workload, "float32", measured)
    small = sum(operations(p) for p in work if p[1] == 10)
    assert least["arithmetic"] == len(large) + small / 2**30
    passes = 5 * (256 + 128) + 4 * 10
    assert least["memory"] == 4 * 128 * passes / 2**30
    assert arithmetic_intensity(WORKLOADS["W6"], "float32") < 2


@pytest.mark.slow
def test_limits_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rate is that of the best product; a copy is shared by threads."""
    monkeypatch.setattr("reports.speed.limits.SECONDS", 0)
    found = measure_limits("numpy", "float32", "cpu", 2)
    rates = []
    for name, seconds in found["products"].items():
        kind, *sizes = name.split()
        rates.append(operations((kind, *map(int, sizes))) / seconds)
    assert found["rate"] == max(rates)
    assert len(rates) == len(set(found["products"]))
    assert found["memory_bandwidth"] > 0


def test_words_for_times() -> None:
    told = [duration(s) for s in (None, 1.5, 2e-3, 3.456e-5)]
    assert told == ["–", "1.50 s", "2.00 ms", "34.6 µs"]
    assert exponent([(10, 1.0), (100, 100.0)]) == "2.00"
    assert exponent([(10, 1.0), (100, None)]) == "–"


@pytest.mark.parametrize("form", [full_form, quick_form])
def test_the_form_is_whole(
    monkeypatch: pytest.MonkeyPatch, form: Callable[..., list[Row]]
) -> None:
    """Every race has a baseline, which runs twice; on a GPU too."""
    monkeypatch.setattr("reports.speed.rows.cores", lambda: 2)
    rows = form(devices=("cpu", "cuda"))
    assert len({row.key for row in rows}) == len(rows)
    assert {r.race for r in rows} == {r.race for r in rows if r.twin}
    assert {r.contender for r in rows if r.twin and r.device == "cuda"} == {
        "torch eager"
    }
    assert all(r.device in r.who.devices for r in rows)
    if form is full_form:
        assert {r.workload for r in rows} == {*WORKLOADS, *CHECKS}
        assert {r.contender for r in rows} == {*CONTENDERS, *CHECKERS}
        assert {r.dtype for r in rows} == set(ARITHMETICS)


def test_a_broken_framework_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed, and without one of its libraries: told, and no end."""

    def absent(self: Choice) -> str:
        raise OSError("libtorch.so: no such file\nand more")

    monkeypatch.setattr(Choice, "absent", absent)
    told = main()["torch eager"]["cpu"]
    assert told in (
        "torch: OSError: libtorch.so: no such file",
        "torch not installed",
    )


@pytest.mark.slow
def test_presence() -> None:
    """Every contender on every device: here, or why not."""
    found = find_presence()
    assert found.absent(Row("numpy eager", "W1")) == ""
    assert found.absent(Row("numpy eager", "W1", device="cuda"))
    assert found.devices[0] == "cpu"
    assert set(found.reasons) == {*CONTENDERS, *CHECKERS}
