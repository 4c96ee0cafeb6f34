"""Who can be timed here, and on what.

A process of its own finds out: to ask a framework for its devices sets them
up, and what measures for hours should hold no GPU.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from parity_tests.implementations import Choice
from reference.backend import cores
from reports.folder import Refused
from reports.speed.children import child, end_with_parent
from reports.speed.contenders import CHECKERS, CONTENDERS, Contender
from reports.speed.contenders.ours import PACKAGES
from reports.speed.rows import Row
from reports.surroundings import environment

__all__ = ["DEVICES", "Presence", "find_presence", "main"]

DEVICES = ("cpu", "cuda")
TIME_LIMIT = 600.0
"""Seconds that every framework has, to say which devices it finds."""


@dataclass(frozen=True)
class Presence:
    """Why a contender is not here, by its name and the device."""

    reasons: dict[str, dict[str, str]]

    @property
    def devices(self) -> tuple[str, ...]:
        """Those that anyone can be timed on."""
        return tuple(
            device
            for device in DEVICES
            if any(not why[device] for why in self.reasons.values())
        )

    def absent(self, row: Row) -> str:
        """Why the row cannot be timed, or the empty string."""
        return self.reasons[row.contender][row.device]


def find_presence() -> Presence:
    """Ask every framework, in a process that ends."""
    command = [sys.executable, "-m", "reports.speed.presence"]
    with tempfile.TemporaryDirectory() as folder:
        found = child(command, environment("cuda", cores()), TIME_LIMIT,
                      Path(folder) / "log")  # fmt: skip
    if error := found.pop("error"):
        raise Refused(f"the frameworks that are here cannot be told: {error}")
    return Presence(found)


def absent(contender: Contender, device: str) -> str:
    """Why it cannot be timed there, or the empty string."""
    if device not in contender.devices:
        return f"not on {device}"
    if contender.absent():
        return contender.absent()
    if contender.file == "ours":
        return broken(contender.mode, contender, device)
    if device != "cpu":
        # Whether the peer's framework has the device, ours can tell.
        return broken("idiomatic", contender, device)
    return ""


def broken(mode: str, contender: Contender, device: str) -> str:
    """Why that mode of ours is not there, in the contender's framework."""
    choice = Choice(PACKAGES[contender.family], mode, "float32", device)
    try:
        return choice.absent()
    except Exception as error:  # installed, and broken in its own way
        first = (str(error).splitlines() or [""])[0]
        return f"{contender.family}: {type(error).__name__}: {first}"


def main() -> dict[str, dict[str, str]]:
    """Every contender on every device."""
    everyone = {**CONTENDERS, **CHECKERS}
    return {
        name: {device: absent(who, device) for device in DEVICES}
        for name, who in everyone.items()
    }


if __name__ == "__main__":
    end_with_parent()
    print(json.dumps(main()))
