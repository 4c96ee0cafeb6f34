"""One fixture: the implementation under test, for all there are.

Where beartype is installed, the shape annotations of the pages are checked
on every call.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

# Set before any framework is imported. JAX would take most of a GPU's memory
# at its first use, and other processes test there too; the threads of BLAS
# would wait for those of the other workers, as long as the work takes.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from jaxtyping import install_import_hook

if TYPE_CHECKING:
    from reference.specification import Contract

SLOW = {
    ("torch_impl", "compile"),
    ("torch_impl", "tuned"),
    ("jax_impl", "eager"),
}
"""Seconds a shape: a compiler run, or a compilation for every operation."""

TWICE = ("jax_impl", "float32")
"""What float64 has shown, and all of its compilations once more."""
AT_ONCE = {
    "ordinary", "every activation", "ReLU output", "|Z| up to 40", "m = 1",
    "L2 with dropout",
}  # fmt: skip
"""The hard cases that JAX is tried on all the same: of each it compiles a
program, and the slow tests do that for all of them."""


LESS = "--xla_backend_optimization_level=0"


def share_compilations() -> None:
    """What JAX has compiled in one process, no other has to, nor the next
    run: minutes. The limit, in bytes, brings a lock with it, so that nobody
    reads a file half-written."""
    root = Path(__file__).parents[1]
    if importlib.util.find_spec("filelock") and os.access(root, os.W_OK):
        folder = root / ".pytest_cache" / "jax"
        for name, value in {
            "COMPILATION_CACHE_DIR": str(folder),
            "COMPILATION_CACHE_MAX_SIZE": str(10**9),
            "PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.05",
        }.items():
            os.environ.setdefault(f"JAX_{name}", value)


def pytest_configure(config: pytest.Config) -> None:
    """Let every page be imported with its shapes checked.

    Not when the slow tests run: the tracer of torch.compile does not read
    through the checks, nor through the ones of nested functions.
    """
    share_compilations()
    # A third of JAX's time would be LLVM's: XLA's own passes are all there,
    # and every report, that of the tests too, takes the rest of them.
    os.environ.setdefault("XLA_FLAGS", LESS)
    if config.option.markexpr == "slow":
        return
    if importlib.util.find_spec("beartype"):
        folder = Path(__file__).parent.parent / "torch_impl"
        pages = {path.stem for path in folder.glob("[a-z]*")} - {"backend"}
        packages = ("reference", "torch_impl", "jax_impl")
        install_import_hook(
            [f"{package}.{page}" for package in packages for page in pages],
            "beartype.beartype",
        )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let implementation run over the choices that are here.

    Some have a training of their own and nothing else. The slow ones have
    their own tests, marked slow_modes. What is not here is skipped once,
    with its reason, in test_contract.py.
    """
    # Imported late, after the hook: it brings the pages with it.
    from parity_tests.implementations import TRAINERS, choices

    if "implementation" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker
    parameters = []
    for choice in choices():
        slow = (choice.package, choice.mode) in SLOW
        wanted = slow == bool(marker("slow_modes"))
        trains = marker("trains")
        if choice.mode in TRAINERS:
            wanted = wanted and trains is not None
        elif trains is not None:
            wanted = wanted and not trains.kwargs.get("alone")
        if wanted and not choice.absent():
            parameters.append(pytest.param(choice, id=str(choice)))
    metafunc.parametrize("implementation", parameters, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the slow tests what another dtype, or test, has shown."""
    from parity_tests.cases import HARD_CASES

    for item in items:
        given = getattr(getattr(item, "callspec", None), "params", {})
        who = given.get("implementation")
        if who is None or given.get("name") in AT_ONCE:
            continue
        again = item.get_closest_marker("compiles") and who.name == "jax"
        again = again or (who.name == "jax" and given.get("name") in HARD_CASES)
        if again or (who.package, who.dtype) == TWICE:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def implementation(request: pytest.FixtureRequest) -> Contract:
    """The implementation under test."""
    return request.param.build()


@pytest.fixture
def undrawn(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every picture empty, for tests of the files around them: seconds."""
    if request.node.get_closest_marker("draws"):
        return
    from matplotlib.figure import Figure

    def savefig(self: Figure, stream: TextIO, **settings: object) -> None:
        stream.write("<svg></svg>")

    monkeypatch.setattr(Figure, "savefig", savefig)
