"""A package whose ranks do what its mode says, for the tests of a crew: no
framework is needed to die, hang or never come."""

import os
import signal
import sys
import time
from typing import Any

__all__ = ["implementation"]

CULPRIT = 1


class Ranks:
    """What a rank of a crew has to answer."""

    def __init__(self, mode: str) -> None:
        self.mode, self.rank = mode, int(os.environ["RANK"])
        self.is_first = self.rank == 0
        if mode == "never comes" and self.rank == CULPRIT:
            time.sleep(3600)

    def take_part(self, what: str, arguments: Any, named: Any) -> Any:
        """The arguments back, of all but the one at fault."""
        if self.mode == "all raise":
            raise ValueError(f"{what} must be right")
        if self.rank != CULPRIT:
            return arguments
        if self.mode == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.mode == "exits":
            print("out of luck", file=sys.stderr)
            os._exit(3)
        if self.mode == "hangs":
            time.sleep(3600)
        if self.mode == "stops":
            os.kill(os.getpid(), signal.SIGSTOP)
        if self.mode == "raises":
            raise ZeroDivisionError("by it alone")
        return arguments


def implementation(device: str, dtype: str, mode: str) -> Ranks:
    """As the packages have it."""
    return Ranks(mode)
