"""The judge of other people's implementations: what it says, of whom."""

import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
import psutil
import pytest

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import ALL_CHECKS
from parity_tests.checks.activations import one_activation
from parity_tests.checks.initialization import VARIANCE
from parity_tests.guests import homework
from parity_tests.judging import check_implementation, verdict
from parity_tests.judging.consequences import Differentiated
from parity_tests.judging.examination import (
    BETWEEN,
    LENIENT,
    Finding,
    clause_rows,
)
from parity_tests.judging.guest import Call, Guest, Missing
from parity_tests.judging.judge import judge
from parity_tests.judging.live import OfFunction
from parity_tests.judging.packing import packed, unpacked
from parity_tests.judging.reading import Misfit
from parity_tests.judging.target import NoTarget, load, methods_of
from parity_tests.judging.verdict import BROKEN, NO_NAME
from parity_tests.mistakes import MISTAKES, Mistaken
from reference import Dropout

ROOT = Path(__file__).parents[1]
HOMEWORK = Path(homework.__file__)
SOURCE = HOMEWORK.read_text()


CASE = HARD_CASES["ordinary"]
RIGHT = reference.implementation()


class Made:
    """A guest of functions that are given by name."""

    def __init__(self, **methods: Any) -> None:
        vars(self).update(methods)


def spoiled(*changes: tuple[str, str]) -> Made:
    """The homework with other lines."""
    text = SOURCE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    names: dict[str, Any] = {}
    exec(compile(text, "homework", "exec"), names)
    return Made(forward=names["forward"], gradients=names["gradients"])


def written(text: str) -> Made:
    """A guest of its own source."""
    names: dict[str, Any] = {"np": np}
    exec(compile(text, "written", "exec"), names)
    return Made(**names)


def named(found: dict[str, Any]) -> list[str]:
    return [entry["mistake"] for entry in found["diagnosis"]]


def test_a_right_homework_passes() -> None:
    found = check_implementation(homework)
    assert found["verdict"] == "pass"
    assert found["first_departure"] is None
    assert found["diagnosis"] == []
    passed = {c["id"] for c in found["clauses"] if c["verdict"] == "pass"}
    assert passed >= {"2.3", "2.4", "2.9", "2.10", "2.11", "2.12", "3.1-l2"}
    # What it was never asked, it does not pass.
    assert not passed & {"3.1-dropout", "3.2.2-he", "1.2-cost"}


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_our_own_pass(dtype: str) -> None:
    """The reference, as a stranger's, in every clause."""
    found = check_implementation(reference.implementation(dtype=dtype))
    assert found["verdict"] == "pass"
    assert {c["verdict"] for c in found["clauses"]} == {"pass"}


