"""Data parallelism: R ranks are one, in every engine, and in every fault."""

import ast
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import psutil
import pytest

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import ALL_CHECKS, CASE_CHECKS, PARALLEL_CHECKS
from parity_tests.comparison import require
from parity_tests.guests import three_workers
from parity_tests.judging import check_implementation
from parity_tests.judging.diagnosis import diagnose
from parity_tests.judging.examination import Examiner
from parity_tests.mistakes import MISTAKES, Mistake
from parity_tests.power import Observed
from parity_tests.test_house import SHARED, formula, public, signature, source
from parity_tests.wrong.mistake import twin
from reference import Layer, Network
from reference.contract.crew import crews
from reference.specification import Contract, RankError, ask_crew

ROOT = Path(__file__).parent.parent
FEW = (
    "ordinary", "m = 1", "equal widths, m = n", "every activation",
    "ReLU output", "L2 with dropout", "strong L2 at m = 1", "40 steps",
)  # fmt: skip
"""Shares that differ, ranks without an example, layers narrower than the
ranks are many; the penalty, masks, and the way of many steps."""
OF_EXAMPLES = (
    "prediction", "normalization", "dropout_training", "early_stopping",
)  # fmt: skip
"""The checks of what goes over the examples."""
FEWER = ("m = 1", "L2 with dropout")
ENGINES = (
    ("torch_impl", "ddp:2", "float64"),
    ("torch_impl", "ddp:3", "float32"),
    ("torch_impl", "fsdp:2", "float32"),
    ("torch_impl", "fsdp:4", "float64"),
    ("jax_impl", "sharded:2x1", "float64"),
    ("jax_impl", "sharded:1x3", "float32"),
    ("jax_impl", "sharded_weights:2", "float32"),
    ("jax_impl", "sharded_weights:2x2", "float64"),
)
NETWORK = Network((3, 5, 1), ("tanh", "sigmoid"))
X = np.linspace(-1, 1, 21).reshape(3, 7)
Y = (X[:1] > 0) * 1.0


def prove(implementation: Contract, cases: Any, checks: Any) -> None:
    """Every check of every case, and the others."""
    for case in cases:
        for check in CASE_CHECKS.values():
            require(check(implementation, HARD_CASES[case]))
    every = {**ALL_CHECKS, **PARALLEL_CHECKS}
    for name in checks:
        require(every[name](implementation))


@pytest.mark.parametrize(
    "R", [3, *(pytest.param(R, marks=pytest.mark.slow) for R in (1, 2))]
)
def test_ranks_that_take_turns(R: int) -> None:
    dtype = "float32" if R % 2 else "float64"
    mode = f"sharded:{R}"
    implementation = reference.implementation(dtype=dtype, mode=mode)
    assert implementation.ranks == R
    prove(implementation, FEW, (*OF_EXAMPLES, "dropout_law", "example_masks"))


@pytest.mark.slow
@pytest.mark.parametrize(("R", "dtype"), [(4, "float64")])
def test_ranks_that_take_turns_everywhere(R: int, dtype: str) -> None:
    implementation = reference.implementation(dtype=dtype, mode=f"sharded:{R}")
    prove(implementation, HARD_CASES, ALL_CHECKS)


@pytest.mark.slow
@pytest.mark.parametrize(("package", "mode", "dtype"), ENGINES)
def test_engines(package: str, mode: str, dtype: str) -> None:
    """On two ranks what goes over examples too, where no other has it by the
    same code; on more, shares and masks."""
    pytest.importorskip(package.removesuffix("_impl"))
    module = importlib.import_module(package)
    implementation = module.implementation(dtype=dtype, mode=mode)
    every = (*OF_EXAMPLES, *PARALLEL_CHECKS)
    whole = implementation.ranks == 2 and mode != "sharded:2x1"
    prove(implementation, FEWER, every if whole else ())


def test_one_mask_for_any_ranks() -> None:
    """The engines' are in test_scale, where a checkpoint needs it."""
    drawn = [
        reference.implementation(mode=f"sharded:{R}")
        .sample_dropout(NETWORK, 0.5, 11, 2**40)
        .masks[0]
        for R in (1, 2, 4)
    ]
    assert np.array_equal(drawn[1], drawn[0])
    assert np.array_equal(drawn[2], drawn[0])


