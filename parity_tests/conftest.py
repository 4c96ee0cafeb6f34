"""One fixture: the implementation under test, for all there are.

Where beartype is installed, the shape annotations of the pages are checked
on every call.
"""

import importlib.util
import os
from pathlib import Path

# JAX would take most of a GPU's memory at its first use; other processes
# test there too.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

import pytest
from jaxtyping import config, install_import_hook

if importlib.util.find_spec("beartype"):
    packages = ("reference", "torch_impl", "jax_impl")
    root = Path(__file__).parent.parent
    pages = [path.stem for path in (root / "torch_impl").glob("[a-z]*.py")]
    install_import_hook(
        [
            f"{package}.{page}"
            for package in packages
            for page in pages
            if page != "backend"
        ],
        "beartype.beartype",
    )

from parity_tests.implementations import Choice, choices
from reference.specification import Contract

SLOW = {("torch_impl", "compile"), ("jax_impl", "eager")}
"""Seconds a shape: a compiler run, or a compilation for every operation."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let implementation run over the choices that are here.

    The idiomatic ones have a training of their own and nothing else. The
    slow ones have their own tests, marked slow_modes. What is not here is
    skipped once, with its reason, in test_contract.py.
    """
    if "implementation" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker
    parameters = []
    for choice in choices():
        slow = (choice.package, choice.mode) in SLOW
        wanted = slow == bool(marker("slow_modes"))
        if choice.mode == "idiomatic":
            wanted = bool(marker("trains"))
        if wanted and not choice.absent():
            parameters.append(pytest.param(choice, id=str(choice)))
    metafunc.parametrize("implementation", parameters, indirect=True)


@pytest.fixture
def implementation(request: pytest.FixtureRequest) -> Contract:
    """The implementation under test."""
    choice: Choice = request.param
    # The tracer of torch.compile does not read through the shape checks.
    config.update("jaxtyping_disable", choice.mode == "compile")
    return choice.build()
