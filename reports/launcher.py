"""Whether somebody has started this process as one rank of several."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

from reports.folder import Refused

__all__ = ["Place", "launched", "leave"]

VARIABLES = {
    "torch_impl": ("RANK", "WORLD_SIZE"),
    "jax_impl": ("JAX_PROCESS_ID", "JAX_NUM_PROCESSES"),
}
"""In which a launcher tells a rank its number, and how many there are."""


class Place(NamedTuple):
    """The package whose rank this process is, and which of how many."""

    package: str
    rank: int
    size: int

    @property
    def launcher(self) -> str:
        """Who has started it, in words."""
        return {"torch_impl": "torchrun"}.get(self.package, "JAX's processes")


def launched() -> Place | None:
    """The place of this process, if a launcher has started it as one of
    several; Refused where it tells the half."""
    for package, (number, count) in VARIABLES.items():
        told = [os.environ.get(name, "") for name in (number, count)]
        if not any(told) or (package == "jax_impl" and told[1] in ("", "1")):
            continue
        if not all(each.isdecimal() for each in told):
            raise Refused(
                f"{number} and {count} must be whole numbers, both of them, "
                f"got {told[0]!r} and {told[1]!r}"
            )
        return Place(package, *map(int, told))
    return None


def leave(status: int) -> int:
    """The exit status, at once where this is one of JAX's processes and
    another has failed: it would wait for that one, and then abort."""
    place = launched()
    if place is not None and place.package == "jax_impl":
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status