@pytest.mark.parametrize(
    ("changes", "names", "quantity"),
    [
        ([("W @ A[-1] + b", "W @ A[-1]")], ["bias forgotten"], "A[1]"),
        ([("A * (1 - A)", "A**2 * (1 - A)")], None, "db[1]"),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (
                ([("dZ = A[-1] - Y", "dZ = Y - A[-1]")], ["dZ = Y - A"],
                 "db[1]"),
                ([("1 - A**2", "1 - A")], ["tanh' without the square"],
                 "db[1]"),
                ([("1 - A**2", "1 - A"), ("l2 / m * W", "l2 * W")],
                 ["tanh' without the square", "weight decay of lambda"],
                 "db[1]"),
                ([("l2 / m * W", "l2 * W")], ["weight decay of lambda"],
                 "dW[2]"),
                ([("l2 / m * W", "2 * l2 / m * W")],
                 ["gradient of the penalty with a 2"], "dW[2]"),
                ([("dZ.sum(1, keepdims=True) / m",
                   "dZ.sum(1, keepdims=True)")], ["db without 1/m"], "db[1]"),
                ([(" * G[network.activations[l - 2]][1](A[l - 1])", "")],
                 ["g' left out"], "db[1]"),
                ([("dZ = A[-1] - Y", "dZ = Y - A[-1]"),
                  ("dZ @ A[l - 1].T / m", "dZ @ A[l - 1].T")],
                 ["dZ = Y - A", "dW without 1/m"], "db[1]"),
            )
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named(
    changes: Any, names: list[str] | None, quantity: str
) -> None:
    """Alone, and two at once; or it is said that it has no name."""
    found = check_implementation(spoiled(*changes))
    assert found["verdict"] == "fail"
    assert found["first_departure"]["method"] in ("forward", "gradients")
    if names is None:
        assert named(found) == []
        assert NO_NAME in found["notes"]
    else:
        assert sorted(named(found)) == sorted(names)


@pytest.mark.slow
def test_what_can_be_said_without_a_name() -> None:
    found = check_implementation(Made(
        cost=lambda network, parameters, X, Y: 3
        * RIGHT.cost(network, parameters, X, Y)
    ))  # fmt: skip
    assert NO_NAME in found["notes"]
    assert any("constant factor of 3" in text for text in found["notes"])


def test_the_wrong_answer_among_right_ones_is_found() -> None:
    """A check asks for many activations; one is wrong, and not the last."""

    def activation(name: str, Z: Any, leaky_slope: float = 0.01) -> Any:
        A = RIGHT.activation(name, Z, leaky_slope)
        return A + 1 if name == "sigmoid" else A

    found = check_implementation(Made(activation=activation))
    assert found["first_departure"]["method"] == "activation"
    assert any("off by the same 1 in" in text for text in found["notes"])


def test_what_raises_is_the_first_departure() -> None:
    """The method that raised, and not the one that answered before it."""

    def cost(network: Any, parameters: Any, X: Any, Y: Any) -> float:
        raise ZeroDivisionError("m - m")

    found = check_implementation(Made(forward=homework.forward, cost=cost))
    assert found["first_departure"]["method"] == "cost"
    assert found["first_departure"]["got"] == "ZeroDivisionError: m - m"


@pytest.mark.slow
def test_the_first_departure_has_its_entry() -> None:
    """Which layer, which entry, what came and what was due."""
    wrong = spoiled(("W @ A[-1] + b", "W @ A[-1] + b + 1e-9"))
    found = check_implementation(Made(forward=vars(wrong)["forward"]))
    departure = found["first_departure"]
    assert departure["quantity"] == "A[1]"
    assert len(departure["index"]) == 2
    assert departure["ratio"] > 1
    assert abs(departure["got"] - departure["expected"]) < 1e-8


def forward_of(answer: Any) -> Any:
    """What a guest makes of its forward's answer."""
    guest = Guest(Made(forward=lambda network, parameters, X: answer))
    return guest.forward(CASE.network, CASE.parameters, CASE.X)


def test_answers_come_in_many_clothes() -> None:
    A = RIGHT.forward(CASE.network, CASE.parameters, CASE.X)
    named = {f"A{l}": a for l, a in enumerate(A, start=1)}
    for answer in (list(A), [CASE.X, *A], named, [a.tolist() for a in A],
                   (a for a in A)):  # fmt: skip
        assert all(map(np.array_equal, forward_of(answer), A))
    last = forward_of(A[-1])
    assert np.array_equal(last[-1], A[-1])
    assert len(last) == 3


def test_tensors_are_read() -> None:
    torch = pytest.importorskip("torch")
    A = RIGHT.forward(CASE.network, CASE.parameters, CASE.X)
    with_grad = [torch.tensor(a, requires_grad=True) for a in A]
    assert all(map(np.array_equal, forward_of(with_grad), A))


def test_gradients_may_be_named() -> None:
    """dW1, db1, ... in a dict, as homeworks have them."""
    data = CASE.network, CASE.parameters, CASE.X, CASE.Y
    dJ = RIGHT.gradients(*data)
    named = {
        f"d{name}{l}": a
        for l, layer in enumerate(dJ, start=1)
        for name, a in zip("Wb", layer, strict=True)
    }
    guest = Guest(Made(gradients=lambda *arguments: named))
    for got, due in zip(guest.gradients(*data), dJ, strict=True):
        assert all(map(np.array_equal, got, due))


def test_what_cannot_be_read_is_told() -> None:
    with pytest.raises(Misfit, match=r"forward must answer numbers, got str"):
        forward_of("done")
    for strange in (np.array([["a"]]), np.array([[1j]]), np.array([[None]])):
        with pytest.raises(Misfit, match="must answer numbers, got ndarray"):
            forward_of(strange)
    guest = Guest(Made(gradients=lambda network, parameters, X, Y: 3))
    with pytest.raises(Misfit, match=r"\(dW\[l\], db\[l\]\) .*, got int"):
        guest.gradients(CASE.network, CASE.parameters, CASE.X, CASE.Y)


def test_what_is_not_taken_is_missing() -> None:
    """Dropout and L2, where a function has no such argument."""
    guest = Guest(Made(forward=lambda network, parameters, X: None))
    masks = Dropout(0.5, (None, None))
    with pytest.raises(Missing, match="forward with dropout"):
        guest.forward(CASE.network, CASE.parameters, CASE.X, masks)
    with pytest.raises(Missing, match="cost"):
        guest.cost(CASE.network, CASE.parameters, CASE.X, CASE.Y)


def test_arguments_that_change_are_seen() -> None:
    def forward(network: Any, parameters: Any, X: Any) -> Any:
        answer = RIGHT.forward(network, parameters, X)
        X[:] = 0
        return answer

    found = check_implementation(Made(forward=forward))
    assert found["verdict"] == "fail"
    assert any("forward changes its arguments" in n for n in found["notes"])
    assert {c["verdict"] for c in found["clauses"]} == {
        "pass", "not implemented"
    }  # fmt: skip
    assert CASE.X.any()


@pytest.mark.slow
def test_a_broken_method_leaves_the_rest(tmp_path: Path) -> None:
    """It raises, exits, hangs, prints: each is told, and the rest judged."""
    (tmp_path / "bad.py").write_text(
        "import os, time\n"
        "from parity_tests.guests.homework import forward\n"
        "def cost(network, parameters, X, Y, l2=0.0):\n"
        "    print('here')\n"
        "    raise RuntimeError('no cost')\n"
        "def gradients(network, parameters, X, Y, l2=0.0):\n"
        "    os._exit(3)\n"
        "def predict(network, parameters, X):\n"
        "    time.sleep(1000)\n"
    )
    judged = judge(str(tmp_path / "bad.py"), timeout=3)
    errors = {
        f.proof.split(",")[0]: f.error for f in judged.in_order if f.error
    }
    assert (
        errors.items()
        >= {
            "cost": "RuntimeError: no cost",
            "gradients": "the process ended with exit status 3",
            "prediction": "no answer within 3 s",
        }.items()
    )
    assert any(f.verdict == "pass" and f.proof.startswith("forward, ")
               for f in judged.in_order)  # fmt: skip
    assert judged.remarks == ["it prints, which nobody sees here"]


def test_targets(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(SOURCE + "\nclass Mine:\n    forward = forward\n")
    assert hasattr(load(str(file)), "gradients")
    assert hasattr(load(f"{file}:Mine"), "forward")
    assert hasattr(load("parity_tests.guests.homework"), "forward")
    assert hasattr(load("reference"), "forward")
    (tmp_path / "made.py").write_text("def guest():\n    return {}\n")
    for target, message in (
        (str(tmp_path / "none.py"), "a file that is there"),
        ("no.such.module", "no module no"),
        (f"{file}:nothing", "has no nothing"),
        ("json", "has none"),
        (str(tmp_path / "made.py"), r"is it .*made\.py:guest\?"),
    ):
        with pytest.raises(NoTarget, match=message):
            load(target)


def test_json_has_no_infinity() -> None:
    """A cost of NaN is beyond every bound, and the page can be read."""
    found = check_implementation(
        Made(cost=lambda network, parameters, X, Y: np.nan)
    )
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text) == found
    assert found["first_departure"]["got"] == "nan"


def test_an_object_without_a_method_is_refused() -> None:
    with pytest.raises(ValueError, match=r"method of the contract, got Made"):
        check_implementation(Made(predictions=3))


@pytest.mark.slow
def test_plugin_of_pytest(tmp_path: Path) -> None:
    """From a folder of its own: a test a clause, and the mistake's name."""
    forward, _, _ = SOURCE.partition("\n\n\ndef gradients")
    (tmp_path / "mine.py").write_text(forward.replace("@ A[-1] + b", "@ A[-1]"))
    command = [sys.executable, "-m", "pytest", "-q", "-p",
               "parity_tests.judging.plugin", "--implementation", "mine.py",
               "-p", "no:cacheprovider", "-n", "0"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=tmp_path, env=environment, text=True,
                         capture_output=True, timeout=120)  # fmt: skip
    assert run.returncode == 1, run.stdout + run.stderr
    assert "FAILED" in run.stdout
    assert "test_clause[2.3]" in run.stdout
    assert "The mistake: bias forgotten" in run.stdout
    assert re.search(r"2 failed, 46 skipped", run.stdout)
    assert not (tmp_path / ".pytest_cache").exists()


@pytest.mark.slow
def test_a_live_module() -> None:
    """PyTorch's own weight_decay, as it is often written, is told."""
    pytest.importorskip("torch")
    from parity_tests.guests import torch_sequential

    wrong = check_implementation(torch_sequential.mistaken())
    assert wrong["first_departure"]["method"] == "train"
    assert named(wrong) == ["weight_decay of lambda in training"]


@pytest.mark.slow
def test_a_live_function() -> None:
    """(W, b, X) -> A, for the one network that it is meant for."""

    def function(W: Any, b: Any, X: Any) -> Any:
        return np.tanh(W[0] @ X + b[0])

    network = reference.Network((3, 4), ("tanh",))
    found = check_implementation(OfFunction(function, network))
    assert found["verdict"] == "pass"
    linear = check_implementation(
        OfFunction(lambda W, b, X: W[0] @ X + b[0], network)
    )
    assert linear["verdict"] == "fail"


def test_nothing_judged_is_no_pass() -> None:
    rows = clause_rows([Finding("cost, ordinary", ("1.2-cost",), "ordinary")])
    assert {row["verdict"] for row in rows} == {"not implemented"}


def test_a_light_import() -> None:
    """What waits for a homework's verdict waits for no framework."""
    program = (
        "import sys, parity_tests.judging.child, parity_tests.judging.judge\n"
        "heavy = {'torch', 'jax', 'sklearn', 'matplotlib'} & {*sys.modules}\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120,
                   cwd=ROOT)  # fmt: skip


def drawn(rule: Any) -> Made:
    """A guest of its own generator, with the given scale of the weights."""

    def initialize(network: Any, name: str, seed: int) -> Any:
        rng = np.random.Generator(np.random.MT19937(seed + 1000))
        return [
            (np.zeros(shape) if name == "zeros" else rule(rng, shape, name),
             np.zeros((shape[0], 1)))
            for shape in network.shapes
        ]  # fmt: skip

    return Made(initialize=initialize)


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({}, []),
        *(
            pytest.param(wrong, names, marks=pytest.mark.slow)
            for wrong, names in (
                ({"he": lambda n, k: 1 / k}, ["LeCun for He"]),
                ({"he": lambda n, k: 2 / n}, ["He of the fan out"]),
                ({"xavier": lambda n, k: 2 / (n + k)},
                 ["Glorot for the notes' Xavier"]),
                ({"xavier_average": lambda n, k: 1.5 / (n + k)}, []),
            )
        ),
    ],
)  # fmt: skip
def test_a_wrong_law_is_named(wrong: dict[str, Any], names: list[str]) -> None:
    """By its statistics, since nobody draws the same numbers again."""
    variance = VARIANCE | wrong

    def rule(rng: Any, shape: tuple[int, int], name: str) -> np.ndarray:
        return rng.standard_normal(shape) * math.sqrt(variance[name](*shape))

    found = check_implementation(drawn(rule))
    assert found["verdict"] == ("fail" if wrong else "pass")
    assert named(found) == names
    if wrong and not names:
        assert NO_NAME in found["notes"]
        assert any("variance 0.7" in note for note in found["notes"])


