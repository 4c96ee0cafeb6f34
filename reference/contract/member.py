"""One rank of a crew: python -m reference.contract.member PACKAGE FD FD.

It answers what comes through the pipe, one call after the other, until there
is nobody at the other end; the second file is for the line that it is at,
which a signal makes it write.
"""

from __future__ import annotations

import faulthandler
import functools
import importlib
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

__all__ = ["main"]


def main(package: str, pipe_fd: str, stack_fd: str) -> None:
    """Take part in every call, and tell what comes of it."""
    faulthandler.register(signal.SIGUSR1, int(stack_fd), all_threads=False)
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    pipe = Connection(int(pipe_fd))
    while True:
        try:
            made, what, arguments, named = pipe.recv()
        except EOFError:
            return
        try:
            word = False, answer(package, made, what, arguments, named)
        except Exception as error:
            word = True, error
        try:
            pipe.send(word)
        except BrokenPipeError:
            return
        except Exception as error:  # it cannot be sent as it is
            told = word[1] if word[0] else error
            pipe.send((True, RuntimeError(f"{type(told).__name__}: {told}")))


def answer(
    package: str, made: Any, what: str, arguments: Any, named: Any
) -> Any:
    """The rank's own; only the first is asked for it."""
    implementation = implementation_of(package, made)
    if what:
        found = implementation.take_part(what, arguments, named)
        return found if implementation.is_first else None
    return None


@functools.cache
def implementation_of(package: str, made: tuple[str, ...]) -> Any:
    """Made once: to find the others takes all of them."""
    return importlib.import_module(package).implementation(*made)


def end_with(parent: int) -> None:
    """End when the one who asks has ended, in the middle of whatever."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
    # What others are waited for in is not waited for.
    os._exit(0)
