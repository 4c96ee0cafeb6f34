"""The speed report: its proofs refuse, its statistics hold back, its runs
survive."""

import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.cases import Case
from parity_tests.implementations import Choice
from parity_tests.mistakes import MISTAKES
from parity_tests.speed_samples import sample
from reference.gradient_checking import flatten
from reports.__main__ import main
from reports.speed import files
from reports.speed import publish as publishing
from reports.speed.comparison import compare
from reports.speed.contenders import CHECKERS, CONTENDERS
from reports.speed.contenders.ours import PACKAGES, Ours
from reports.speed.handover import handover, is_far, nearest, steadiest
from reports.speed.limits import (
    arithmetic_intensity,
    least_time,
    measure_limits,
    operations,
    products,
)
from reports.speed.pictures import speed_pictures
from reports.speed.presence import find_presence
from reports.speed.proof import ARITHMETICS, Truth
from reports.speed.publish import (
    FIRST,
    LAST,
    PUBLISHED,
    publish,
    readme_section,
    with_section,
)
from reports.speed.race import Race, Refused, alone_in, child, read_samples
from reports.speed.results import results, word
from reports.speed.rows import Row, full_form, quick_form
from reports.speed.tables import (
    duration,
    exponent,
    fastest,
    races,
    sweep_tables,
)
from reports.speed.truth import find_truth
from reports.speed.worker import hidden, timed
from reports.speed.workloads import (
    CHECKS,
    WORKLOADS,
    Workload,
    workload_case,
)

ROOT = Path(__file__).parents[1]
SMALL = Workload("small", (12, 8, 6, 3), 40, "tanh", 5, "a test's")
RELU = replace(SMALL, hidden="relu")


@pytest.fixture(scope="module")
def truths() -> dict[tuple[str, str], Truth]:
    return {
        (workload.hidden, dtype): find_truth(workload, dtype)[SMALL.steps]
        for workload in (SMALL, RELU)
        for dtype in ("float32", "float64")
    }


def trained(package: str, dtype: str, case: Case, mode: Any = None) -> Any:
    """theta as that implementation trains it."""
    choice = Choice(package, mode or "eager", dtype, "cpu")
    if choice.absent():
        pytest.skip(choice.absent())
    parameters, _ = choice.build().train(
        case.network, case.parameters, case.X, case.Y, l2=case.l2,
        learning_rate=case.learning_rate, steps=case.steps,
    )  # fmt: skip
    return flatten(parameters)


OURS = [("reference", "eager"), ("reference", "tuned"),
        ("torch_impl", "eager"), ("jax_impl", "jit")]  # fmt: skip


@pytest.mark.parametrize(("package", "mode"), OURS)
@pytest.mark.parametrize("workload", [SMALL, RELU], ids=["tanh", "relu"])
def test_right_results_pass(
    truths: dict[tuple[str, str], Truth], package: str, mode: str,
    workload: Workload,
) -> None:  # fmt: skip
    """And each is recognized by the arithmetic that it was computed in."""
    case = workload_case(workload)
    for dtype in ("float32", "float64"):
        truth = truths[workload.hidden, dtype]
        told = truth.proof(trained(package, dtype, case, mode), dtype)
        assert told["passes"], told
        assert told["precision"] == [dtype]
        assert not told["void"]


def test_float32_in_disguise(truths: dict[tuple[str, str], Truth]) -> None:
    """Asked for float64, computed in float32: refused, in words."""
    theta = trained("reference", "float32", workload_case(SMALL))
    told = truths["tanh", "float64"].proof(theta.astype(float), "float64")
    assert not told["passes"]
    assert told["precision"] == ["float32"]


def rounded_to(x: Any, bits: int) -> Any:
    """x with so many bits behind the binary point, in any framework."""
    scale = 2.0 ** (23 - bits) + 1
    spread = x * np.float32(scale)  # Dekker's splitting
    return spread - (spread - x)