@pytest.mark.slow
def test_what_follows_from_a_mistake_is_no_other() -> None:
    """A library's gradients of a wrong J are right gradients of it."""
    doubled = next(m for m in MISTAKES if m.name == "penalty without the half")
    twin: Any = Differentiated(doubled)
    wrong = Mistaken(RIGHT, doubled)
    found = check_implementation(
        Made(cost=wrong.cost, gradients=twin.gradients), thorough=False
    )
    assert "penalty without the half" in named(found)
    assert not any(note.startswith("gradients") for note in found["notes"])


@pytest.mark.slow
def test_mistakes_go_together() -> None:
    """Two at once, also in one function, and one that is known already."""
    names = ["gradients summed", "biases decayed", "g' from A after dropout"]
    together = [m for m in MISTAKES if m.name in names]
    found = check_implementation(
        Made(gradients=Mistaken(RIGHT, *together).gradients)
    )
    assert {*named(found)} == {*names}


@pytest.mark.slow
def test_something_else_of_that_name_is_left_out() -> None:
    """predict(X) of an estimator; but forward(X) is told."""
    found = check_implementation(
        Made(forward=homework.forward, predict=lambda X: X)
    )
    assert found["verdict"] == "pass"
    assert any("predict must take" in note for note in found["notes"])
    wrong = check_implementation(Made(forward=lambda X: X))
    assert wrong["verdict"] == "fail"
    assert "forward must take (network" in wrong["first_departure"]["got"]


