"""The files of a run: as their schema says, made of the samples alone."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity_tests.speed_samples import rows_of_a_race, sample
from reports.__main__ import main
from reports.folder import Refused
from reports.publishing import PUBLISHED, with_section, without_folder
from reports.speed import files
from reports.speed import publish as publishing
from reports.speed.comparison import compare, differ
from reports.speed.folder import read_samples
from reports.speed.growth import sweep_tables
from reports.speed.pictures import speed_pictures
from reports.speed.publish import FIRST, LAST, publish, readme_section
from reports.speed.race import BLOCKS
from reports.speed.results import results
from reports.speed.rows import Row, full_form
from reports.speed.tables import duration

pytestmark = pytest.mark.usefixtures("undrawn")
ROOT = Path(__file__).parents[1]


def begin(folder: Path) -> dict[str, Any]:
    return files.begin(folder, "python -m reports speed", "full")


@pytest.fixture
def finished(made: Path, tmp_path: Path) -> Path:
    """A run to be changed."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of made-up samples, with its reports."""
    folder = tmp_path_factory.mktemp("made")
    base, twin, other = rows_of_a_race()
    samples = [
        sample(row, [1.0 + 0.01 * block], block)
        for row in (base, twin, other)
        for block in range(3)
    ]
    text = "".join(json.dumps(line) + "\n" for line in samples)
    (folder / "samples.jsonl").write_text(text)
    begun = begin(folder)
    files.write_speed(files.finish(folder, begun), folder)
    return folder


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


@pytest.mark.draws
def test_render_measures_nothing(finished: Path) -> None:
    before = (finished / "report.md").read_text()
    (finished / "report.md").unlink()
    assert main(["render", str(finished)]) == 0
    assert (finished / "report.md").read_text() == before
    html = (finished / "report.html").read_text()
    assert "<svg" in html
    assert not re.search(r"""(src|href)=["']https?:""", html)