class Cheat(Ours):
    """One of ours that computes something else than it says."""

    def __init__(self, package: str, how: str) -> None:
        names = {v: k for k, v in PACKAGES.items()}
        mode = {"reference": "eager", "torch_impl": "eager",
                "jax_impl": "jit"}[package]  # fmt: skip
        choice = Choice(package, mode, "float32", "cpu")
        if choice.absent():
            pytest.skip(choice.absent())
        assert names[package] in {c.family for c in CONTENDERS.values()}
        super().__init__(choice, workload_case(SMALL))
        self.how = how

    def fresh(self, steps: int) -> Any:
        return self.implementation.to_native(self.parameters)

    def one(self, start: Any) -> Any:
        """One step in earnest."""
        return self.implementation.run_train(
            self.case.network, start, *self.data, steps=1,
            learning_rate=self.case.learning_rate, l2=self.case.l2,
        )  # fmt: skip

    def train(self, start: Any, steps: int) -> Any:
        if self.how in ("returns early", "computes when read"):
            return Late(self.parameters, Clock.now + DEVICE)
        for _ in range(steps):
            if self.how == "skips a layer":
                (first, _, *rest), costs = self.one(start)
                start = (first, self.fresh(steps)[1], *rest)
            else:
                start, costs = self.by_tf32(start)
        return start, costs

    def by_tf32(self, start: Any) -> Any:
        """A step from parameters with 13 bits less, added to all of them."""

        def coarse() -> Any:
            return [rounded_to(layer.W, 10) for layer in start]

        like = type(start[0])
        given = tuple(
            like(W, layer.b + 0)
            for W, layer in zip(coarse(), start, strict=True)
        )
        after, costs = self.one(given)
        return tuple(
            like(old.W + (new.W - W), new.b)
            for old, new, W in zip(start, after, coarse(), strict=True)
        ), costs

    def wait(self, trained: Any) -> None:
        if not isinstance(trained, Late):
            super().wait(trained)

    def theta(self, trained: Any) -> np.ndarray:
        if not isinstance(trained, Late):
            return super().theta(trained)
        if self.how == "returns early":  # until the device has finished
            Clock.now = max(Clock.now, trained.ready)
        elif not trained.read:  # and only now it begins
            Clock.now += DEVICE
        trained.read = True
        return flatten(trained.parameters)


class Late:
    """A result that is there some time after it is given out."""

    def __init__(self, parameters: Any, ready: float) -> None:
        self.parameters, self.ready, self.read = parameters, ready, False


DEVICE = 0.3
"""Seconds of a device at work."""


class Clock:
    """Time that passes where a test says so, and 1 ms a look at the clock."""

    now = 0.0

    @classmethod
    def perf_counter(cls) -> float:
        cls.now += 0.001
        return cls.now

    process_time = perf_counter

    @classmethod
    def sleep(cls, seconds: float) -> None:
        cls.now += seconds


PACKAGES_OF_OURS = tuple(PACKAGES.values())


@pytest.mark.parametrize("package", PACKAGES_OF_OURS)
@pytest.mark.parametrize(
    ("how", "told"),
    [("skips a layer", None), ("TF32 in disguise", ["tf32"])],
)
def test_wrong_but_fast_is_refused(
    truths: dict[tuple[str, str], Truth], package: str, how: str, told: Any
) -> None:
    cheat, truth = Cheat(package, how), truths["tanh", "float32"]
    _, found, _ = timed(cheat, SMALL.steps, 0.01)
    proof = truth.proof(cheat.theta(found), "float32")
    assert not proof["passes"]
    assert told is None or proof["precision"] == told


