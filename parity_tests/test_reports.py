"""The main job, as a person meets it: exit status, files, failures."""

import copy
import csv
import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jaxtyping import config

import reports.job
from parity_tests.implementations import Choice
from parity_tests.mistakes import MISTAKES, in_force
from parity_tests.proofs import Proof
from parity_tests.speed_samples import sample
from reference.clauses import CLAUSES
from reports.__main__ import main
from reports.machine import describe
from reports.parity import check_one, compared, parity_cases
from reports.rendering import write_report
from reports.speed.results import results
from reports.speed.rows import Row
from reports.speed.tables import race_table
from reports.tables import digits, failures, score, scorecard, verdict
from reports.training import load_study, train_all
from reports.understanding import understand

pytestmark = pytest.mark.usefixtures("undrawn")
ROOT = Path(__file__).parent.parent
HIDDEN = """
import importlib.abc, runpy, sys

class Hide(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] == {package!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hide())
import dataclasses, reports.job, reports.speed.race

def brief(plan, thorough, whole=reports.job.tasks):
    return {{
        name: dataclasses.replace(task, extent="training")
        for name, task in whole(plan, thorough).items()
    }}

def one_race(*form, whole=reports.job.quick_form, **named):
    return [row for row in whole(*form, **named) if row.workload == "W1b"]

reports.job.tasks, reports.job.quick_form = brief, one_race
reports.speed.race.BLOCKS["quick"] = 1
runpy.run_module("reports", run_name="__main__")
"""
"""The job as if a package were not installed; one race, timed once, and what
compiles proven by its training alone, for the whole job proves the rest."""
NUMPY = [
    Choice("reference", "eager", dtype, "cpu")
    for dtype in ("float64", "float32")
]
ALL_FILES = [
    "clauses.html",
    "report.html",
    "report.md",
    "run.json",
    "summary.csv",
]


def python(*arguments: str) -> subprocess.Popen[str]:
    """python with these arguments, in the root, with pipes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("XLA_FLAGS", None)  # those of the tests
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(*arguments: str) -> tuple[int, str, str]:
    process = python("-m", "reports", *arguments)
    output, errors = process.communicate(timeout=600)
    return process.returncode, output, errors


def test_help_explains() -> None:
    status, output, _ = run("--help")
    assert status == 0
    for word in ("--out", "--compile", "report.html", "130 interrupted"):
        assert word in output


@pytest.mark.parametrize(
    ("x", "text"),
    [(0.9996, "1.00"), (0.9994, "0.999"), (99.96, "100"), (1234.4, "1234"),
     (-0.00123, "-0.00123"), (0.0, "0"), (1e-7, "1.00e-07"), (None, "–")],
)  # fmt: skip
def test_three_digits(x: float | None, text: str) -> None:
    assert digits(x) == text


def test_usage_errors_compute_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for arguments, message in (
        (["--oout", "x"], "--oout"),
        (["--out", str(file)], "--out must be a folder"),
        (["--out", str(file / "below")], "--out must be a folder"),
    ):
        status, output, errors = run(*arguments)
        assert status == 2
        assert message in errors
        assert "training" not in output
    assert file.read_text() == "mine"


@pytest.fixture
def unchecked_shapes() -> Iterator[None]:
    """A wrong equation must be seen by its numbers."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)


def small_run() -> dict[str, Any]:
    """A run of NumPy alone; what is made up is its speed rows."""
    return copy.deepcopy(measured_run())


@functools.cache
def measured_run() -> dict[str, Any]:
    study = load_study()
    study = replace(study, case=replace(study.case, steps=40))
    training, drift = train_all(study, NUMPY, lambda line: None)
    cases = parity_cases(study)[:1]
    rows: list[Any] = []
    clauses: list[Any] = []
    for choice in NUMPY:
        told = check_one(choice, cases)
        rows, clauses = rows + told[0], clauses + told[1]
    return {
        "schema": 2, "command": "python -m reports",
        "machine": describe(), "study": study.facts(),
        "absent": [{"name": "jax", "reason": "jax is not installed"},
                   {"name": "torch on cuda", "reason": "no CUDA device"}],
        "training": training, "drift": drift, "parity": rows,
        "clauses": clauses,
        "understanding": understand(NUMPY, lambda line: None),
        "speed": made_up_speed(), "seconds": 1.0,
    }  # fmt: skip


@pytest.mark.slow
def test_files(tmp_path: Path) -> None:
    told = small_run()
    assert not failures(told)
    assert verdict(told).startswith("All 1 implementations are equal")
    write_report(told, tmp_path)
    assert sorted(os.listdir(tmp_path)) == ALL_FILES
    assert json.loads((tmp_path / "run.json").read_text()) == told
    html = (tmp_path / "report.html").read_text()
    assert html.count("<svg") == 2 + len(told["understanding"]) == 9
    assert not re.search(r"""(src|href)=["']https?:""", html)
    assert "<link" not in html
    words = re.sub(r"base64,[^\"]*", "", html).lower()
    assert "nan" not in words.replace("nano", "")
    for text in (html, (tmp_path / "report.md").read_text()):
        assert "jax is not installed" in text
        assert "torch on cuda (no CUDA device)" in text
        assert "no result within 1 s" in text
        assert "750 µs" in text
        assert "0.000" not in text
    with open(tmp_path / "summary.csv") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {9}
    assert {row[0] for row in rows[1:]} == {
        "training",
        "parity",
        "clause",
        "speed",
    }