@pytest.mark.slow
def test_a_terminal_without_micro(finished: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reports", "render", str(finished)], cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True,
        text=True, timeout=300,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "ms a step" in done.stdout


def test_compare(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A slower day is no regression, a ratio that has risen is one."""
    told = files.load(finished)
    other = finished / "other"
    other.mkdir()
    for everyone, another, status, said in (
        (1.0, 1.0, 0, "1 of 1 ratios agree"),
        (1.5, 1.0, 0, "1 of 1 ratios agree"),
        (1.0, 1.5, 1, "SLOWER"),
    ):
        changed = json.loads(json.dumps(told))
        for row in changed["runs"][0]["results"]:
            by = everyone * (1 if row["word"] == "the baseline" else another)
            row["blocks"] = {b: by * t for b, t in row["blocks"].items()}
        files.write_speed(changed, other)
        assert main(["compare", str(finished), str(other)]) == status
        assert said in capsys.readouterr().out
    assert main(["compare", str(other), str(finished)]) == 0
    assert "faster" in capsys.readouterr().out
    blind = json.loads(json.dumps(told))
    for row in blind["runs"][0]["results"]:
        row["noise"] = None
    files.write_speed(blind, other)
    assert main(["compare", str(finished), str(other)]) == 2
    assert "nothing can be judged" in capsys.readouterr().out
    del told["runs"][0]["results"][1]
    assert "1 rows of A are not in B" in compare(files.load(finished), told)[2]


def test_merge(finished: Path) -> None:
    out = finished / "merged"
    again = shutil.copytree(finished, finished / "again")
    assert main(["merge", str(out), str(finished), str(again)]) == 2
    run = json.loads((again / "run.json").read_text())
    run["runs"][0]["machine"]["date"] = "2026-11-30T00:00:00+00:00"
    (again / "run.json").write_text(json.dumps(run))
    assert main(["merge", str(out), str(finished), str(again)]) == 0
    assert len(files.load(out)["runs"]) == 2
    assert (out / "report.md").read_text().count("\n## ") == 2


def test_merge_takes_nothing_away(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (finished / "run.json").read_text()
    assert main(["merge", str(finished), str(finished)]) == 2
    assert "OUT must be none of the runs" in capsys.readouterr().err
    out = finished / "out"
    assert main(["merge", str(out), str(finished), str(finished)]) == 2
    assert "one is given twice" in capsys.readouterr().err
    out.mkdir()
    (out / "run.json").write_text('{"kind": "main job"}')
    assert main(["merge", str(out), str(finished)]) == 2
    assert "is no run of python -m reports speed" in capsys.readouterr().err
    assert os.listdir(out) == ["run.json"]
    assert (finished / "run.json").read_text() == before


def test_a_run_of_an_older_program(finished: Path) -> None:
    """Is refused in words."""
    told = json.loads((finished / "run.json").read_text())
    (finished / "run.json").write_text(json.dumps({**told, "schema": 1}))
    with pytest.raises(Refused, match="has schema 1"):
        begin(finished)


def test_reports_of_other_code_stay(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until there is something to put in their place."""
    told = json.loads((finished / "run.json").read_text())
    told["runs"][0]["code"] = "other"
    (finished / "run.json").write_text(json.dumps(told))
    begun = begin(finished)
    assert "is of other code or libraries" in capsys.readouterr().out
    assert begun["code"] != "other"
    assert json.loads((finished / "run.json").read_text()) == told


def test_only_the_run_s_code_counts(finished: Path) -> None:
    """Samples of other code, even later ones, are in no race of this."""
    told = files.load(finished)
    path = finished / "samples.jsonl"
    last = json.loads(path.read_text().splitlines()[-1])
    other = {**last, "code": "other", "key": "other"}
    path.write_text(path.read_text() + json.dumps(other) + "\n")
    assert files.finish(finished, told["runs"][0]) == told


def test_peers_alone_have_a_report(tmp_path: Path) -> None:
    rows = [Row("plain NumPy", "W1"), Row("limits numpy", "W1")]
    limits = {"rate": 1e9, "bandwidth": 1e9, "memory_bandwidth": 1e9,
              "products": {}}  # fmt: skip
    lines = [sample(row, [1.0]) for row in rows]
    lines[1] = {k: v for k, v in lines[1].items() if k != "samples"}
    lines[1]["limits"] = limits
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "samples.jsonl").write_text(text)
    begun = begin(tmp_path)
    told = files.finish(tmp_path, begun)
    assert "share_of_limit" in told["runs"][0]["results"][0]
    assert len(files.write_speed(told, tmp_path)) == 4


def test_forms_do_not_mix(finished: Path) -> None:
    with pytest.raises(Refused, match="holds a run in the full form"):
        files.begin(finished, "python -m reports speed --quick", "quick")


@pytest.mark.slow
def test_a_merged_report_is_not_written_over(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    merged = finished / "merged"
    assert main(["merge", str(merged), str(finished)]) == 0
    before = files.load(merged)
    told = ["speed", "--out", str(merged), "--only", "W1: numpy"]
    assert main(told) == 2
    assert "holds a merged report" in capsys.readouterr().err
    assert main(["render", str(merged)]) == 0
    assert files.load(merged) == before


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
        begin(finished)


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
    begun = begin(folder)
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


def test_publish(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """README's tables are of the samples; nothing else of it is touched."""
    monkeypatch.setattr(publishing, "ROOT", finished)
    monkeypatch.setitem(BLOCKS, "full", 3)
    due = [row for row in rows_of_a_race() if not row.twin]
    monkeypatch.setattr(publishing, "full_form", lambda *of: due)
    folder = publish(finished, finished / "published")
    assert folder.name.islower()
    section = readme_section(finished / "published")
    told = files.load(folder)["runs"][0]
    assert told["machine"]["date"][:10] in section
    with monkeypatch.context() as patch:
        patch.setitem(BLOCKS, "full", 9)
        with pytest.raises(Refused, match="must have all of its 9 blocks"):
            publish(finished, finished / "nowhere")
    with monkeypatch.context() as patch:
        also = Row("jax jit", "W1")
        patch.setattr(publishing, "full_form", lambda *of: [*due, also])
        with pytest.raises(Refused, match="got 0 of W1: jax jit"):
            publish(finished, finished / "nowhere")
    row = told["results"][0]
    assert duration(row["seconds"]) in section
    # Where that machine wrote is nobody's business.
    asked = "python -m reports speed --only W1 --out /home/me --quick"
    assert without_folder(asked) == asked.replace(" --out /home/me", "")
    (finished / "samples.jsonl").rename(finished / "elsewhere")
    with pytest.raises(Refused, match="must have its samples"):
        publish(finished, finished / "nowhere")
    assert not (finished / "nowhere").exists()
    readme = f"above\n\n{FIRST}\nold\n{LAST}\n\nbelow\n"
    text = with_section(readme, section)
    assert text == f"above\n\n{section}\n\nbelow\n"
    assert with_section(text, section) == text
    with pytest.raises(Refused, match="must have the marks"):
        with_section("none", section)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("123", "must be an object"),
        ('{"key": "a"}', "lacks row"),
        ("cut", None),
        ("steps", "lacks steps"),
        ("zero", "samples must be seconds"),
    ],
)
def test_what_is_no_sample_is_named(
    finished: Path, line: str, fault: str | None
) -> None:
    """A line that was cut off is none; any other is there to be mended."""
    path = finished / "samples.jsonl"
    whole = path.read_text().splitlines()
    told = json.loads(whole[0])
    if line == "steps":
        line = json.dumps({k: v for k, v in told.items() if k != "steps"})
    if line == "zero":
        line = json.dumps({**told, "samples": [0.1, 0]})
    if line == "cut":
        line = whole[0][:50]
    path.write_text("\n".join([whole[0], line, *whole[1:]]) + "\n")
    if fault is None:
        assert len(read_samples(finished)) == len(whole)
        return
    with pytest.raises(Refused, match=f"line 2: .*{fault}"):
        read_samples(finished)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"runs": []}, "runs must be a list with a run"),
        ({"runs": [{}]}, "a run must have machine"),
        ({"runs": [5]}, "a run must be an object, got 5"),
        ({"schema": None}, "has schema None"),
    ],
)
def test_what_is_no_run_is_named(
    finished: Path, change: dict[str, Any], message: str
) -> None:
    told = files.load(finished)
    (finished / "run.json").write_text(json.dumps({**told, **change}))
    with pytest.raises(Refused, match=message):
        files.load(finished)
    (finished / "run.json").write_bytes(b"\xff\x00")
    with pytest.raises(Refused, match="is no JSON"):
        files.load(finished)


