"""python -m reports power: its tasks, its folder, and what it says."""

import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from parity_tests import law
from parity_tests.cases import HARD_CASES
from parity_tests.implementations import choices
from parity_tests.mistakes import MISTAKES
from parity_tests.power import all_proofs, bytes_of, shape_class
from parity_tests.randomness import (
    WANTED,
    kurtosis_statistic,
    level,
    of_kurtosis,
    powers,
    simulated,
)
from reports.__main__ import main
from reports.folder import SAMPLES, Refused, append
from reports.power import publish as publishing
from reports.power import tasks as tasks_of_a_run
from reports.power.command import faults
from reports.power.files import finish, load, page, write_power
from reports.power.publish import publish, readme_section
from reports.power.run import code_hash, read_found, run_tasks
from reports.power.tables import headline, mistake_tables
from reports.power.tasks import Task, all_tasks, pairs, parted, perform
from reports.publishing import PUBLISHED, with_section

pytestmark = pytest.mark.usefixtures("undrawn")
ROOT = Path(__file__).parents[1]
MISTAKE = Task("mistake", "bias forgotten", "float32")
ON_CASES = ("forward", "cost", "gradients", "train")
FIRST = {m.name: m.first for m in MISTAKES}
PAIR = Task("pair", next(
    pair for pair in pairs()
    if all(FIRST[name] in ON_CASES for name in parted(pair))
), "float64")  # fmt: skip
RIGHT = Task("variant", "float32, pairwise, form 1", "float32")
DISGUISE = Task("arithmetic", "bfloat16 in disguise", "float32")
LAWS = Task("laws", "numpy-eager-float64-cpu", "float64")
NETWORK = Task("resolution", "2 x 4", "float64")


FEW = {name: HARD_CASES[name] for name in ("ordinary", "m = 1")}
PROOFS = [p for p in all_proofs() if p.case in FEW]