def test_what_one_process_alone_knows_is_sent() -> None:
    """An answer of a stranger's class, and one that nobody can send."""
    known = type("Known", (tuple,), {"__module__": "not_there"})
    module = ModuleType("not_there")
    vars(module)["Known"] = known
    with patch.dict(sys.modules, not_there=module):
        called = Call("price", (), {}, known((1.0, 2.0)))
        sent = packed(Finding("price", (), "price", calls=[called]))
    assert unpacked(sent).calls[0].answer == ((1.0, 2.0),)
    called = Call("price", (), {}, lambda: 0)
    sent = packed(Finding("price", (), "price", calls=[called]))
    assert unpacked(sent).calls[0].answer is None


@pytest.mark.slow
def test_what_is_missing_is_lent() -> None:
    """A check of two methods judges the one that is there, and passes
    neither."""
    found = check_implementation(Made(normalize=RIGHT.normalize))
    assert found["verdict"] == "pass"
    assert {c["verdict"] for c in found["clauses"]} == {"not implemented"}
    wrong = check_implementation(
        Made(normalize=lambda X, mu, sigma: (X - mu) / (sigma + 1e-8))
    )
    assert named(wrong) == ["1e-8 beside sigma"]


def test_a_form_that_is_right_to_1_is_right() -> None:
    """Which the suite asks more of: see the catalogue."""

    def activation(name: str, Z: Any, leaky_slope: float = 0.01) -> Any:
        if name == "sigmoid":
            return (1 + np.tanh(Z / 2)) / 2
        if name == "tanh":
            return 2 / (1 + np.exp(-2 * np.maximum(Z, -300))) - 1
        if name == "leaky_relu":
            s = leaky_slope
            return (1 + s) / 2 * Z + (1 - s) / 2 * np.abs(Z)
        return RIGHT.activation(name, Z, leaky_slope)

    guest = Made(activation=activation)
    assert check_implementation(guest)["verdict"] == "pass"
    twin = next(m for m in MISTAKES if m.name == "sigmoid through tanh")
    mistaken: Any = Mistaken(RIGHT, twin)
    comparisons = one_activation(mistaken, "activation", "sigmoid")
    assert not all(c.ratio <= 1 for c in comparisons)


