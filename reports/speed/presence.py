"""Who can be timed here, and on what.

A process of its own finds out: to ask a framework for its devices sets them
up, and what measures for hours should hold no GPU.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from parity_tests.implementations import Choice
from reports.speed.contenders import CHECKERS, CONTENDERS, Contender
from reports.speed.contenders.ours import PACKAGES
from reports.speed.rows import Row
from reports.surroundings import cores, environment

__all__ = ["Presence", "find_presence"]

DEVICES = ("cpu", "cuda")


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
    told = subprocess.run(
        [sys.executable, "-m", "reports.speed.presence"],
        env=environment("cuda", cores()), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return Presence(json.loads(told.stdout.splitlines()[-1]))


def absent(contender: Contender, device: str) -> str:
    """Why it cannot be timed there, or the empty string."""
    if device not in contender.devices:
        return f"not on {device}"
    if contender.absent():
        return contender.absent()
    if contender.file == "ours":
        package = PACKAGES[contender.family]
        return Choice(package, contender.mode, "float32", device).absent()
    if device != "cpu":
        # Whether the peer's framework has the device, ours can tell.
        return Choice(PACKAGES[contender.family], "idiomatic", "float32",
                      device).absent()  # fmt: skip
    return ""


def main() -> dict[str, Any]:
    """Every contender on every device."""
    everyone = {**CONTENDERS, **CHECKERS}
    return {
        name: {device: absent(who, device) for device in DEVICES}
        for name, who in everyone.items()
    }


if __name__ == "__main__":
    print(json.dumps(main()))
