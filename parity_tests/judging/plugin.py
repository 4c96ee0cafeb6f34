"""A plugin of pytest: --implementation TARGET judges it, from any folder."""

from __future__ import annotations

from pathlib import Path

import pytest

__all__ = ["pytest_addoption", "pytest_cmdline_main", "pytest_configure"]

QUESTIONS = Path(__file__).with_name("questions.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option, and how long a check may take."""
    group = parser.getgroup("notes-in-three-frameworks")
    group.addoption(
        "--implementation", metavar="TARGET",
        help="hold an implementation against the notes, a test a clause: "
        "a module, a .py file, or module:object",
    )  # fmt: skip
    group.addoption(
        "--implementation-timeout", metavar="SECONDS", type=float,
        default=60.0, help="for one check (default: 60)",
    )  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """In one process: each of xdist's would judge it anew."""
    if config.getoption("implementation"):
        config.option.numprocesses = 0


def pytest_configure(config: pytest.Config) -> None:
    """The questions are the tests, whatever else lies in the folder."""
    if config.getoption("implementation"):
        config.args[:] = [str(QUESTIONS)]
