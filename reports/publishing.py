"""What is published: runs in the repository, and README's tables of them."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reports.folder import Refused
from reports.machine import name_machine
from reports.rendering import write_files

__all__ = ["PUBLISHED", "ROOT", "folder_of", "main", "with_section",
           "without_folder"]  # fmt: skip

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "reports" / "published"


def folder_of(run: dict[str, Any], published: Path = PUBLISHED) -> Path:
    """Named after the machine."""
    name = re.sub("[^a-z0-9]+", "-", name_machine(run).lower())
    return published / name.strip("-")


def without_folder(command: str) -> str:
    """The command, but for the folder of that machine."""
    words = shlex.split(command)
    if "--out" in words:
        at = words.index("--out")
        del words[at : at + 2]
    return shlex.join(word for word in words if not word.startswith("--out="))


def with_section(readme: str, section: str) -> str:
    """The README with this between its marks, the section's first line and
    its last."""
    first, *_, last = section.splitlines()
    before, _, rest = readme.partition(first)
    _, found, after = rest.partition(last)
    if not found:
        raise Refused(f"README.md must have the marks {first} and {last}")
    return before + section + after


def main(
    publish: Callable[[Path], Path], readme_section: Callable[[], str]
) -> int:
    """Publish the run that the command line names; the exit status."""
    if len(sys.argv) != 2:
        print(f"usage: python {sys.argv[0]} RUN", file=sys.stderr)
        return 2
    try:
        folder = publish(Path(sys.argv[1]))
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        text = with_section(readme, readme_section())
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    write_files(ROOT, {"README.md": text})
    print(f"Published {folder}; README.md has its tables")
    return 0
