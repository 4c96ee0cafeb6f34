"""Where the frameworks differ: each claim holds on what is installed."""

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reports.divergences
from parity_tests.divergences import DIVERGENCES
from parity_tests.divergences.entry import Divergence, Show, Shown, divergence
from reference.clauses import CLAUSES
from reports.__main__ import main
from reports.divergences import entry, published, write_divergences
from reports.publishing import ROOT

ENOUGH = 30


@pytest.mark.slow
@pytest.mark.parametrize("found", DIVERGENCES, ids=lambda d: d.name)
def test_claim_holds(found: Divergence) -> None:
    for package in found.absent:
        pytest.skip(f"{package} is not installed")
    rows = found.shown()
    assert rows
    assert not [row for row in rows if not row.holds]


def test_catalogue() -> None:
    """Every entry has a clause, a name of its own, and says what to do."""
    assert len(DIVERGENCES) >= ENOUGH
    assert len({d.name for d in DIVERGENCES}) == len(DIVERGENCES)
    assert len({d.title for d in DIVERGENCES}) == len(DIVERGENCES)
    clauses = {clause.id for clause in CLAUSES}
    for d in DIVERGENCES:
        assert d.clause in clauses, d.name
        assert d.claim.endswith("."), d.name
        assert d.advice.endswith("."), d.name
        assert d.source.startswith(f"def {d.name}(show: Show)")


def test_a_claim_can_fail() -> None:
    assert Shown("", 1.0, 1.001, 0.01).holds
    assert Shown("", np.nan, np.nan).holds
    assert Shown("", -np.inf, -np.inf).holds
    assert Shown("", (3, 3), (3, 3)).holds
    assert not Shown("", 1.0, 1.1, 0.01).holds
    assert not Shown("", np.nan, 0.0, 1.0).holds
    assert not Shown("", np.zeros(2), np.zeros(3)).holds
    assert not Shown("", "float32", "float64").holds
    assert not Shown("", True, False).holds
    show = Show()
    show.raises("nothing is raised", ValueError, lambda: None)
    with show.warns("nothing is said", UserWarning):
        pass
    assert [row.holds for row in show.rows] == [False, False]
    show.raises("something is", ZeroDivisionError, lambda: 1 // 0)
    with show.warns("and said", UserWarning):
        warnings.warn("this", stacklevel=1)
    assert [row.holds for row in show.rows[2:]] == [True, True]


@divergence("A title", "It is 1.", "Take 2.", "2.3")
def untrue(show: Show) -> None:
    show("one", 2.0, 1.0)


@divergence("Another", "Who knows.", "Install it.", "2.3", "no_such_package")
def untried(show: Show) -> None:
    raise AssertionError


def test_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What does not hold is said, with exit status 4; what cannot be tried
    is told too."""
    monkeypatch.setattr(reports.divergences, "DIVERGENCES", (untrue, untried))
    monkeypatch.setattr(
        reports.divergences, "TOPICS", {"One": (untrue,), "Two": (untried,)}
    )
    assert main(["divergences", "--out", str(tmp_path / "out")]) == 4
    told = capsys.readouterr()
    assert "does not hold here: A title" in told.err
    assert "0 of 2 divergences are as claimed, 1 not tried" in told.out
    page = (tmp_path / "out" / "divergences.html").read_text()
    assert "2 ✗" in page
    assert "no_such_package is not installed" in page
    assert "raise AssertionError" not in page.split("<details>")[0]
    (tmp_path / "file").touch()
    assert main(["divergences", "--out", str(tmp_path / "file")]) == 2
    assert "--out must be a folder" in capsys.readouterr().err


def test_published_page() -> None:
    """It has every entry as it is now, tried and found to hold."""
    runs = list(published())
    assert runs
    now: dict[str, Any] = {d.name: d for d in DIVERGENCES}
    for run in runs:
        assert [e["name"] for e in run["found"]] == list(now)
        for e in run["found"]:
            d = now[e["name"]]
            assert (e["title"], e["claim"], e["advice"], e["source"]) == (
                d.title, d.claim, d.advice, d.source
            )  # fmt: skip
            assert not e["absent"], e["name"]
            assert all(row["holds"] for row in e["rows"])


def test_the_page_is_made_of_the_run(tmp_path: Path) -> None:
    for run in published():
        folder = Path(run["folder"])
        write_divergences(run["found"], run["machine"], tmp_path)
        for name in ("divergences.md", "divergences.html"):
            made = (tmp_path / name).read_text()
            assert made == (folder / name).read_text()
        readme = (ROOT / "README.md").read_text()
        link = (folder / "divergences.md").relative_to(ROOT).as_posix()
        assert f"{link}) has {len(run['found'])} of them" in readme
        assert run["machine"]["date"][:10] in readme


def test_an_entry_is_plain_data() -> None:
    assert json.loads(json.dumps(entry(untrue)))["rows"] == [
        {"what": "one", "measured": "2", "claimed": "1", "holds": False}
    ]
