"""The trainers made for speed: the same numbers in every layout they have."""

from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import train
from parity_tests.comparison import require
from parity_tests.implementations import Choice, choices
from parity_tests.trajectory import follow
from reference.specification import Contract, Network

CASES = (
    "every activation",
    "ReLU output",
    "identity output",
    "Z = 0 everywhere, leaky",
    "strong L2 at m = 1",
    "L2",
    "|Z| up to 1e4, hidden",
)
COMPILED = [
    choice
    for choice in choices(("torch_impl",))
    if choice.mode == "tuned" and not choice.absent()
]


@pytest.mark.clause("A1.1")
@pytest.mark.parametrize("mode", ["tuned", "threaded"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "layout", [{}, {"FOLD": 0}, {"FOLD": 0, "WIDE": 0}, {"WIDE": 0, "KEPT": 1}]
)
def test_layouts_of_theta(
    monkeypatch: pytest.MonkeyPatch, mode: str, dtype: str, layout: Any
) -> None:
    """b beside W or apart, W^T for W, np.matmul for np.dot, costs one by
    one: whatever small networks are spared, and large ones get."""
    tuned: Any = reference.tuned
    for name, value in {**layout, "SMALL": 50}.items():
        monkeypatch.setattr(tuned, name, value)
    implementation = reference.implementation(dtype=dtype, mode=mode)
    for name in CASES:
        require(train(implementation, HARD_CASES[name]))


@pytest.mark.clause("A1.1")
@pytest.mark.parametrize("workers", [1, 2, 3, 11, 20])
def test_examples_are_shared(workers: int) -> None:
    """11 examples by 3 threads, and by more threads than there are."""
    case = HARD_CASES["L2"]
    tuned: Any = reference.tuned
    settings: Any = {"learning_rate": 0.5, "steps": 3, "l2": case.l2}
    arguments = (case.network, *case.cast(np.dtype(np.float64)))
    path = follow(case, np.dtype(np.float64), 3)
    trained, costs = tuned.train(*arguments, **settings, workers=workers)
    path.compare(3, trained).require()
    assert costs.shape == (3,)
    assert costs[0] > costs[2]


@pytest.mark.parametrize("workers", [1, 2])
def test_saturated_sigmoids_are_silent(workers: int) -> None:
    """e^-Z overflows, in every thread; a warning would be an error here."""
    rng = np.random.default_rng(0)
    network = Network((3, 4, 2), ("sigmoid", "sigmoid"))
    parameters = reference.implementation().initialize(network, "he", 0)
    X, Y = 1e6 * rng.normal(size=(3, 10)), np.ones((2, 10))
    tuned: Any = reference.tuned
    _, costs = tuned.train(
        network, parameters, X, Y, learning_rate=0.1, steps=3, workers=workers
    )
    assert np.all(np.isfinite(costs))


def test_a_worker_that_fails_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    case = HARD_CASES["ordinary"]
    tuned: Any = reference.tuned
    whole = tuned.Pass.run

    def run(self: Any, k: int) -> None:
        if self.Y.shape[1] < 6:  # the second half of 11
            raise MemoryError("no room")
        whole(self, k)

    monkeypatch.setattr(tuned.Pass, "run", run)
    arguments = (case.network, *case.cast(np.dtype(np.float64)))
    with pytest.raises(MemoryError, match="no room"):
        tuned.train(*arguments, learning_rate=1.0, steps=9, workers=2)


@pytest.mark.trains
def test_nothing_of_the_callers_changes(implementation: Contract) -> None:
    case = HARD_CASES["L2"]
    before = case.cast(implementation.dtype)
    given = case.cast(implementation.dtype)
    for rate in (0.0, 0.5):
        trained, costs = implementation.train(
            case.network, *given, learning_rate=rate, steps=2, l2=case.l2
        )
        arrays = [[p.W, p.b] for p in given[0]], [[p.W, p.b] for p in before[0]]
        for a, b in zip(*arrays, strict=True):
            assert all(map(np.array_equal, a, b))
        assert np.array_equal(given[1], before[1])
        assert not np.shares_memory(trained[0].W, given[0][0].W)
        # alpha = 0 leaves everything as it is, and J with it.
        assert (costs[0] == costs[1]) is np.bool_(rate == 0)


@pytest.mark.trains
@pytest.mark.clause("A1.1")
def test_prepared_before_its_first_step(implementation: Contract) -> None:
    """What prepare_train makes is the same training; so where there is a
    class Training for it."""
    case = HARD_CASES["L2"]
    settings: Any = {"learning_rate": 0.5, "steps": 3, "l2": case.l2}
    with implementation.scope():
        parameters, *data = case.cast(implementation.dtype)
        native = implementation.to_native((parameters, *data))
        prepared = implementation.prepare_train(
            case.network, *native, **settings
        )
        trained, costs = implementation.to_numpy(prepared())
    path = follow(case, implementation.dtype, 3)
    path.compare(3, trained).require()
    assert costs.shape == (3,)


@pytest.mark.slow
@pytest.mark.clause("A1.1")
@pytest.mark.parametrize("choice", COMPILED, ids=str)
def test_steps_in_one(monkeypatch: pytest.MonkeyPatch, choice: Choice) -> None:
    """PyTorch: three steps at once; two, three times, and one more."""
    implementation = choice.build()
    name = {"float64": "every activation", "float32": "Z = 0 everywhere, leaky"}
    require(train(implementation, HARD_CASES[name[choice.dtype]]))
    case, tuned = HARD_CASES["smooth"], implementation.pages.tuned
    assert tuned.steps_in_one(case.network, case.m) == tuned.LAYERS // 3
    assert tuned.steps_in_one(case.network, 10**6) == 1
    monkeypatch.setattr(tuned, "LAYERS", 6)
    trained, costs = implementation.train(
        case.network, case.parameters, case.X, case.Y,
        learning_rate=case.learning_rate, steps=7, l2=case.l2,
    )  # fmt: skip
    path = follow(case, implementation.dtype, 7)
    path.compare(7, trained).require()
    assert costs.shape == (7,)


def test_compiling_leaves_no_switch_behind() -> None:
    pytest.importorskip("torch")
    from torch._dynamo import config

    import torch_impl

    with torch_impl.tuned.compiling():
        assert config.trace_autograd_ops
    assert not config.trace_autograd_ops