def of_a_race(workload: str, factors: dict[str, float]) -> dict[str, Any]:
    """A run of one race, with times over what they were."""
    check = workload.startswith("check")
    names = ["numpy stacked", "torch stacked", "jax stacked"]
    names = names if check else ["numpy tuned", "torch eager", "jax jit"]
    base = Row("numpy loop" if check else "numpy eager", workload)
    rows = [base, *(replace(base, contender=name) for name in names)]
    samples = [
        sample(row, [0.1 * (1 + 0.001 * block) * factors.get(row.contender, 1)],
               block)
        for row in (*rows, replace(base, twin=True))
        for block in range(3)
    ]  # fmt: skip
    found = results(rows, samples)
    for row in found if not check else ():
        row["least_blocks"] = dict.fromkeys(row["blocks"], 0.01)
    return {"runs": [{"results": found}]}


@pytest.mark.parametrize(
    ("workload", "factors", "slower"),
    [
        ("W1", {"numpy eager": 2.0}, ["numpy eager"]),
        ("W1", {"jax jit": 2.0}, ["jax jit"]),
        ("W1", {"jax jit": 0.5, "numpy tuned": 0.5}, []),
        (
            "W1",
            {"jax jit": 1.5, "numpy tuned": 1.5, "torch eager": 1.5},
            ["numpy tuned", "torch eager", "jax jit"],
        ),
        ("check 1e2", {"numpy loop": 2.0}, ["numpy loop"]),
        ("check 1e2", {"jax stacked": 2.0}, ["jax stacked"]),
        ("check 1e2", {"jax stacked": 0.5}, []),
    ],
)
def test_who_has_become_slower(
    workload: str, factors: dict[str, float], slower: list[str]
) -> None:
    """Whoever it is, the baseline too; and nobody is faster for it."""
    before, after = of_a_race(workload, {}), of_a_race(workload, factors)
    (_, lines), count, _ = compare(before, after)
    found = [line[0] for line in lines if line[-1].startswith("SLOWER")]
    assert found == [f"{workload}: {name}" for name in slower]
    assert count == len(slower)
    faster = [line[0] for line in lines if line[-1] == "faster"]
    due = [name for name, factor in factors.items() if factor < 1]
    assert sorted(faster) == sorted(f"{workload}: {name}" for name in due)


