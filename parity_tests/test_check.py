"""python -m reports check: its exit status, its words, its file."""

import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from parity_tests.guests import homework
from reports.__main__ import main
from reports.check import worded

SOURCE = Path(homework.__file__).read_text()


@pytest.mark.slow
def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0, 4 and 2; the verdict for a person and for a program."""
    told = tmp_path / "verdict.json"
    forward, _, _ = SOURCE.partition("\n\n\ndef gradients")
    target = str(tmp_path / "mine.py")
    Path(target).write_text(forward)
    assert main(["check", target, "--json", str(told)]) == 0
    assert "agrees with the notes" in capsys.readouterr().out
    written = json.loads(told.read_text())
    assert list(written) == ["verdict", "clauses", "first_departure",
                             "diagnosis", "notes"]  # fmt: skip
    wrong = tmp_path / "wrong.py"
    wrong.write_text(forward.replace("@ A[-1] + b", "@ A[-1]"))
    assert main(["check", str(wrong), "--json", str(told)]) == 4
    output = capsys.readouterr().out
    assert "The mistake: bias forgotten" in output
    assert "First departure: forward" in output
    assert json.loads(told.read_text())["verdict"] == "fail"
    assert main(["check", "no_such"]) == 2
    assert "no module no_such" in capsys.readouterr().err
    assert main(["check", target, "--json", str(tmp_path / "a" / "b")]) == 2
    nothing = tmp_path / "nothing.py"
    nothing.write_text("def forward(*a): raise NotImplementedError\n")
    assert main(["check", str(nothing)]) == 2
    assert "nothing was judged" in capsys.readouterr().err
    (tmp_path / "broken.py").write_text("import no_such_package\n")
    assert main(["check", str(tmp_path / "broken.py")]) == 2
    assert "no_such_package" in capsys.readouterr().err


@pytest.mark.slow
def test_readme_shows_what_it_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(SOURCE.replace("A[-1] - Y", "Y - A[-1]"))
    assert main(["check", "mine.py"]) == 4
    _, below = capsys.readouterr().out.split("\nmine.py ")
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    assert f"```\nmine.py {below}```\n" in readme


def test_readme_shows_the_guests() -> None:
    """Line by line as they are in their files."""
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    _, _, section = readme.partition("\n### Guests\n")
    section, _, _ = section.partition("\n### ")
    shown = 0
    for text, block in re.findall(r"(.*?)```python\n(.*?)```", section, re.S):
        name = re.findall(r"guests/(\w+\.py)\)", text)[0]
        source = Path(homework.__file__).with_name(name).read_text()
        at_left = textwrap.dedent(source.replace("\n    ", "\n"))
        assert block in source or block in at_left, name
        shown += 1
    assert shown == 5


def test_a_verdict_in_words() -> None:
    """What is no number is beyond every bound, and said so."""
    found: dict[str, Any] = {
        "verdict": "fail",
        "clauses": [
            {"id": "1.2-cost", "verdict": "fail", "worst_ratio": None},
            {"id": "2.3", "verdict": "not implemented", "worst_ratio": None},
        ],
        "first_departure": {
            "method": "cost", "case": "ordinary", "quantity": "J",
            "index": None, "got": "nan", "expected": 0.5, "ratio": None,
        },
        "diagnosis": [],
        "notes": ["no known mistake gives these numbers"],
    }  # fmt: skip
    text = worded(found, "mine")
    assert "mine FAILS in 1 of the 1 clauses" in text
    assert "cost, ordinary: J is nan, expected 0.5" in text
    assert "Not implemented: 2.3" in text
    assert "Note: no known mistake" in text
