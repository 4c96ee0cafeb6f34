"""Runs of the speed report: whatever ends them, nothing is lost."""

import os
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

from parity_tests.speed_samples import QUICK, quiet, sample
from reports.__main__ import main
from reports.folder import Refused, alone_in
from reports.speed import files, steadiness
from reports.speed.children import child
from reports.speed.contenders import CONTENDERS
from reports.speed.folder import read_samples
from reports.speed.handover import handover
from reports.speed.race import Race
from reports.speed.results import results
from reports.speed.rows import Row
from reports.speed.steadiness import is_far, nearest, steadiest
from reports.speed.tables import disturbances, races

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


def race(folder: Path, blocks: int = 2, **settings: Any) -> Race:
    return Race(folder, QUICK, quiet, blocks=blocks, seconds=0.02,
                with_limits=False, **settings)  # fmt: skip


ALONE = steadiness.ALONE


@pytest.fixture(autouse=True)
def whatever_the_machine_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy one disturbs the processes of these tests: none is told so."""
    monkeypatch.setattr(steadiness, "ALONE", 0.0)


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

    def measure(self: Race, row: Row, *which: int) -> dict[str, Any]:
        if next(fails, False):
            return {"error": "killed"}
        return whole(self, row, *which)

    monkeypatch.setattr(Race, "measure", measure)
    race(tmp_path, blocks=1).run()
    kept = read_samples(tmp_path)
    assert [bool(s["error"]) for s in kept] == [True, False, True, True]
    found = results(QUICK, kept)
    assert sorted(r["verdict"] for r in found) == ["failed", "proven"]
    assert len(list(race(tmp_path, blocks=1).missing())) == 1
    race(tmp_path, blocks=1).run()
    found = results(QUICK, read_samples(tmp_path))
    assert [r["verdict"] for r in found] == ["proven", "proven"]


def test_what_was_absent_is_measured_once_it_is_here(tmp_path: Path) -> None:
    race(tmp_path, blocks=1, absent=lambda _: "not installed").run()
    found = results(QUICK, read_samples(tmp_path))
    assert {(r["verdict"], r["why"]) for r in found} == {
        ("absent", "not installed")
    }
    race(tmp_path, blocks=1).run()
    found = results(QUICK, read_samples(tmp_path))
    assert {r["verdict"] for r in found} == {"proven"}


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
    """Each is a row in words, and the others stand; what a process said is
    in its log, if it failed."""
    log = tmp_path / "logs" / "one.txt"
    hang = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert child(hang, dict(os.environ), 0.5, log) == {
        "error": "no result within 0 s"
    }
    crash = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    assert "out of memory?" in child(crash, dict(os.environ), 9, log)["error"]
    raising = "raise MemoryError('no room for 9 GiB')"
    advice = "import sys; sys.excepthook = lambda t, e, _: print("
    advice += "f'{t.__name__}: {e}\\n---\\nSome advice.', file=sys.stderr); "
    for code in (raising, advice + raising):
        full = [sys.executable, "-c", code]
        told = child(full, dict(os.environ), 9, log)["error"]
        assert told == "MemoryError: no room for 9 GiB"
        assert "MemoryError" in log.read_text()
    for code in ("", "print('no JSON')"):
        silent = [sys.executable, "-c", code]
        told = child(silent, dict(os.environ), 9, log)
        assert told == {"error": "ended without a result"}
    fine = [sys.executable, "-c", "print('{}')"]
    assert child(fine, dict(os.environ), 9, log) == {"error": None}
    assert not log.exists()


STARTS_ANOTHER = """
import subprocess, sys, time
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(other.pid, file=open(sys.argv[1], "w"), flush=True)
print("{}", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.mark.parametrize(("seconds", "error"), [(60, "no result"), (0, "None")])
def test_what_a_process_started_ends_with_it(
    tmp_path: Path, seconds: float, error: str
) -> None:
    """Whether it was stopped, or came to its own end; and nobody waits."""
    told, start = tmp_path / "pid", time.perf_counter()
    command = [sys.executable, "-c", STARTS_ANOTHER, str(told), str(seconds)]
    found = child(command, dict(os.environ), 3, tmp_path / "log")
    assert error in str(found["error"])
    assert time.perf_counter() < start + 30
    assert gone(int(told.read_text()))


def gone(pid: int) -> bool:
    """Whether a process ends soon, or has."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().split()[2]
        except OSError:
            return True
        if state == "Z":  # nobody has asked after it yet
            return True
        time.sleep(0.1)
    return False


SLEEPS = """
import os, time
from reports.speed.children import end_with_parent
end_with_parent()
with open("part", "w") as file:
    file.write(str(os.getpid()))
os.rename("part", "pid")
time.sleep(60)
"""
WAITS = """
import os, sys
from pathlib import Path
from reports.speed.children import child
child([sys.executable, "-c", sys.argv[1]], dict(os.environ), 60, Path("log"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells a child")
def test_a_run_that_is_killed_leaves_nobody_behind(tmp_path: Path) -> None:
    """What still measured would be in the way of the run that goes on."""
    run = subprocess.Popen(
        [sys.executable, "-c", WAITS, SLEEPS], cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    while not (tmp_path / "pid").exists():
        assert run.poll() is None
        time.sleep(0.05)
    run.kill()
    run.wait()
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_row_that_hangs_leaves_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = QUICK[0]
    whole: Callable[..., Any] = Race.measure

    def measure(self: Race, row: Row, *which: int) -> dict[str, Any]:
        if row == slow:
            return {"error": "no result within 1 s"}
        return whole(self, row, *which)

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

    def measure(
        self: Race, row: Row, block: int, attempt: int
    ) -> dict[str, Any]:
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


def test_who_shared_a_core_is_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the sample that had it alone counts."""
    monkeypatch.setattr(steadiness, "ALONE", ALONE)
    shares = iter([0.5, 0.99, 0.8, 0.6, 0.7])

    def measure(
        self: Race, row: Row, block: int, attempt: int
    ) -> dict[str, Any]:
        share = next(shares)
        return sample(row, [1 / share], block) | {"threads": share}

    monkeypatch.setattr(Race, "measure", measure)
    race(tmp_path, blocks=1).run()
    kept = read_samples(tmp_path)
    assert [s["threads"] for s in kept] == [0.5, 0.99, 0.8, 0.6, 0.7]
    told = results(QUICK, kept)
    assert sorted(r["crowded"] for r in told) == [0, 1]
    for row in told:
        share = 0.8 if row["crowded"] else 0.99
        assert row["blocks"] == {"0": 1 / share / row["steps"]}
    # It had all of its tries; a run that was killed after the first goes on.
    assert not list(race(tmp_path, blocks=1).missing())
    text = (tmp_path / "samples.jsonl").read_text().splitlines()[0]
    (tmp_path / "samples.jsonl").write_text(text + "\n")
    assert len(list(race(tmp_path, blocks=1).missing())) == 2
    assert "1 of one thread had less than 95 %" in disturbances(told)


def test_cold_is_cold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process that failed has compiled is not there for the next."""
    seen: list[list[str]] = []
    errors = iter(["MemoryError: no room", None, None])

    def fails_once(command: Any, *arguments: Any) -> dict[str, Any]:
        made = tmp_path / "cache" / QUICK[0].key
        seen.append(sorted(path.name for path in made.iterdir()))
        (made / "compiled").write_text("much")
        return sample(QUICK[0], [1.0]) | {"error": next(errors)}

    monkeypatch.setattr("reports.speed.race.child", fails_once)
    one = race(tmp_path, blocks=2)
    cold = [one.measure(QUICK[0], 0, k)["cold"] for k in range(3)]
    assert seen == [[], [], ["compiled", "filled"]]
    assert cold[1] is True


def test_what_was_late_is_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three times at most, and in the next run once more."""
    lates = iter([True, False, True, True, True])

    def measure(
        self: Race, row: Row, block: int, attempt: int
    ) -> dict[str, Any]:
        found = sample(row, [1.0], block)
        if next(lates, False):
            found["after"] = {**found["after"], "unread": 2.0, "passes": False}
        return found

    monkeypatch.setattr(Race, "measure", measure)
    race(tmp_path, blocks=1).run()
    kept = read_samples(tmp_path)
    assert ["unread" in s["after"] for s in kept] == [
        True, False, True, True, True,
    ]  # fmt: skip
    verdicts = [r["verdict"] for r in results(QUICK, kept)]
    assert sorted(verdicts) == ["proven", "refused"]
    race(tmp_path, blocks=1).run()
    found = results(QUICK, read_samples(tmp_path))
    assert [r["verdict"] for r in found] == ["proven", "proven"]


def test_sharing_a_product_takes_time() -> None:
    assert 0 < handover(1) < 1


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


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
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