@pytest.mark.parametrize("package", ["reference", "torch_impl", "jax_impl"])
def test_one_mask_for_both_dtypes(package: str) -> None:
    pytest.importorskip({"reference": "numpy"}.get(package, package[:-5]))
    page = importlib.import_module(package).data_parallel
    drawn = []
    for dtype in ("float64", "float32"):
        implementation = importlib.import_module(package).implementation(
            dtype=dtype
        )
        with implementation.scope():
            D = page.example_masks(7, 1, 40, 0.5, 3, 5)
            drawn.append(implementation.to_numpy(D))
    assert np.array_equal(*drawn)
    assert drawn[0].shape == (40, 5)


def test_the_checks_call_every_function() -> None:
    """Of reference.data_parallel.__all__, all but the type."""
    observed: Any = Observed(reference.implementation(mode="sharded:3"), True)
    prove(observed, ("L2 with dropout",), (*OF_EXAMPLES, *PARALLEL_CHECKS))
    functions = {*reference.data_parallel.__all__} - {"Ranks"}
    assert observed.called >= {f"data_parallel.{name}" for name in functions}


def test_shares() -> None:
    shares = reference.data_parallel.shares
    assert shares(7, 3) == (3, 3, 1)
    assert shares(5, 4) == (2, 2, 1, 0)
    assert shares(1, 3) == (1, 0, 0)
    assert all(sum(shares(m, R)) == m for m in range(1, 9) for R in range(1, 6))


def test_worked_example() -> None:
    """Three examples on two ranks: by hand, and what a mean of means is."""
    page = reference.data_parallel
    network = Network((1, 1), ("identity",))
    theta = (Layer(np.ones((1, 1)), np.zeros((1, 1))),)
    X, Y = np.array([[1.0, 2.0, 4.0]]), np.zeros((1, 3))
    ranks = page.Ranks(2)
    assert [p.tolist() for p in page.shard(ranks, X)] == [[[1, 2]], [[4]]]
    J = page.cost(ranks, network, theta, X, Y)
    assert J == (1 + 4 + 16) / 2 / 3  # not the mean of 5/4 and 16/2
    ((dW, db),) = page.gradients(ranks, network, theta, X, Y)
    assert dW == 7
    assert abs(db - 7 / 3) < 1e-15
    mu, sigma = page.fit_normalization(ranks, X)
    assert abs(mu - 7 / 3) < 1e-15
    assert abs(sigma**2 - 14 / 9) < 1e-15


@pytest.mark.parametrize("package", ["torch_impl", "jax_impl"])
@pytest.mark.parametrize("page", SHARED)
def test_same_signatures(page: str, package: str) -> None:
    """What an engine has of the reference's functions, it has in the same
    file, in its order, with its signatures and formulas."""

    def told(package: str) -> dict[str, ast.FunctionDef]:
        tree = source(package, f"data_parallel/{page}")
        return {
            node.name: node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name in public(tree)
        }

    ours, theirs = told("reference"), told(package)
    both = [name for name in theirs if name in ours]
    assert both == [name for name in ours if name in theirs]
    assert set(ours) - set(theirs) <= BY_LIBRARY
    for name in both:
        assert formula(theirs[name]) == formula(ours[name]), name
        if name not in LOCAL:
            assert signature(theirs[name]) == signature(ours[name]), name


BY_LIBRARY = {"all_reduce", "all_gather", "cost_share", "gradient_share",
              "step"}  # fmt: skip
"""What DDP, FSDP2 and XLA do for a mirror, or their optimizer."""
LOCAL = {"shard", "shard_dropout", "all_reduce", "all_gather"}
"""What a rank does alone, and the reference for all: a part or an array of
one of them here, and of all there."""


