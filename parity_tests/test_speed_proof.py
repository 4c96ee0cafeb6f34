"""What was timed is proven: right results pass, and cheats of every kind are
refused in each framework."""

import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.cases import Case
from parity_tests.implementations import Choice
from parity_tests.mistakes import MISTAKES, in_force
from reference import Parameters
from reference.gradient_checking import flatten
from reports.speed.contenders import CONTENDERS
from reports.speed.contenders.ours import PACKAGES, Ours
from reports.speed.proof import Truth
from reports.speed.truth import find_truth
from reports.speed.worker import hidden, timed
from reports.speed.workloads import (
    CHECKS,
    WORKLOADS,
    Workload,
    workload_case,
)

SMALL = Workload("small", (12, 8, 6, 3), 40, "tanh", 5, "a test's")


RELU = replace(SMALL, hidden="relu")


@pytest.fixture(scope="module")
def truths() -> dict[tuple[str, str], Truth]:
    return {
        (workload.hidden, dtype): find_truth(workload, dtype)[SMALL.steps]
        for workload in (SMALL, RELU)
        for dtype in ("float32", "float64")
    }


def trained(
    package: str, dtype: str, case: Case, mode: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """theta and the costs as that implementation trains them."""
    choice = Choice(package, mode or "eager", dtype, "cpu")
    if choice.absent():
        pytest.skip(choice.absent())
    parameters, costs = choice.build().train(
        case.network, case.parameters, case.X, case.Y, l2=case.l2,
        learning_rate=case.learning_rate, steps=case.steps,
    )  # fmt: skip
    return flatten(parameters), np.array(costs)


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
        told = truth.proof(*trained(package, dtype, case, mode), dtype)
        assert told["passes"], told
        assert told["precision"] == [dtype]
        assert not told["void"]


def test_float32_in_disguise(truths: dict[tuple[str, str], Truth]) -> None:
    """Asked for float64, computed in float32: refused, in words."""
    theta, costs = trained("reference", "float32", workload_case(SMALL))
    theta, truth = theta.astype(float), truths["tanh", "float64"]
    told = truth.proof(theta, truth.costs, "float64")
    assert not told["passes"]
    assert told["precision"] == ["float32"]
    told = truth.proof(truth.theta, costs.astype(float), "float64")
    assert not told["cost_passes"]


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
        self.how, self.kept = how, None

    def fresh(self, start: Parameters, steps: int) -> Any:
        self.begun = start
        return self.implementation.to_native(start)

    def one(self, start: Any) -> Any:
        """One step of them."""
        return self.in_earnest(start, 1)

    def train(self, start: Any, steps: int) -> Any:
        if self.how in LATE:
            # Made up, since no device here can be late.
            return Late(self.parameters, steps * DEVICE)
        if self.how == "keeps its result":
            self.kept = self.kept or self.in_earnest(start, steps)
            return self.kept
        if self.how == "leaves out J":
            return self.in_earnest(start, steps)[0], self.data[0][0, :steps]
        costs = []
        for _ in range(steps):
            if self.how == "skips a layer":
                (first, _, *rest), J = self.one(start)
                second = self.implementation.to_native(self.begun)[1]
                start = (first, second, *rest)
            else:
                start, J = self.by_tf32(start)
            costs.append(J[0])
        return start, costs

    def in_earnest(self, start: Any, steps: int) -> Any:
        """All steps, as they are due."""
        return self.implementation.run_train(
            self.case.network, start, *self.data, steps=steps,
            learning_rate=self.case.learning_rate, l2=self.case.l2,
        )  # fmt: skip

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
        if self.how == "finds J when read":
            return flatten(trained.parameters)
        if self.how == "returns early":  # until the device has finished
            Clock.now = max(Clock.now, trained.ready)
        elif not trained.read:  # and only now it begins
            Clock.now += trained.work
        trained.read = True
        return flatten(trained.parameters)

    def costs(self, trained: Any) -> np.ndarray:
        if not isinstance(trained, Late):
            return super().costs(trained)
        if self.how == "finds J when read" and not trained.read:
            Clock.now += trained.work
            trained.read = True
        return np.zeros(0)


LATE = ("returns early", "computes when read", "finds J when read")
TF32 = "TF32 in disguise"


class Late:
    """A result that is there some time after it is given out."""

    def __init__(self, parameters: Any, work: float) -> None:
        self.parameters, self.work, self.read = parameters, work, False
        self.ready = Clock.now + work


DEVICE = 0.003
"""Seconds of a device at work, for each step."""


class Clock:
    """Time that passes where a test says so, and 1 us a look at the clock."""

    now = 0.0

    @classmethod
    def perf_counter(cls) -> float:
        cls.now += 1e-6
        return cls.now

    process_time = perf_counter

    @classmethod
    def sleep(cls, seconds: float) -> None:
        cls.now += seconds


PACKAGES_OF_OURS = tuple(PACKAGES.values())


@pytest.mark.parametrize("package", PACKAGES_OF_OURS)
@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("skips a layer", None),
        (TF32, ["tf32"]),
        ("keeps its result", None),
        ("leaves out J", ["float32"]),
    ],
)
def test_wrong_but_fast_is_refused(
    truths: dict[tuple[str, str], Truth], package: str, how: str, told: Any
) -> None:
    cheat, truth = Cheat(package, how), truths["tanh", "float32"]
    _, found, _ = timed(cheat, cheat.parameters, SMALL.steps, 0.01)
    proof = truth.proof(cheat.theta(found), cheat.costs(found), "float32")
    assert not proof["passes"]
    assert how != "leaves out J" or not proof["cost_passes"]
    assert told is None or proof["precision"] == told