@pytest.mark.parametrize("verdict", ["absent", "refused"])
def test_rows_without_a_time_are_compared(verdict: str) -> None:
    """Either way; who is refused now, and was not, is slower."""
    whole, lacking = of_a_race("W1", {}), of_a_race("W1", {})
    gone = {"verdict": verdict, "why": "because", "seconds": None,
            "seconds_low": None, "seconds_high": None}  # fmt: skip
    rows = lacking["runs"][0]["results"]
    kept = ("contender", "framework", "peer", "workload", "family", "dtype",
            "device", "threads", "blocks")  # fmt: skip
    rows[-1] = {**{name: rows[-1][name] for name in kept}, **gone}
    for a, b, slower, word in (
        (whole, lacking, verdict == "refused", f"in B: {gone['why']}"),
        (lacking, whole, 0, "no time in A: because"),
        (lacking, lacking, 0, "no time in A: because"),
    ):
        (_, lines), count, told = compare(a, b)
        assert count == slower
        assert lines[-1][-1].endswith(word)
        assert "cannot be judged" in told


def test_a_limit_that_wavers_tells_nothing() -> None:
    """The baseline is as it was, and its limit is measured by each block."""
    before, after = of_a_race("W1", {}), of_a_race("W1", {})
    for row in after["runs"][0]["results"]:
        row["least_blocks"] = {"0": 0.010, "1": 0.005, "2": 0.0075}
    (_, lines), count, told = compare(before, after)
    assert count == 0
    words = {line[0]: line[-1] for line in lines}
    assert words["W1: numpy eager"] == "too close to call"
    assert words["W1: jax jit"] == "agrees"
    assert "a change by" in told


def test_nothing_in_common() -> None:
    nobody: dict[str, Any] = {"runs": [{"results": []}]}
    _, judged, told = compare(of_a_race("W1", {}), nobody)
    assert judged is None
    assert "no row is in both" in told
    assert "4 rows of A are not in B" in told


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [3, 6])
@pytest.mark.parametrize("law", ["normal", "laplace", "disturbed"])
def test_chance_alone_differs_seldom(law: str, blocks: int) -> None:
    """At 1 %, at most once in 100 times under each law of the noise."""
    generator = np.random.default_rng(blocks)
    draws = 0.03 * (
        generator.laplace(size=(4000, 2, blocks))
        if law == "laplace"
        else generator.normal(size=(4000, 2, blocks))
    )
    if law == "disturbed":
        draws += generator.random(draws.shape) * (
            generator.random(draws.shape) < 0.1
        )
    pairs = np.exp(draws).tolist()
    found = sum(differ(first, second, 0.01) for first, second in pairs)
    # 40 are due; above 72 by chance in less than one of a million.
    assert found <= 72
    assert differ([1.0, 1.02, 0.99], [1.5, 1.52, 1.49], 0.01)
    assert not differ([1.0], [1.5], 0.01)


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
    assert with_section(readme, readme_section()) == readme