@pytest.mark.parametrize(
    "mode",
    ["sharded:0", "sharded:x", "sharded:2x", "sharded:-1", "eager:2",
     "sharded:"],
)  # fmt: skip
def test_modes_that_are_none(mode: str) -> None:
    with pytest.raises(ValueError, match="mode") as caught:
        reference.implementation(mode=mode)
    assert repr(mode) in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "mistake", [m for m in MISTAKES if m.is_parallel], ids=lambda m: m.name
)
def test_mistakes_are_named(mistake: Mistake) -> None:
    """By the proofs in which they show first."""
    examiner = Examiner(twin("float64", mistake))
    findings = [
        examiner.ask(k)
        for k, proof in enumerate(examiner.proofs)
        if proof.name.split(",")[0] == mistake.first
    ]
    named = [m for d in diagnose("float64", findings) for m in d.mistakes]
    assert mistake in named


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "name"),
    [("", "", None),
     ("weight = len(i) / m", "weight = 1 / ranks",
      "mean of the ranks' gradients"),
     ("dW + l2 / m * W", "dW + ranks * l2 / m * W", "decay of each rank")],
)  # fmt: skip
def test_a_stranger_with_workers(old: str, new: str, name: str | None) -> None:
    """Whose examples are shared by another rule than ours."""
    text = Path(three_workers.__file__).read_text()
    assert old in text
    guest = ModuleType("guest")
    exec(compile(text.replace(old, new), "guest", "exec"), vars(guest))
    found = check_implementation(guest)
    assert found["verdict"] == ("fail" if name else "pass")
    assert [d["mistake"] for d in found["diagnosis"]] == (
        [name] if name else []
    )


@pytest.fixture
def nobody_left() -> Iterator[None]:
    yield
    while crews:
        crews.popitem()[1].end()
    children = psutil.Process().children(recursive=True)
    assert not [c for c in children if "contract.member" in " ".join(line(c))]


def line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def asked(mode: str, call: Any = (1, 2)) -> Any:
    """What three ranks of that mode answer."""
    package, made = "parity_tests.guests.ranks_at_fault", ("cpu", "f", mode)
    ranks = [{"RANK": str(r)} for r in range(3)]
    return ask_crew(package, (mode, 3), lambda: ranks, made, "train", call, {})


@pytest.mark.usefixtures("nobody_left")
@pytest.mark.parametrize(
    ("mode", "told"),
    [("dies", "rank 1 of 3 died by SIGKILL"),
     ("hangs", "rank 1 of 3 did not answer train within 3 s (RANKS_TIMEOUT)"),
     *(pytest.param(*each, marks=pytest.mark.slow) for each in (
         ("exits", "rank 1 of 3 died with exit status 3: out of luck"),
         ("stops",
          "rank 1 of 3 did not answer train within 3 s (RANKS_TIMEOUT): no "
          "sign of life"),
         ("raises", "rank 1 of 3 failed, and not all did: ZeroDivisionError"),
         ("never comes",
          "rank 1 of 3 did not come within 3 s (RANKS_TIMEOUT): it is at"),
     ))],
)  # fmt: skip
def test_a_rank_at_fault_is_named(
    monkeypatch: pytest.MonkeyPatch, mode: str, told: str
) -> None:
    """Within the time limit; no process is left, and the next call is
    answered by new ones."""
    monkeypatch.setenv("RANKS_TIMEOUT", "3")
    monkeypatch.setattr("reference.contract.crew.GRACE", 1.0)
    with pytest.raises(RankError) as caught:
        asked(mode)
    assert told in str(caught.value)
    assert "rank 0" not in str(caught.value)
    monkeypatch.setenv("RANKS_TIMEOUT", "60")
    assert asked("is well") == (1, 2)


@pytest.mark.usefixtures("nobody_left")
def test_what_all_raise_is_raised() -> None:
    """As it is; and the ranks stay for the next call."""
    with pytest.raises(ValueError, match=r"^train must be right$"):
        asked("all raise")
    before = [m.process.pid for m in next(iter(crews.values())).members]
    with pytest.raises(ValueError, match=r"^train must be right$"):
        asked("all raise")
    after = [m.process.pid for m in next(iter(crews.values())).members]
    assert before == after


@pytest.mark.usefixtures("nobody_left")
def test_a_large_call() -> None:
    """Larger than what a pipe holds, there and back."""
    array = np.arange(2**20)
    (back,) = asked("is well", (array,))
    assert np.array_equal(back, array)


