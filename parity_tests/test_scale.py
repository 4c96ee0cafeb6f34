"""Training on ranks as a person meets it: fit, its checkpoints, two hosts;
and scale, its model and its tables."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from parity_tests.cases import HARD_CASES
from parity_tests.checks.dropout import true_training
from parity_tests.checks.lifting import layers
from parity_tests.comparison import arithmetic_of, compare, require
from reference import Layer
from reference.specification import RankError
from reports.__main__ import main
from reports.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from reports.fit import common
from reports.folder import Refused, append
from reports.publishing import PUBLISHED, with_section
from reports.scale import model, race, rows
from reports.scale.collectives import collectives_of
from reports.scale.files import load, write_scale
from reports.scale.publish import publish, readme_section
from reports.scale.rank import Rank
from reports.scale.results import measured_rows, outlooks, refusals
from reports.scale.tables import byte_table, headline, strong_table, weak_table

ROOT = Path(__file__).parent.parent


def hosts(folder: Path) -> Iterator[Any]:
    """Two namespaces of this machine with a network of their own, as two
    hosts that know each other by name; what runs a command there."""
    held = [
        subprocess.Popen(["unshare", "--net", "--mount", "--uts",
                          "sh", "-c", "echo; exec sleep 600"],
                         stdout=subprocess.PIPE)
        for _ in range(2)
    ]  # fmt: skip
    try:
        for each in held:
            assert each.stdout is not None
            if each.stdout.read(1) != b"\n":
                pytest.skip("namespaces of a network need root")
        names = folder / "hosts"
        names.write_text(
            "127.0.0.1 localhost\n10.77.0.1 host1\n10.77.0.2 host2\n"
        )
        one, two = (str(each.pid) for each in held)
        linked = subprocess.run(
            ["ip", "link", "add", "veth1", "netns", one, "type", "veth",
             "peer", "name", "veth2", "netns", two],
            capture_output=True, text=True,
        )  # fmt: skip
        if linked.returncode:
            pytest.skip(f"no link between namespaces: {linked.stderr.strip()}")
        inside = []
        for k, pid in enumerate((one, two), start=1):
            enter = ["nsenter", "-t", pid, "--net", "--mount", "--uts"]
            script = (
                f"hostname host{k} && mount --bind {names} /etc/hosts && "
                f"ip addr add 10.77.0.{k}/24 dev veth{k} && "
                f"ip link set veth{k} up && ip link set lo up"
            )
            subprocess.run([*enter, "sh", "-c", script], check=True)
            inside.append(enter)
        yield inside
    finally:
        for each in held:
            each.kill()
            each.communicate()


@pytest.fixture
def two_hosts(tmp_path: Path) -> Iterator[Any]:
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("needs unshare, nsenter and ip")
    yield from hosts(tmp_path)


FIT = [sys.executable, "-m", "reports", "fit", "--steps", "20", "--engine"]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["fsdp", "sharded"])
def test_two_hosts(two_hosts: Any, engine: str) -> None:
    """The README's lines from one machine to two, on what passes for two:
    the same training as one process's."""
    pytest.importorskip("torch" if engine == "fsdp" else "jax")
    alone = subprocess.run(
        [*FIT, "numpy", "--ranks", "1"], cwd=ROOT, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    ranks = []
    for k, enter in enumerate(two_hosts):
        own = {
            "JAX_COORDINATOR_ADDRESS": "host1:12355",
            "JAX_NUM_PROCESSES": "2",
            "JAX_PROCESS_ID": str(k),
        }
        command = [*FIT, engine]
        if engine == "fsdp":
            own = {}
            command = [
                sys.executable, "-m", "torch.distributed.run",
                "--nnodes", "2", "--node-rank", str(k),
                "--nproc-per-node", "1", "--master-addr", "host1",
                "--master-port", "29511", *command[1:],
            ]  # fmt: skip
        ranks.append(
            subprocess.Popen(
                [*enter, *command], cwd=ROOT, text=True,
                env={**os.environ, **own, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip
    told = [rank.communicate(timeout=200)[0] for rank in ranks]
    assert [rank.returncode for rank in ranks] == [0, 0]
    step = next(x for x in told[0].splitlines() if x.startswith("step 20"))
    assert step in alone.stdout.splitlines()
    assert "step" not in told[1]


@pytest.mark.slow
@pytest.mark.parametrize("package", ["reference", "torch_impl", "jax_impl"])
def test_a_checkpoint_goes_on_on_other_ranks(
    package: str, tmp_path: Path
) -> None:
    """Two steps on one number of ranks, a file, and the rest on another:
    within the bound of the whole way; with dropout the same masks."""
    pytest.importorskip({"reference": "numpy"}.get(package, package[:-5]))
    modes = {
        "reference": ("sharded:3", "sharded:2"),
        "torch_impl": ("ddp:2", "fsdp:3"),
        "jax_impl": ("sharded_weights:2", "sharded:3"),
    }[package]
    module, case = importlib.import_module(package), HARD_CASES["L2"]
    one, other = (module.implementation(mode=mode) for mode in modes)
    path, training = tmp_path / "run.safetensors", {"seed": 1}
    masks = [one.sample_dropout(case.network, 0.5, case.m, s) for s in range(4)]
    again = [
        other.sample_dropout(case.network, 0.5, case.m, s) for s in range(4)
    ]
    for D, E in zip(masks, again, strict=True):
        assert all(map(np.array_equal, D.masks, E.masks))
    settings: Any = {"learning_rate": case.learning_rate, "l2": case.l2}
    data = case.X, case.Y
    theta, _ = one.train_dropout(
        case.network, case.parameters, *data, masks[:2], **settings
    )
    write_checkpoint(path, Checkpoint(theta, 2, training))
    found = read_checkpoint(path, Checkpoint(case.parameters, 0, training))
    assert found is not None
    assert found.step == 2
    theta, costs = other.train_dropout(
        case.network, found.parameters, *data, again[2:], **settings
    )
    arithmetic = arithmetic_of(other)
    due, J = true_training(case, masks, arithmetic)
    require(layers("resumed", ("W", "b"), theta, due, case.parameters))
    compare("resumed", "costs", costs, J[2:]).require()


def test_checkpoints_are_exact(tmp_path: Path) -> None:
    """Every bit comes back, of both dtypes."""
    case, path = HARD_CASES["ordinary"], tmp_path / "one.safetensors"
    for dtype in ("float64", "float32"):
        theta = case.cast(np.dtype(dtype))[0]
        kept = Checkpoint(theta, 7, {"dtype": dtype})
        write_checkpoint(path, kept)
        found = read_checkpoint(path, kept)
        assert found is not None
        assert found.step == 7
        for (W, b), (V, c) in zip(theta, found.parameters, strict=True):
            assert W.tobytes() == V.tobytes()
            assert b.tobytes() == c.tobytes()
            assert W.dtype == V.dtype
    assert [p.name for p in tmp_path.iterdir()] == ["one.safetensors"]


def test_checkpoints_of_others_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.safetensors"
    theta = HARD_CASES["ordinary"].parameters
    start = Checkpoint(theta, 0, {"l2": 1.0})
    assert read_checkpoint(path, start) is None
    write_checkpoint(path, Checkpoint(theta, 7, {"l2": 1.0}))
    with pytest.raises(Refused, match=r"another training: l2 is 1.0 there"):
        read_checkpoint(path, Checkpoint(theta, 0, {"l2": 2.0}))
    whole = path.read_bytes()
    for spoiled in (
        whole[: len(whole) // 2], b"", b"no checkpoint" * 9,
        # of the same length, so that the file is whole
        whole.replace(rb'{\"l2\": 1.0}', rb'[\"l2\", 1.0]'),
        whole.replace(b'"step":"7"', b'"step":"x"'),
    ):  # fmt: skip
        assert spoiled != whole
        path.write_bytes(spoiled)
        with pytest.raises(Refused, match="must be a file of"):
            read_checkpoint(path, start)
    for wrong in (
        Checkpoint(theta, -5, start.training),
        Checkpoint(theta[:1], 7, start.training),
        Checkpoint(HARD_CASES["m = 1"].parameters, 7, start.training),
        Checkpoint(
            tuple(Layer(W * np.nan, b) for W, b in theta), 7, start.training
        ),
        Checkpoint(
            HARD_CASES["ordinary"].cast(np.dtype("float32"))[0], 7,
            start.training,
        ),
    ):  # fmt: skip
        write_checkpoint(path, wrong)
        with pytest.raises(Refused, match="must be a file of"):
            read_checkpoint(path, start)


def test_a_checkpoint_that_cannot_be_written_leaves_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.safetensors"
    theta = HARD_CASES["ordinary"].parameters
    start = Checkpoint(theta, 0, {})
    write_checkpoint(path, Checkpoint(theta, 7, {}))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space") as caught:
        write_checkpoint(path, Checkpoint(theta, 8, {}))
    assert caught.value.filename == str(path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    found = read_checkpoint(path, start)
    assert found is not None
    assert found.step == 7


def test_fit_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On other ranks, to where one training comes to."""
    path = str(tmp_path / "run.safetensors")
    told = []
    for arguments in (
        ("--ranks", "3", "--steps", "8", "--checkpoint", path),
        ("--ranks", "2", "--steps", "12", "--checkpoint", path),
        ("--ranks", "1", "--steps", "12"),
    ):
        assert main(["fit", "--every", "4", *arguments]) == 0
        told.append(capsys.readouterr().out.splitlines())
    steps = [[x for x in lines if x.startswith("step ")] for lines in told]
    assert [x.split(":")[0] for x in steps[1]] == ["step 12"]
    assert steps[0] + steps[1] == steps[2]
    assert main(["fit", "--keep-prob", "0.5", "--checkpoint", path]) == 2
    assert "keep_prob is 1.0 there" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--seed", "-1"), "must be a whole number in"),
     (("--ranks", "0"), "number of ranks >= 1"),
     (("--ranks", "two"), "number of ranks >= 1"),
     (("--device", "cuda:99"), "device must be one of"),
     (("--checkpoint", "no/such/folder/x"), "in a folder that is there")],
)  # fmt: skip
def test_fit_refuses(
    arguments: Any, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is computed."""
    with suppress(SystemExit):  # of the command line's own parser
        assert main(["fit", *arguments]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""


def test_fit_names_the_rank(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Whose death ends it; the checkpoint before it is there."""
    path = tmp_path / "run.safetensors"
    steps = ["--every", "4", "--checkpoint", str(path)]
    assert main(["fit", "--steps", "4", *steps]) == 0

    def died(*arguments: Any, **named: Any) -> Any:
        raise RankError("rank 1 of 2 died by SIGKILL")

    monkeypatch.setattr("reports.fit.some_steps", died)
    assert main(["fit", "--steps", "8", *steps]) == 4
    said = capsys.readouterr().err
    assert said.startswith("rank 1 of 2 died by SIGKILL")
    assert str(path) in said
    with safe_open(path, "np") as file:
        assert file.metadata()["step"] == "4"


def line(
    engine: str, ranks: int, m: int, seconds: float, passes: bool = True
) -> dict[str, Any]:
    proof = {
        "passes": passes, "ratio": 3.0, "precision": ["float32"], "error": 1.0,
        "typical": 1.0, "cost_passes": True, "void": False,
    }  # fmt: skip
    found = {
        "seconds": [seconds] * 3, "proof": proof, "collectives": [],
        "sent": model.least_bytes("small", ranks) * 1.5,
    }  # fmt: skip
    return race.line((engine, ranks, 0), f"small {m}", found)


LINK = [(4.0, 1e-3), (4e3, 1e-3), (4e6, 5e-3)]
FOUND = [
    line("torch DDP", 1, 456, 8e-3),
    line("torch DDP", 1, 228, 5e-3),
    line("torch DDP", 2, 456, 10e-3),
    race.line(("torch DDP", 2, 0), "link", {"times": LINK}),
]
"""A step takes 2 ms and 3 ms for 228 examples; a sum over two 1 ms."""


def test_efficiency() -> None:
    found = measured_rows(FOUND)
    _, ((_, *strong),) = strong_table(found, "small")
    assert strong == ["8.00 ms ± 0 %", "10.0 ms ± 0 %", "40 %"]
    _, ((_, *weak),) = weak_table(found, "small")
    assert weak == ["5.00 ms ± 0 %", "10.0 ms ± 0 %", "50 %"]
    _, ((*_, ratio, told),) = byte_table(found)
    assert (ratio, told) == ("1.50", "–")


def test_the_model_by_hand() -> None:
    """DDP sums its gradients at once, and J: two sums of few bytes."""
    (seen,) = outlooks(measured_rows(FOUND), FOUND)
    a, c = seen.share
    assert abs(a - 2e-3) < 1e-9
    assert abs(228 * c - 3e-3) < 1e-9
    assert abs(seen.strong[2] - (2e-3 + 3e-3 + 2 * 1e-3)) < 1e-9
    # Four ranks: a quarter of the examples, and three times two messages.
    assert abs(seen.strong[4] - (2e-3 + 1.5e-3 + 2 * 3 * 1e-3)) < 1e-9
    assert abs(seen.weak[4] - (2e-3 + 3e-3 + 2 * 3 * 1e-3)) < 1e-9
    told = headline(measured_rows(FOUND), [seen])
    assert "within a factor of 1.43" in told[-1]
    link = model.fit_link(LINK)
    assert link.sum_of(1e6, 1) == 0
    assert link.over_two(8_000_000) == 10e-3


def test_no_time_without_its_proof() -> None:
    bad = [*FOUND[:2], line("torch DDP", 2, 456, 1e-3, passes=False)]
    assert [row.ranks for row in measured_rows(bad)] == [1, 1]
    assert refusals(bad) == [
        "torch DDP, 2 ranks, small network, 456 examples: error / bound = 3"
    ]
    died = race.line(("torch DDP", 2, 0), "all", {}, error="RankError: 1 died")
    assert refusals([died]) == ["torch DDP, 2 ranks: RankError: 1 died"]


def test_what_the_compiler_tells() -> None:
    text = """HloModule m
%body (p: f32[2]) -> f32[2] {
  %a = (f32[3,4]{1,0}, /*index=1*/f32[]) all-reduce(%x, %y), replica_groups={}
  %g = f32[8,2]{1,0} all-gather(%z), dimensions={0}
}
ENTRY %main (p: f32[2]) -> f32[2] {
  %after = f32[100]{0} all-gather(%w), dimensions={0}
}
"""
    assert collectives_of(text) == [("all-reduce", 52), ("all-gather", 64)]


def test_every_share_is_measured_alone() -> None:
    """What the model needs: one rank on several m of each network."""
    alone = rows.rows_of(1)
    for name, shape in rows.NETWORKS.items():
        own = {row.m for row in alone if row.network == name}
        assert {shape.together, shape.each} <= own
        assert len(own) >= 2
        assert rows.Row(name, 3 * shape.each) in rows.rows_of(3)


def test_what_was_cut_off_is_measured_again() -> None:
    """Killed between two lines of a task, whose others are no result yet."""
    task = "torch DDP", 2, 0
    lines = [
        race.line(task, f"{row.network} {row.m}", {}) for row in rows.rows_of(2)
    ]
    lines.append(race.line(task, "link", {}))
    assert race.whole_tasks(lines) == {task}
    assert race.whole_tasks([*lines, *lines]) == {task}
    for k in range(len(lines)):
        assert not race.whole_tasks(lines[:k] + lines[k + 1 :] + lines[:k])
    lines[0]["error"] = "RankError: rank 1 died"
    assert not race.whole_tasks(lines)


def run_of(found: list[Any], processor: str) -> dict[str, Any]:
    machine = {
        "processor": processor, "cores": 2, "gpus": [], "date": "2026",
        "system": "Linux", "python": "3", "versions": {}, "commit": "c",
    }  # fmt: skip
    own = {"command": "scale", "machine": machine, "found": found}
    return {"schema": 1, "kind": "scale", "runs": [own]}


@pytest.mark.usefixtures("undrawn")
def test_runs_are_merged(tmp_path: Path) -> None:
    """Those of one kind of machine into one section: a cluster's ranks and
    one of its own; another machine has its own section."""
    for name, found, processor in (
        ("a", FOUND[:2], "P"), ("b", FOUND[2:], "P"), ("c", FOUND, "Q"),
    ):  # fmt: skip
        (tmp_path / name).mkdir()
        write_scale(run_of(found, processor), tmp_path / name)
    inputs = [str(tmp_path / name) for name in "abc"]
    assert main(["merge", str(tmp_path / "all"), *inputs]) == 0
    text = (tmp_path / "all" / "report.md").read_text()
    assert text.count("| 8.00 ms ± 0 % | 10.0 ms ± 0 % | 40 %") == 2
    assert [x for x in text.splitlines() if x.startswith("## ")] == [
        "## P, 2 cores", "## Q, 2 cores",
    ]  # fmt: skip
    run = load(tmp_path / "all")
    assert len(run["runs"]) == 3
    assert main(["render", str(tmp_path / "all")]) == 0


@pytest.mark.usefixtures("undrawn")
def test_two_measurements_are_not_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What both have measured stands apart; and one is not two."""
    slow = [line("torch DDP", 2, 456, 600e-3)]
    for name, found in (("a", FOUND), ("b", slow), ("c", FOUND)):
        (tmp_path / name).mkdir()
        write_scale(run_of(found, "P"), tmp_path / name)
    a, b, c = (str(tmp_path / name) for name in "abc")
    assert main(["merge", str(tmp_path / "all"), a, b]) == 0
    text = (tmp_path / "all" / "report.md").read_text()
    assert [x for x in text.splitlines() if x.startswith("## ")] == [
        "## P, 2 cores", "## P, 2 cores, run 2",
    ]  # fmt: skip
    assert "10.0 ms" in text
    assert "600 ms" in text
    assert main(["merge", str(tmp_path / "none"), a, c]) == 2
    assert "two hold the same" in capsys.readouterr().err


def test_bytes_are_of_every_machine_once() -> None:
    """Two ranks on one machine count the same bytes, and each on its own
    does not."""
    for hosts, sent, due in (((1, 1), (5, 5), 5), ((1, 2), (5, 6), 11)):
        told = iter((hosts, sent))
        rank: Any = SimpleNamespace(
            contract=SimpleNamespace(gather=lambda n, told=told: next(told))
        )
        assert Rank.of_all_hosts(rank, sent[0]) == due


def test_all_ranks_go_on_from_one_file(tmp_path: Path) -> None:
    theta = HARD_CASES["ordinary"].parameters
    start, path = Checkpoint(theta, 0, {}), tmp_path / "one.safetensors"
    write_checkpoint(path, Checkpoint(theta, 7, {}))
    rank: Any = SimpleNamespace(gather=lambda mark: [mark, mark])
    assert common(rank, path, start).step == 7
    rank.gather = lambda mark: [mark, start.mark()]
    with pytest.raises(Refused, match=r"one file for all ranks.*\[1\]"):
        common(rank, path, start)


def test_fit_is_of_its_launcher(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or each rank would train by itself, into one file."""
    monkeypatch.setenv("RANK", "0")
    assert main(["fit", "--engine", "numpy"]) == 2
    assert "RANK and WORLD_SIZE must be" in capsys.readouterr().err
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert main(["fit", "--engine", "numpy"]) == 2
    assert "--engine must be of torchrun" in capsys.readouterr().err
    assert main(["scale", "--ranks", "2"]) == 2
    assert "--ranks must be left to torchrun" in capsys.readouterr().err


def test_a_folder_is_of_one_place(tmp_path: Path) -> None:
    """What torchrun's ranks take is no time of a person's own."""
    append(tmp_path, race.line(("torch DDP", 2, 0), "small 456", FOUND_STEP))
    race.check_place(tmp_path, race.OWN)
    with pytest.raises(Refused, match="was measured by ranks of its own"):
        race.check_place(tmp_path, "ranks of torchrun on cpu")
    append(tmp_path, race.line(("torch DDP", 2, 0), "small 456", {}))
    with pytest.raises(Refused, match="line 2: found must have seconds"):
        race.read_found(tmp_path)


FOUND_STEP = {"seconds": [1.0], "sent": 1.0, "proof": {}, "collectives": []}


@pytest.mark.slow
def test_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ranks, for real, on the small network: proven, timed, told."""
    pytest.importorskip("torch")
    small = {"small": rows.NETWORKS["small"]}
    for module in ("rows", "tables", "pictures", "files", "results", "model"):
        monkeypatch.setattr(
            f"reports.scale.{module}.NETWORKS", small, raising=False
        )
    out = tmp_path / "scale"
    command = ["scale", "--quick", "--ranks", "1,2", "--only", "DDP"]
    assert main([*command, "--out", str(out)]) == 0
    run = json.loads((out / "run.json").read_text())
    found = measured_rows(run["runs"][0]["found"])
    assert {row.ranks for row in found} == {1, 2}
    assert all(row.seconds > 0 for row in found)
    (two,) = [r for r in found if r.ranks == 2]
    # Bytes are counted by the system, over all that goes on beside.
    assert two.sent >= model.least_bytes("small", 2)
    before = (out / "samples.jsonl").read_bytes()
    assert main([*command, "--out", str(out)]) == 0
    assert (out / "samples.jsonl").read_bytes() == before


def test_readme_has_the_published_scaling() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_section(readme, readme_section()) == readme


@pytest.mark.usefixtures("undrawn")
def test_published_scaling_is_of_its_run(tmp_path: Path) -> None:
    for path in PUBLISHED.glob("*/scale/run.json"):
        write_scale(load(path.parent), tmp_path)
        for name in ("report.md", "summary.csv"):
            made = (tmp_path / name).read_text(encoding="utf-8")
            assert made == (path.parent / name).read_text(encoding="utf-8")


@pytest.mark.usefixtures("undrawn")
def test_publish_refuses(tmp_path: Path) -> None:
    write_scale(run_of(FOUND, "P"), tmp_path)
    with pytest.raises(Refused, match="every engine, lacks torch FSDP2"):
        publish(tmp_path, tmp_path / "published")
    assert not (tmp_path / "published").exists()