@functools.cache
def done(task: Task) -> dict[str, Any]:
    """What it finds on a few cases, once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks_of_a_run, "all_proofs", lambda: PROOFS)
        patch.setattr(tasks_of_a_run, "HARD_CASES", FEW)
        return perform(task)


def test_all_tasks() -> None:
    """Every mistake in every dtype where it is one, and 10 000 alarms."""
    tasks = all_tasks()
    assert len({task.key for task in tasks}) == len(tasks)
    kinds = [task.kind for task in tasks]
    assert kinds.count("mistake") == sum(len(m.dtypes) for m in MISTAKES)
    right = kinds.count("variant") + kinds.count("library")
    assert right * len(HARD_CASES) * 4 >= 10_000
    assert len(all_tasks(quick=True)) < len(tasks) / 9


def test_parted() -> None:
    """A name may hold an "and" itself."""
    assert parted("ascent and bias forgotten") == ("ascent", "bias forgotten")
    with pytest.raises(ValueError, match="two mistakes"):
        parted("ascent and nothing")


def test_a_mistake_is_told() -> None:
    found = done(MISTAKE)
    assert found["clause"] == "2.3"
    assert found["first"]["proof"].startswith("forward")
    assert found["own"]["ratio"] > 1
    caught, touched = found["shapes"]["ordinary"]
    assert 0 < caught <= touched


def test_a_pair_is_caught() -> None:
    assert done(PAIR)["first"]["ratio"] > 1


def test_a_right_computation_is_left_alone() -> None:
    found = done(RIGHT)
    assert found["alarms"] == []
    assert found["computations"] == 4 * len(FEW)
    assert 0 < max(found["worst"].values()) <= 1


def test_resolution_reaches_the_aim() -> None:
    rows = done(NETWORK)["rows"]
    (dW,) = [row for row in rows if row["quantity"] == "dW"]
    assert dW["coarsest"] <= 1e-12
    assert dW["sharpest"] <= dW["by_bound"]


@pytest.mark.slow
def test_a_run_goes_on(tmp_path: Path) -> None:
    """What is there is not done again; a line that was cut off is."""
    said: list[str] = []
    run_tasks(tmp_path, [NETWORK], said.append)
    assert len(said) == 1
    run_tasks(tmp_path, [NETWORK], said.append)
    assert len(said) == 1
    samples = tmp_path / SAMPLES
    samples.write_text(samples.read_text()[:-20])
    run_tasks(tmp_path, [NETWORK], said.append)
    assert len(said) == 2
    assert list(read_found(tmp_path)) == [NETWORK.key]
    # What another code has found does not count.
    told = json.loads(samples.read_text().splitlines()[-1])
    samples.write_text(json.dumps({**told, "code": "another"}) + "\n")
    assert read_found(tmp_path) == {}


def test_a_line_that_is_no_sample_is_refused(tmp_path: Path) -> None:
    (tmp_path / SAMPLES).write_text('{"key": "mistake"}\n')
    with pytest.raises(Refused, match=r"line 1: .*lacks kind"):
        read_found(tmp_path)


def found_by(task: Task, **changed: Any) -> dict[str, Any]:
    """A line as a run keeps it, with other findings."""
    return {
        "key": task.key, "kind": task.kind, "name": task.name,
        "dtype": task.dtype, "code": code_hash(), "seconds": 1.0,
        "found": {**done(task), **changed},
    }  # fmt: skip


def test_faults_are_told() -> None:
    missed = found_by(MISTAKE, own=None, first=None)
    alarm = found_by(RIGHT, alarms=["cost, ordinary"])
    assert faults([found_by(MISTAKE), found_by(RIGHT)]) == []
    assert faults([missed, alarm]) == [
        "MISSED: bias forgotten, float32",
        "FALSE ALARM: float32, pairwise, form 1: cost, ordinary",
    ]
    unseen = found_by(DISGUISE, products="float32")
    rare = found_by(LAWS, worst=1.5)
    assert faults([found_by(DISGUISE), found_by(LAWS)]) == []
    assert faults([unseen, rare]) == [
        f"ARITHMETIC: bfloat16 in disguise: {unseen['found']['said']}",
        "FALSE ALARM: numpy-eager-float64-cpu: a law",
    ]
    _, rows = mistake_tables([missed])["network"]
    assert rows[0][-1] == "MISSED"
    assert "0 of 1 caught" in headline([missed])[0]
    assert "1 of " in headline([alarm])[2]


def test_reports(tmp_path: Path) -> None:
    """Every section is there, and the run can be read again."""
    for task in (MISTAKE, NETWORK, RIGHT, DISGUISE, LAWS):
        append(tmp_path, found_by(task))
    written = write_power(finish(tmp_path, "python -m reports power"), tmp_path)
    names = {path.name for path in written}
    assert names == {"run.json", "summary.csv", "report.md", "report.html"}
    page = (tmp_path / "report.html").read_text()
    assert page.count("<svg") == 2
    text = (tmp_path / "report.md").read_text()
    for heading in ("Mistakes", "Resolution", "False alarms", "Arithmetic",
                    "Randomness"):  # fmt: skip
        assert f"## {heading}" in text
    assert load(tmp_path)["found"] == list(read_found(tmp_path).values())
    (tmp_path / "report.html").unlink()
    assert main(["render", str(tmp_path)]) == 0
    assert (tmp_path / "report.html").read_text() == page
    (tmp_path / "run.json").write_text('{"kind": "speed"}')
    with pytest.raises(Refused, match="no run of python -m reports power"):
        load(tmp_path)


@pytest.mark.slow
def test_publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run to its end and without a fault; README has its figures."""
    tasks = [MISTAKE, NETWORK, RIGHT]
    for task in tasks[:2]:
        append(tmp_path, found_by(task))
    run = finish(tmp_path, "python -m reports power --out /home/me")
    write_power(run, tmp_path)
    monkeypatch.setattr(publishing, "all_tasks", lambda: tasks)
    monkeypatch.setattr(publishing, "ROOT", tmp_path)
    published = tmp_path / "published"
    with pytest.raises(Refused, match="lacks 1: variant"):
        publish(tmp_path, published)
    append(tmp_path, found_by(RIGHT, alarms=["cost, ordinary"]))
    write_power(finish(tmp_path, ""), tmp_path)
    with pytest.raises(Refused, match="has FALSE ALARM"):
        publish(tmp_path, published)
    assert not published.exists()
    append(tmp_path, found_by(RIGHT))
    write_power(finish(tmp_path, run["command"]), tmp_path)
    folder = publish(tmp_path, published)
    assert load(folder)["command"] == "python -m reports power"
    section = readme_section(published)
    assert "* 1 of 1 caught" in section
    assert load(folder)["machine"]["date"][:10] in section