@pytest.mark.parametrize("package", PACKAGES_OF_OURS)
def test_returning_before_the_device_is_refused(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """What is still at work when the clock stops, or is computed only when it
    is read, was not timed; what was there is read as fast as any."""
    monkeypatch.setattr("reports.speed.worker.time", Clock)
    for how, late in (*zip(LATE, (True,) * 3, strict=True), (TF32, False)):
        contender = Cheat(package, how)
        start = contender.parameters
        for with_one in (True, False):
            unseen = hidden(contender, start, SMALL.steps, with_one)
            assert (unseen > 0) is late


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
                start = with_it.fresh(with_it.parameters, steps)
                found = with_it.train(start, steps)
                told = with_it.theta(found), with_it.costs(found)
                proof = truth.proof(*told, "bfloat16")
                assert proof["passes"], proof
                assert not truth.proof(*told, "float32")["passes"]


@pytest.mark.parametrize(
    "name",
    ["dW without 1/m", "db as the mean of all", "gradient without the penalty"],
)
def test_a_wrong_equation_is_refused(
    truths: dict[tuple[str, str], Truth], name: str
) -> None:
    mistake = next(m for m in MISTAKES if m.name == name)
    with in_force(mistake):
        told = trained("reference", "float32", workload_case(SMALL))
    truth = truths["tanh", "float32"]
    assert not truth.proof(*told, "float32")["passes"]


def test_nan_is_refused(truths: dict[tuple[str, str], Truth]) -> None:
    truth = truths["tanh", "float32"]
    theta, costs = truth.theta.copy(), truth.costs.copy()
    exact = truth.proof(theta, costs, "float32")
    assert (exact["precision"], exact["cost_passes"]) == (["float64"], True)
    theta[3] = costs[1] = np.nan
    told = truth.proof(theta, costs, "float32")
    assert (told["passes"], told["ratio"]) == (False, math.inf)
    assert (told["cost_passes"], told["cost_error"]) == (False, None)


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
    assert again.cost_errors == truth.cost_errors
    assert np.array_equal(again.costs, truth.costs)
    assert np.array_equal(again.theta, truth.theta)
    assert os.listdir(tmp_path) == ["a.npz"]