def made_up_speed() -> list[dict[str, Any]]:
    """A row that was timed, in one block, and one that hung."""
    good = Row("numpy eager", "W1b", threads=2)
    hung = Row("numpy tuned", "W1b", threads=2)
    samples = [
        sample(good, [0.08, 0.09, 0.1]),
        {**sample(hung, []), "error": "no result within 1 s"},
    ]
    return results([good, hung], samples)


@pytest.mark.slow
def test_no_time_for_what_failed_its_proof() -> None:
    told, row = small_run(), Row("numpy eager", "W1b", threads=2)
    wrong: Any = {"passes": False, "ratio": 3.0}
    told["speed"] = results([row], [sample(row, [0.1], **wrong)])
    assert told["speed"][0]["seconds"] is None
    _, rows = race_table(told["speed"])
    assert rows[0][:2] == ["numpy eager", "REFUSED: error / bound = 3"]
    assert "µs" not in str(rows)
    assert len(failures(told)) == 1
    assert verdict(told).startswith("NOT EQUAL")


@pytest.mark.slow
def test_exit_status_4(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    unchecked_shapes: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A wrong equation in the reference: PyTorch no longer agrees."""
    pytest.importorskip("torch")
    told = small_run()
    cases = parity_cases(load_study())[:1]
    mistake = next(m for m in MISTAKES if m.name == "dW without 1/m")
    with in_force(mistake):
        choice = Choice("torch_impl", "eager", "float64", "cpu")
        told["parity"], told["clauses"] = check_one(choice, cases)
    monkeypatch.setattr(reports.job, "main_job", lambda *arguments: (told, {}))
    assert main(["--out", str(tmp_path)]) == 4
    output = capsys.readouterr().out
    assert "NOT EQUAL: torch eager, float64: gradients + L2, dW[" in output
    assert "expected" in output
    assert sorted(os.listdir(tmp_path)) == ALL_FILES


@pytest.mark.slow
def test_scorecard(tmp_path: Path) -> None:
    """Every clause of NumPy, in both dtypes; one that fails is told."""
    told = small_run()
    assert len(told["clauses"]) == len(CLAUSES) * 2
    assert {row["verdict"] for row in told["clauses"]} == {"pass"}
    headers, rows = scorecard(told)
    assert headers == ["clause", "numpy eager float64", "numpy eager float32"]
    assert [row[0] for row in rows] == [clause.id for clause in CLAUSES]
    assert "48 of 48 clauses" in score(told)
    assert "gaps" not in score(told)
    told["clauses"][3] |= {"verdict": "fail", "worst_ratio": 7.0}
    assert "47 of 48 clauses" in score(told)
    assert score(told).endswith(" 1.2-model fails in numpy eager in float64.")
    write_report(told, tmp_path)
    html = (tmp_path / "report.html").read_text()
    assert html.count('class="no">7.00 FAIL<') == 1
    assert html.count('class="yes"') == len(told["clauses"]) - 1
    assert scorecard(told)[1][3][1] == "7.00 FAIL"
    assert "clause 1.2-model, by" in failures(told)[0]
    del told["clauses"][7]
    assert "with gaps" in score(told)
    assert scorecard(told)[1][7][1] == "–"


def test_what_raises_fails() -> None:
    """A proof that raises is a row, and not the end of the run."""

    def broken(implementation: Any) -> Any:
        raise RuntimeError("no compiler\nand more")

    proof = Proof("broken", ("2.3",), broken, "broken")
    ((_, comparison),) = compared(NUMPY[0].build(), proof)
    assert comparison.ratio == float("inf")
    assert comparison.got == "RuntimeError: no compiler"


@pytest.mark.slow
def test_the_whole_job(tmp_path: Path) -> None:
    status, output, errors = run("--out", str(tmp_path / "new" / "out"))
    assert (status, errors) == (0, "")
    assert "implementations are equal" in output
    told = json.loads((tmp_path / "new" / "out" / "run.json").read_text())
    html = (tmp_path / "new" / "out" / "report.html").read_text()
    assert html.count("<svg") == html.count("</svg>") == 9
    assert all(row["worst_ratio"] <= 1 for row in told["parity"])
    assert all(row["verdict"] == "pass" for row in told["clauses"])
    proven = {(row["implementation"], row["dtype"]) for row in told["clauses"]}
    assert len(told["clauses"]) == len(CLAUSES) * len(proven)
    assert all(row["seconds"] > 0 for row in told["speed"])
    assert {row["framework"] for row in told["speed"]} >= {"numpy"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "other"), [("torch", "jax jit"), ("jax", "torch eager")]
)
def test_without(tmp_path: Path, package: str, other: str) -> None:
    """The whole job, without one of the frameworks."""
    program = HIDDEN.format(package=package)
    process = python("-c", program, "--out", str(tmp_path))
    output, errors = process.communicate(timeout=600)
    assert (process.returncode, errors) == (0, "")
    report = (tmp_path / "report.md").read_text()
    for text in (output, report):
        assert f"{package} is not installed" in text
        assert other in text


@pytest.mark.slow
def test_interrupted(tmp_path: Path) -> None:
    program = HIDDEN.format(package="nothing")
    process = python("-c", program, "--out", str(tmp_path / "out"))
    assert process.stdout is not None
    output = ""
    for line in process.stdout:
        output += line
        if "training:" in line:
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "nothing was written" in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "out").exists()