def test_labels_of_0_and_1_are_enough() -> None:
    def cost(network: Any, parameters: Any, X: Any, Y: Any) -> float:
        if network.activations[-1] == "sigmoid":
            Y = (Y == 1).astype(float)
        return RIGHT.cost(network, parameters, X, Y)

    found = check_implementation(Made(cost=cost))
    assert found["verdict"] == "pass"
    assert found["notes"] == [f"cost is another one for {BETWEEN}"]


@pytest.mark.slow
def test_what_is_left_open_is_there() -> None:
    """Every name by which a stranger is excused begins that of a comparison
    that ours are held to."""
    names = {
        c.name
        for check in ("normalization", "prediction", "split", "split_law",
                      "augmentation", "gradient_check")
        for c in ALL_CHECKS[check](RIGHT)
    }  # fmt: skip
    for begun in LENIENT:
        assert any(name.startswith(begun) for name in names), begun


def test_a_search_that_breaks_down_takes_nothing_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*arguments: Any) -> None:
        raise ZeroDivisionError("in the search")

    monkeypatch.setattr(verdict, "diagnose", broken)
    found = check_implementation(Made(cost=lambda network, parameters, X, Y: 3))
    assert found["verdict"] == "fail"
    assert found["first_departure"]["method"] == "cost"
    assert found["notes"] == [f"{BROKEN}: ZeroDivisionError: in the search"]