@pytest.mark.parametrize("package", PACKAGES_OF_OURS)
def test_returning_before_the_device_is_refused(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """What is still at work when the clock stops, or is computed only when it
    is read, was not timed; what was there is read as fast as any."""
    monkeypatch.setattr("reports.speed.worker.time", Clock)
    for how, late in (
        ("returns early", True),
        ("computes when read", True),
        ("TF32 in disguise", False),
    ):
        contender = Cheat(package, how)
        samples, _, _ = timed(contender, SMALL.steps, 0.01)
        unseen = hidden(contender, SMALL.steps, samples)
        assert (unseen > DEVICE / 2) is late


def test_bfloat16_is_told_apart() -> None:
    """PyTorch's autocast, in each of its modes that train; and the error of
    one step shows it as well as that of all."""
    pytest.importorskip("torch")
    truths = find_truth(SMALL, "bfloat16")
    case = workload_case(SMALL)
    for mode in ("eager", "idiomatic"):
        with_it = Ours(Choice("torch_impl", mode, "bfloat16", "cpu"), case)
        with with_it.scope:
            for steps, truth in truths.items():
                start = with_it.fresh(steps)
                theta = with_it.theta(with_it.train(start, steps))
                proof = truth.proof(theta, "bfloat16")
                assert proof["passes"], proof
                assert not truth.proof(theta, "float32")["passes"]


@pytest.mark.parametrize(
    "name",
    ["dW without 1/m", "db as the mean of all", "gradient without the penalty"],
)
def test_a_wrong_equation_is_refused(
    truths: dict[tuple[str, str], Truth], name: str
) -> None:
    mistake = next(m for m in MISTAKES if m.name == name)
    with mistake.in_force():
        theta = trained("reference", "float32", workload_case(SMALL))
    truth = truths["tanh", "float32"]
    assert not truth.proof(theta, "float32")["passes"]


def test_nan_is_refused(truths: dict[tuple[str, str], Truth]) -> None:
    truth = truths["tanh", "float32"]
    theta = truth.theta.copy()
    assert truth.proof(theta, "float32")["precision"] == ["float64"]
    theta[3] = np.nan
    told = truth.proof(theta, "float32")
    assert (told["passes"], told["ratio"]) == (False, math.inf)


def test_workloads_are_what_they_say() -> None:
    """No kink in doubt; and as many parameters as the name of a check."""
    for workload in (RELU, WORKLOADS["W3"]):
        case = workload_case(workload)
        page = reference.network
        Z = page.propagate(case.network, case.parameters, case.X)[0]
        for l in range(1, case.network.L):
            assert np.all(np.abs(Z[l]) > 0.1 * np.std(Z[l]))
            on = np.all(Z[l] > 0, axis=1)
            assert on.any()
            assert not on.all()
    for name, check in CHECKS.items():
        assert 0.9 < check.parameters / float(name.split()[1]) < 1.1


def test_truth_is_saved_whole(tmp_path: Path) -> None:
    truth = find_truth(SMALL, "float32")[1]
    truth.save(tmp_path / "a.npz")
    again = Truth.load(tmp_path / "a.npz")
    assert again.errors == truth.errors
    assert np.array_equal(again.theta, truth.theta)
    assert os.listdir(tmp_path) == ["a.npz"]


# What may be said.


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


def rows_of_a_race() -> tuple[Row, Row, Row]:
    base = Row("numpy eager", "W1")
    return (
        base,
        replace(base, twin=True),
        replace(base, contender="numpy tuned"),
    )


def test_the_twin_sets_the_noise() -> None:
    base, twin, other = rows_of_a_race()
    samples = [
        line
        for block, (a, b, c) in enumerate(
            [(1.0, 1.2, 0.9), (1.0, 1.0, 0.95), (1.0, 0.95, 0.925)]
        )
        for line in (sample(base, [a], block), sample(twin, [b], block),
                     sample(other, [c], block))
    ]  # fmt: skip
    first, second = results([base, twin, other], samples)
    assert first["word"] == "the baseline"
    assert round(second["noise"], 12) == 1.2
    assert second["word"] == "too close to call"
    assert round(second["ratio"], 12) == 0.925
    assert round(240 * second["seconds"], 12) == 0.925


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
    alone = results(
        [other, third], [s for s in samples if not s["row"]["twin"]]
    )
    assert fastest(alone) == []


def on_a_gpu(folder: Path) -> dict[str, Any]:
    """A made-up run with rows of every kind, on the CPU and on a GPU."""
    rows = full_form(("cpu", "cuda"))
    chosen = [r for r in rows if r.workload in ("W1", "W3", "width 128",
                                                "width 512", "check 1e2",
                                                "logistic 10")]  # fmt: skip
    samples = [
        sample(row, [(2.0 - 0.01 * block) * row.what.steps * 1e-3], block)
        | {"memory": {"before": 1, "peak": 2**27, "device": 2**30}}
        for row in chosen
        for block in range(3)
    ]
    for each in samples:
        precision = [each["row"]["dtype"]]
        each["before"] = each["after"] = {
            **each["after"],
            "precision": precision,
        }
    text = "".join(json.dumps(line) + "\n" for line in samples)
    (folder / "samples.jsonl").write_text(text)
    begun = files.begin(folder, "python -m reports speed", "full")
    return files.finish(folder, begun)


def test_devices_do_not_mix(tmp_path: Path) -> None:
    """Each sweep, each race and each picture is of one device alone."""
    told = on_a_gpu(tmp_path)
    validate(told)
    files.write_speed(told, tmp_path)
    text = (tmp_path / "report.md").read_text()
    for title in (
        "width sweep, float32, 1 thread",
        "width sweep, float32, cuda",
        "W3: 784-256-128-10, m = 128, tf32, cuda",
    ):
        assert text.count(f"**{title}**") >= 1
    pictures = speed_pictures(told["runs"][0]["results"])
    assert {p.where for p in pictures} == {"float32, 1 thread", "float32, cuda"}
    sweeps = dict(sweep_tables(told["runs"][0]["results"]))
    names = [line[0] for line in sweeps["width sweep, float32, cuda"][1]]
    assert not [name for name in names if "numpy" in name]
    assert "1024 MiB" in text


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
def test_the_form_is_whole(form: Callable[..., list[Row]]) -> None:
    """Every race has a baseline, which runs twice; on a GPU too."""
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


def test_presence() -> None:
    """Every contender on every device: here, or why not."""
    found = find_presence()
    assert found.absent(Row("numpy eager", "W1")) == ""
    assert found.absent(Row("numpy eager", "W1", device="cuda"))
    assert found.devices[0] == "cpu"
    assert set(found.reasons) == {*CONTENDERS, *CHECKERS}


# Runs.


def quiet(line: str) -> None:
    pass


QUICK = [Row(f"numpy {way}", "logistic 10") for way in ("looped", "vectorized")]


def race(folder: Path, blocks: int = 2, **settings: Any) -> Race:
    return Race(folder, QUICK, quiet, blocks=blocks, seconds=0.02,
                with_limits=False, **settings)  # fmt: skip


def lines(folder: Path) -> set[tuple[str, int]]:
    return {(s["key"], s["block"]) for s in read_samples(folder)}


def test_a_race_resumes(tmp_path: Path) -> None:
    """A line that was cut off is measured again, and nothing else is."""
    race(tmp_path).run()
    whole = lines(tmp_path)
    assert len(whole) == 4
    path = tmp_path / "samples.jsonl"
    text = path.read_text()
    kept, cut = text.splitlines()[:3], text.splitlines()[3]
    path.write_text("\n".join(kept) + "\n" + cut[:50])
    again = race(tmp_path)
    assert len(list(again.missing())) == 1
    again.run()
    assert lines(tmp_path) == whole
    assert path.read_text().splitlines()[:3] == kept
    assert not list(race(tmp_path).missing())
    found = results(QUICK, read_samples(tmp_path))
    assert [row["verdict"] for row in found] == ["proven", "proven"]


def test_two_runs_in_one_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second is refused before it measures anything."""
    with alone_in(tmp_path):
        assert (
            main(["speed", "--out", str(tmp_path), "--only", "W1: numpy"]) == 2
        )
    assert "another one is at it" in capsys.readouterr().err
    assert not read_samples(tmp_path)


def test_what_failed_once_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same run, and in the next; a good sample then counts."""
    whole, fails = Race.measure, iter([True, False, True, True])

    def measure(self: Race, row: Row, block: int) -> dict[str, Any]:
        if next(fails, False):
            return {"error": "killed"}
        return whole(self, row, block)

    monkeypatch.setattr(Race, "measure", measure)
    race(tmp_path, blocks=1).run()
    kept = read_samples(tmp_path)
    assert [bool(s["error"]) for s in kept] == [True, False, True, True]
    found = results(QUICK, steadiest(kept))
    assert sorted(r["verdict"] for r in found) == ["failed", "proven"]
    assert len(list(race(tmp_path, blocks=1).missing())) == 1
    race(tmp_path, blocks=1).run()
    found = results(QUICK, steadiest(read_samples(tmp_path)))
    assert [r["verdict"] for r in found] == ["proven", "proven"]


def test_what_was_absent_is_measured_once_it_is_here(tmp_path: Path) -> None:
    race(tmp_path, blocks=1, absent=lambda _: "not installed").run()
    found = results(QUICK, steadiest(read_samples(tmp_path)))
    assert {(r["verdict"], r["why"]) for r in found} == {
        ("absent", "not installed")
    }
    race(tmp_path, blocks=1).run()
    found = results(QUICK, steadiest(read_samples(tmp_path)))
    assert {r["verdict"] for r in found} == {"proven"}


def test_forms_do_not_mix(finished: Path) -> None:
    with pytest.raises(Refused, match="holds a run in the full form"):
        files.begin(finished, "python -m reports speed --quick", "quick")


def test_a_merged_report_is_not_written_over(finished: Path) -> None:
    (finished / "samples.jsonl").unlink()
    with pytest.raises(Refused, match="holds a merged report"):
        files.begin(finished, "python -m reports speed", "full")
    assert main(["render", str(finished)]) == 0
    assert files.load(finished)["runs"][0]["results"]


def test_the_code_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.speed.race.code_hash", lambda: "old")
    with pytest.raises(Refused, match="has changed since"):
        race(tmp_path, blocks=1).run()


def test_a_changed_code_is_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    race(tmp_path, blocks=1).run()
    monkeypatch.setattr("reports.speed.rows.code_hash", lambda: "other")
    assert len(list(race(tmp_path, blocks=1).missing())) == 2


def test_time_and_memory_run_out(tmp_path: Path) -> None:
    """Each is a row in words, and the others stand."""
    hang = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert child(hang, dict(os.environ), 0.5) == {
        "error": "no result within 0 s"
    }
    crash = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    assert "out of memory?" in child(crash, dict(os.environ), 9)["error"]
    raising = "raise MemoryError('no room for 9 GiB')"
    advice = "import sys; sys.excepthook = lambda t, e, _: print("
    advice += "f'{t.__name__}: {e}\\n---\\nSome advice.', file=sys.stderr); "
    for code in (raising, advice + raising):
        full = [sys.executable, "-c", code]
        told = child(full, dict(os.environ), 9)["error"]
        assert told == "MemoryError: no room for 9 GiB"
    for code in ("", "print('no JSON')"):
        silent = [sys.executable, "-c", code]
        told = child(silent, dict(os.environ), 9)
        assert told == {"error": "ended without a result"}


def test_a_row_that_hangs_leaves_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = QUICK[0]
    whole: Callable[..., Any] = Race.measure

    def measure(self: Race, row: Row, block: int) -> dict[str, Any]:
        if row == slow:
            return {"error": "no result within 1 s"}
        return whole(self, row, block)

    monkeypatch.setattr(Race, "measure", measure)
    race(tmp_path, blocks=4).run()
    found = results(QUICK, read_samples(tmp_path))
    assert [r["verdict"] for r in found] == ["failed", "proven"]
    # After two failures it is not tried again.
    assert sum(s["error"] is not None for s in read_samples(tmp_path)) == 2


def test_cores_far_apart_are_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three times at most; every sample is kept, and the nearest counts."""
    times = iter([2e-5, 5e-5, 4e-5, 6e-5, 2e-5, 2e-5])

    def measure(self: Race, row: Row, block: int) -> dict[str, Any]:
        seconds = next(times)
        found = sample(row, [seconds], block)
        return found | {"handover": [seconds, seconds]}

    monkeypatch.setattr(Race, "measure", measure)
    rows = [replace(row, threads=2) for row in QUICK]
    monkeypatch.setattr("reports.speed.race.handover", lambda _: 2e-5)
    with_two = Race(tmp_path, rows, quiet, blocks=2, with_limits=False)
    with_two.run()
    kept = read_samples(tmp_path)
    assert [len(s["handover"]) for s in kept] == [2] * 6
    assert [s["samples"][0] for s in steadiest(kept)] == [
        2e-5,
        4e-5,
        2e-5,
        2e-5,
    ]
    assert sum(is_far(s, nearest(kept)) for s in kept) == 3


def test_sharing_a_product_takes_time() -> None:
    assert 0 < handover(1) < 1


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A run of made-up samples, with its reports."""
    base, twin, other = rows_of_a_race()
    samples = [
        sample(row, [1.0 + 0.01 * block], block)
        for row in (base, twin, other)
        for block in range(3)
    ]
    text = "".join(json.dumps(line) + "\n" for line in samples)
    (tmp_path / "samples.jsonl").write_text(text)
    begun = files.begin(tmp_path, "python -m reports speed", "full")
    files.write_speed(files.finish(tmp_path, begun), tmp_path)
    return tmp_path


def test_run_json_is_as_its_schema_says(finished: Path) -> None:
    told = json.loads((finished / "run.json").read_text())
    validate(told)
    told["runs"][0]["results"][0]["seconds"] = "fast"
    with pytest.raises(Exception, match="fast"):
        validate(told)


def validate(told: dict[str, Any]) -> None:
    """As reports/speed/schema.json says."""
    schema = json.loads((ROOT / "reports/speed/schema.json").read_text())
    pytest.importorskip("jsonschema").validate(told, schema)


def test_render_measures_nothing(finished: Path) -> None:
    before = (finished / "report.md").read_text()
    (finished / "report.md").unlink()
    assert main(["render", str(finished)]) == 0
    assert (finished / "report.md").read_text() == before
    html = (finished / "report.html").read_text()
    assert "<svg" in html
    assert not re.search(r"""(src|href)=["']https?:""", html)


def test_compare(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A slower day is no regression, a ratio that has risen is one."""
    told = files.load(finished)
    other = finished / "other"
    other.mkdir()
    times = ("seconds", "seconds_low", "seconds_high")
    for names, status, said in (
        ((), 0, "1 of 1 ratios agree"),
        (times, 0, "1 of 1 ratios agree"),
        (("ratio", "ratio_low", "ratio_high"), 1, "SLOWER"),
    ):
        changed = json.loads(json.dumps(told))
        for row in changed["runs"][0]["results"]:
            for name in names if row["word"] != "the baseline" else ():
                row[name] *= 1.5
        files.write_speed(changed, other)
        assert main(["compare", str(finished), str(other)]) == status
        assert said in capsys.readouterr().out
    assert main(["compare", str(other), str(finished)]) == 0
    assert "faster" in capsys.readouterr().out
    del told["runs"][0]["results"][1]
    assert "1 rows of A are not in B" in compare(files.load(finished), told)[2]


def test_merge(finished: Path) -> None:
    out = finished / "merged"
    assert main(["merge", str(out), str(finished), str(finished)]) == 0
    assert len(files.load(out)["runs"]) == 2
    assert (out / "report.md").read_text().count("\n## ") == 2


def test_merge_takes_nothing_away(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (finished / "run.json").read_text()
    assert main(["merge", str(finished), str(finished)]) == 2
    assert "OUT must be none of the runs" in capsys.readouterr().err
    assert (finished / "run.json").read_text() == before


def test_a_stopped_run_can_be_rendered(tmp_path: Path) -> None:
    race(tmp_path, blocks=1).run()
    files.begin(tmp_path, "python -m reports speed", "full")
    assert main(["render", str(tmp_path)]) == 0
    assert "numpy looped" in (tmp_path / "summary.csv").read_text()


def test_peers_are_right(tmp_path: Path) -> None:
    """Those that are here compute the same; the others say what they lack."""
    peers = [Row(c.name, "W1") for c in CONTENDERS.values() if c.peer]
    Race(tmp_path, peers, quiet, blocks=1, seconds=0.02,
         with_limits=False).run()  # fmt: skip
    for row, found in zip(
        peers, results(peers, read_samples(tmp_path)), strict=True
    ):
        lacking = row.who.absent()
        assert found["verdict"] == ("absent" if lacking else "proven"), found
        assert found["why"] == lacking


@pytest.mark.parametrize("command", ["render", "compare", "merge"])
def test_what_is_no_run(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text('{"kind": "other"}')
    arguments = [str(tmp_path)] * {"render": 1}.get(command, 2)
    if command == "merge":
        arguments = [str(tmp_path / "new"), str(tmp_path)]
    assert main([command, *arguments]) == 2
    assert "is no run of python -m reports speed" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["run.json"]


def test_another_machine_is_another_run(finished: Path) -> None:
    told = files.load(finished)
    told["runs"][0]["machine"]["cores"] = 1234
    (finished / "run.json").write_text(json.dumps(told))
    with pytest.raises(Refused, match="cores is 1234 there"):
        files.begin(finished, "python -m reports speed", "full")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["speed", "--only", "nobody"], "--only must be part of a row's name"),
        (["speed", "--out", "/dev/null"], "--out must be a folder"),
    ],
)
def test_usage(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_killed_and_resumed(tmp_path: Path, how: signal.Signals) -> None:
    """Whatever ends it, every finished sample is kept; the same command goes
    on, and comes to a whole table."""
    command = [
        sys.executable, "-m", "reports", "speed", "--out", str(tmp_path),
        "--blocks", "2", "--only", "logistic 10: numpy",
    ]  # fmt: skip
    first = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    while not lines(tmp_path):
        assert first.poll() is None
        time.sleep(0.05)
    time.sleep(np.random.default_rng().uniform(0, 2))  # wherever that is
    first.send_signal(how)
    _, errors = first.communicate(timeout=60)
    if how != signal.SIGKILL:
        assert first.returncode == 130
        assert "goes on from there" in errors
        assert "Traceback" not in errors
    before = (tmp_path / "samples.jsonl").read_text()
    assert before.endswith("\n")
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "samples.jsonl").read_text().startswith(before)
    told = files.load(tmp_path)["runs"][0]["results"]
    assert {row["verdict"] for row in told} == {"proven"}
    assert [len(row["blocks"]) for row in told] == [2, 2]
    groups = races(told, ("logistic",))
    assert len(groups) == 1
    assert asdict(QUICK[0])["workload"] == next(iter(groups))[0]


def test_publish(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """README's tables are of the samples; nothing else of it is touched."""
    monkeypatch.setattr(publishing, "ROOT", finished)
    folder = publish(finished, finished / "published")
    assert folder.name.islower()
    section = readme_section(finished / "published")
    told = files.load(folder)["runs"][0]
    assert told["machine"]["date"][:10] in section
    row = told["results"][0]
    assert duration(row["seconds"]) in section
    readme = f"above\n\n{FIRST}\nold\n{LAST}\n\nbelow\n"
    text = with_section(readme, section)
    assert text == f"above\n\n{section}\n\nbelow\n"
    assert with_section(text, section) == text
    with pytest.raises(Refused, match="must have the marks"):
        with_section("none", section)


def published() -> list[Path]:
    return sorted(path.parent for path in PUBLISHED.glob("*/samples.jsonl"))


@pytest.mark.parametrize("folder", published(), ids=lambda path: path.name)
def test_published_reports_are_of_their_samples(folder: Path) -> None:
    """Nothing in them was written by hand."""
    told = files.load(folder)
    again = files.finish(folder, told["runs"][0])
    assert json.loads(json.dumps(again)) == told
    assert (folder / "report.md").read_text() == files.page(
        "speed.md.jinja", told, "github"
    )


def test_readme_has_the_published_tables() -> None:
    readme = (ROOT / "README.md").read_text()
    assert published()
    assert with_section(readme, readme_section()) == readme