@pytest.mark.usefixtures("nobody_left")
def test_threads_get_their_own_answers() -> None:
    """Though they ask the same ranks, and each other's."""

    def ask(k: int) -> bool:
        mode = ("is well", "is as well")[k % 2]
        return bool(asked(mode, (k,)) == (k,))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(40)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_process_has_ranks_of_its_own() -> None:
    """And its end is not that of its parent's."""
    code = """
import multiprocessing
from parity_tests.test_data_parallel import ranks_asked
with_parent = ranks_asked(0)
with multiprocessing.get_context("fork").Pool(2) as pool:
    told = pool.map(ranks_asked, range(6))
assert [k for k, _ in told] == list(range(6))
assert not {pid for _, pids in told for pid in pids} & {*with_parent[1]}
assert ranks_asked(0) == with_parent
"""
    # Not from here: JAX may be loaded, and has threads that a fork breaks.
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, timeout=100,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def ranks_asked(k: int) -> tuple[int, list[int]]:
    """What they answer, and who they are."""
    (answer,) = asked("is well", (k,))
    (crew,) = crews.values()
    return answer, [m.process.pid for m in crew.members]


def test_ranks_end_with_their_person() -> None:
    """Killed in the middle of a call, it leaves nobody."""
    code = (
        "import sys; from parity_tests.test_data_parallel import asked\n"
        "print('asked', flush=True); asked('hangs')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    person = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, cwd=ROOT,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert person.stdout is not None
    assert person.stdout.readline() == "asked\n"
    ranks: list[psutil.Process] = []
    for _ in range(600):
        ranks = psutil.Process(person.pid).children(recursive=True)
        if len(ranks) == 3:
            break
        time.sleep(0.05)
    assert len(ranks) == 3
    person.kill()
    person.wait()
    person.stdout.close()
    _, left = psutil.wait_procs(ranks, timeout=30)
    assert not left


LAUNCHED = """
import torch_impl
from parity_tests.cases import HARD_CASES
from parity_tests.checks import ALL_CHECKS, CASE_CHECKS
from parity_tests.comparison import require

for mode in ("ddp", "fsdp"):
    implementation = torch_impl.implementation(mode=mode)
    assert implementation.crew is None and implementation.ranks == 2
    for check in CASE_CHECKS.values():
        require(check(implementation, HARD_CASES["L2 with dropout"]))
    require(ALL_CHECKS["normalization"](implementation))
print("proven")
"""
"""What a launcher starts on every rank: the same calls in the same order."""


@pytest.mark.slow
def test_torchrun(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    script = tmp_path / "script.py"
    script.write_text(LAUNCHED)
    told = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone",
         "--nproc-per-node", "2", str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("proven") == 2


FAULTY = """
import os, sys, time
import numpy as np
import reference, {package}
from reference import Network
from reference.specification import RankError

network = Network((3, 5, 1), ("tanh", "sigmoid"))
given = reference.implementation().initialize(network, "he", 0), np.ones((3, 7))
try:
    implementation = {package}.implementation(mode={mode!r})
    implementation.forward(network, *given)
    if "1" in (os.environ.get("RANK"), os.environ.get("JAX_PROCESS_ID")):
        time.sleep(3600)
    implementation.forward(network, *given)
except RankError as error:
    print(error, flush=True)
    os._exit(4)  # or JAX would wait for the other once more, and abort
"""
TORCH, JAX = ("torch_impl", "ddp", (2,)), ("jax_impl", "sharded", (2, 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "there", "told"),
    [(TORCH, (0, 1), "ranks [1] of 2 do not answer (forward: "),
     (TORCH, (0,), "ranks [1] of 2 never came within 5 s"),
     (JAX, (0, 1), "ranks [1] of 2 do not answer (forward, 5 s)"),
     (JAX, (1,), "not all of the ranks [0] of 2 came within 5 s")],
)  # fmt: skip
def test_a_launchers_rank_at_fault_is_named(
    engine: Any, there: tuple[int, ...], told: str
) -> None:
    """By those that wait for it, where no crew watches over them."""
    package, mode, shape = engine
    pytest.importorskip(package.removesuffix("_impl"))
    launch = importlib.import_module(f"{package}.data_parallel.launch")
    code = FAULTY.format(package=package, mode=mode)
    ranks = {
        r: subprocess.Popen(
            [sys.executable, "-c", code], text=True, cwd=ROOT,
            env={**os.environ, **own, "RANKS_TIMEOUT": "5"},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        for r, own in enumerate(launch.variables(*shape))
        if r in there
    }  # fmt: skip
    waits = ranks[min(there)]
    try:
        output, _ = waits.communicate(timeout=120)
    finally:
        for rank in ranks.values():
            rank.kill()
            rank.communicate()
    assert told in output
    assert waits.returncode == 4