@pytest.mark.slow
def test_a_name_contradicts_no_right_answer() -> None:
    """Two outputs are halved, and so might be the square; one is not."""

    def cost(network: Any, parameters: Any, X: Any, Y: Any) -> float:
        J = RIGHT.cost(network, parameters, X, Y)
        linear = network.activations[-1] != "sigmoid"
        return J / len(Y) if linear else J

    found = check_implementation(Made(cost=cost))
    assert named(found) == ["mean over the outputs of a squared error"]


def test_a_dtype_is_said_in_many_ways() -> None:
    for said in (np.float32, np.dtype("float32"), "float32"):
        assert Guest(Made(dtype=said)).dtype == np.float32
    assert Guest(Made(dtype=float)).dtype == np.float64
    strange = Guest(Made(dtype=np.dtype))
    assert strange.dtype == np.float64
    assert "its dtype must be one of" in strange.remarks["dtype"]


def test_what_a_library_gave_its_names_to_is_no_method() -> None:
    """from numpy import *, and split is numpy's."""
    module: Any = ModuleType("mine")
    module.split, module.forward = np.split, homework.forward
    assert methods_of(module) == ["forward"]
    by_name = Guest(Made(forward=lambda *, network, parameters, X: [X]))
    A = by_name.forward(CASE.network, CASE.parameters, CASE.X)
    assert np.array_equal(A[0], CASE.X)


@pytest.mark.slow
def test_who_interrupts_leaves_no_process(tmp_path: Path) -> None:
    """And waits for none: what hangs is ended."""
    (tmp_path / "hang.py").write_text(
        "import os, pathlib, time\n"
        f"BEGUN = pathlib.Path({str(tmp_path)!r})\n"
        "def forward(network, parameters, X):\n"
        "    (BEGUN / f'{os.getpid()}.pid').touch()\n"
        "    time.sleep(1000)\n"
    )
    command = [sys.executable, "-m", "reports", "check",
               str(tmp_path / "hang.py"), "--timeout", "1000"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL)  # fmt: skip
    while process.poll() is None and not list(tmp_path.glob("*.pid")):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    for file in tmp_path.glob("*.pid"):
        assert not psutil.pid_exists(int(file.stem))