def test_readme_has_the_published_figures() -> None:
    readme = (ROOT / "README.md").read_text()
    assert with_section(readme, readme_section()) == readme


def test_published_pages_are_of_their_run() -> None:
    for path in PUBLISHED.glob("*/power/run.json"):
        text = page("power.md.jinja", load(path.parent), "github")
        assert (path.parent / "report.md").read_text() == text


def test_right_generators_hardly_ever_fail() -> None:
    """The whole suite, on every device, once in a million at most."""
    statistics = done(LAWS)["statistics"]
    assert statistics > 200
    assert level(statistics * len(list(choices()))) <= 1e-6


def test_every_law_has_power() -> None:
    assert min(p.power for p in powers()) > WANTED - 1e-9


def test_counts_have_their_level() -> None:
    """In the tail that draws can reach, at a twentieth kept."""
    n, p, terms, wanted = 20, 0.05, 400, 0.01
    kept = np.random.default_rng(0).binomial(n, p, (20000, terms))
    x = np.sum((kept - n * p) ** 2, axis=1) / (n * p * (1 - p))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(law, "LEVEL", wanted)
        low, high = law.counts_statistic("", "", kept[0], n, p).bound
    share = np.mean((x < low) | (x > high))
    # 200 are due; the law of chi-squared would let through 540.
    assert 130 < share * 20000 < 270


@pytest.mark.slow
def test_interrupted(tmp_path: Path) -> None:
    """By a terminal, which tells the workers too: it ends at once, and
    nothing that was found is lost."""
    command = [sys.executable, "-m", "reports", "power", "--quick", "--out",
               str(tmp_path)]  # fmt: skip
    run = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE,
                           stdout=subprocess.DEVNULL, text=True,
                           start_new_session=True)  # fmt: skip
    samples = tmp_path / SAMPLES
    while not samples.exists() or not read_found(tmp_path):
        assert run.poll() is None
        time.sleep(0.2)
    os.killpg(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "goes on from there" in told
    found = list(read_found(tmp_path).values())
    assert load(tmp_path)["found"] == found
    assert len(found) < 100  # nobody waited for what was left


def test_computed_power_is_what_draws_show() -> None:
    """Where it is neither 0 nor 1; and the statistic is SciPy's."""
    truncated = stats.truncnorm(-2, 2)
    sample = truncated.rvs(1000, random_state=0)
    mine = kurtosis_statistic(stats.kurtosis(sample, fisher=False), 1000)
    theirs = stats.kurtosistest(sample).statistic
    assert abs(mine - theirs) < 1e-9
    for draws in (1000, 1200):
        computed = of_kurtosis(truncated, draws)
        drawn = simulated(truncated, draws, 400)
        assert 0.01 < drawn < 0.99
        # Four standard deviations of a share of 400.
        assert abs(computed - drawn) < 4 * 0.5 / 20, draws


def test_shape_classes() -> None:
    classes = {shape_class(case) for case in HARD_CASES.values()}
    assert classes >= {"one example", "one node a layer", "equal widths",
                       "many examples", "wide", "deep", "one layer",
                       "ordinary"}  # fmt: skip


def test_answers_are_told_apart() -> None:
    assert bytes_of((1.0, 2.0)) != bytes_of((1.0, 2.5))
    assert bytes_of([1]) == bytes_of((1,))