def test_each_activation_is_judged_by_itself() -> None:
    def activation(name: str, Z: Any, leaky_slope: float = 0.01) -> Any:
        A = RIGHT.activation(name, Z, leaky_slope)
        return np.abs(Z) if name == "relu" else A

    found = check_implementation(Made(activation=activation))
    failed = [c["id"] for c in found["clauses"] if c["verdict"] == "fail"]
    assert failed == ["2.2-relu"]
    assert named(found) == ["ReLU as |Z|"]


def test_masks_come_in_many_clothes() -> None:
    masks = RIGHT.sample_dropout(CASE.network, 0.5, 3, 0).masks
    for answer in (Dropout(0.5, masks), (0.5, masks), list(masks),
                   [D.astype(float) for D in masks]):  # fmt: skip
        guest = Guest(Made(sample_dropout=lambda *_, a=answer: a))
        got = guest.sample_dropout(CASE.network, 0.5, 3, 0)
        assert got.keep_prob == 0.5
        assert all(map(np.array_equal, got.masks, masks))


NORMALIZATION = """
def fit_normalization(X):
    m, mu = X.shape[1], X.mean(1, keepdims=True)
    return {}
"""


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("mu, np.sqrt(np.maximum("
         "(X * X).sum(1, keepdims=True) / m - mu * mu, 0))",
         ["E x^2 - mu^2"]),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (
                # Below 0, and added up by another loop.
                ("mu, np.sqrt(np.einsum('ij,ij->i', X, X)[:, None] / m "
                 "- mu**2)", ["E x^2 - mu^2"]),
                ("mu, np.sqrt(np.abs((X * X).sum(1, keepdims=True) "
                 "- X.sum(1, keepdims=True)**2 / m) / m)",
                 ["E x^2 - mu^2"]),
                # Off by as much, and by something else.
                ("mu, np.sqrt(np.mean((X - mu.astype('f4'))**2, axis=1, "
                 "keepdims=True))", []),
                ("mu, X.std(1, keepdims=True) * (1 + 1e-9)", []),
                # mu has digits that float32 has not.
                ("mu, X.astype('f4').std(1, keepdims=True).astype(float)",
                 []),
                ("mu.astype('f4').astype(float), "
                 "X.astype('f4').std(1, keepdims=True).astype(float)",
                 ["float32 in disguise"]),
            )
        ),
    ],
)  # fmt: skip
def test_digits_that_cancel_are_no_float32(
    answer: str, names: list[str]
) -> None:
    """A variance as E x^2 - mu^2, by whichever loop; and what is off by as
    much is not called so."""
    found = check_implementation(written(NORMALIZATION.format(answer)))
    assert found["verdict"] == "fail"
    assert named(found) == names


MASKS = """
from parity_tests.guests.homework import forward
ranks = 3
def masks(seed, l, n, m):
    {}
def sample_dropout(network, keep_prob, m, seed):
    sizes = enumerate(network.layer_sizes[1:-1])
    return [masks(seed, l, n, m) < keep_prob for l, n in sizes]
"""
OWN = "np.random.default_rng([seed, l{}]).random"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("drawn", "names"),
    [
        (OWN.format("") + "((m, n)).T", []),
        (OWN.format("") + "((n, m))", ["masks by the others"]),
        ("np.hstack([" + OWN.format(", r") + "((n, len(i))) for r, i in "
         "enumerate(np.array_split(np.arange(m), ranks))])",
         ["masks by the others"]),
        ("np.hstack([" + OWN.format("") + "((n, len(i))) for i in "
         "np.array_split(np.arange(m), ranks)])",
         ["one seed on all ranks"]),
        ("np.random.default_rng(seed).random((m, n)).T",
         ["one stream for all layers"]),
    ],
)  # fmt: skip
def test_a_mask_that_the_others_change(drawn: str, names: list[str]) -> None:
    """By the rank in its seed, or since all are drawn in one block: what is
    told is true of both."""
    found = check_implementation(written(MASKS.format(f"return {drawn}")))
    assert found["verdict"] == ("fail" if names else "pass")
    assert named(found) == names
