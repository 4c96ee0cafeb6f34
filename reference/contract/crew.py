"""Ranks of one's own: processes that work on one call together.

A person's process stays what it is, and needs no launcher: the ranks are
processes that it starts and that end with it, each with the variables by
which its framework finds the others. A call goes to all of them, since none
can do without the others, and the answer is rank 0's. A rank that dies,
hangs or never comes ends the call with an error that names it, and all of
the ranks; the next call has new ones.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

__all__ = [
    "Crew",
    "RankError",
    "ask_crew",
    "free_port",
    "is_member",
    "time_limit",
]

MEMBER = "RANKS_MEMBER"
"""Variable of a rank: it has found its place, and starts none of its own."""
LIMIT, DAY = "RANKS_TIMEOUT", 86400
"""Variable of a person, for time_limit; a rank of theirs has all day, for
they look after it."""
KEPT = 2
"""Crews that wait for the next call; one more, and the oldest ends."""
GRACE = 5.0
"""Seconds for the others when one has failed, and for a sign of life."""


class RankError(RuntimeError):
    """A rank died, hung, never came, or failed where the others did not."""


def time_limit() -> float:
    """Seconds in which all ranks have to come, and answer a call."""
    told = os.environ.get(LIMIT, "600")
    try:
        limit = float(told)
    except ValueError:
        limit = float("nan")
    if not 0 < limit <= DAY:
        raise ValueError(f"{LIMIT} must be in (0, {DAY}] seconds, got {told}")
    return limit


def is_member() -> bool:
    """Whether this process is a rank of somebody's crew."""
    return MEMBER in os.environ


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Member:
    """One rank: its process, the pipe to it, and what it says on stderr."""

    def __init__(
        self, package: str, rank: int, variables: Mapping[str, str]
    ) -> None:
        self.rank = rank
        self.pipe, theirs = Pipe()
        # Open for as long as the process is.
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115
        self.stack = tempfile.TemporaryFile()  # noqa: SIM115
        ends = theirs.fileno(), self.stack.fileno()
        self.process = subprocess.Popen(
            # Not from the folder where the person is: it may have names
            # like ours.
            [sys.executable, "-P", "-m", "reference.contract.member", package,
             *map(str, ends)],
            env={**os.environ, **variables, MEMBER: str(rank),
                 LIMIT: str(DAY), "PYTHONPATH": search_path()},
            pass_fds=ends, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=self.errors,
            # Ctrl-C is for the one who asks, and ends all.
            start_new_session=True,
        )  # fmt: skip
        theirs.close()

    def tell(self, call: Any) -> None:
        """Send it a call; a stopped process reads nothing, and whoever
        sends it much would wait."""
        threading.Thread(target=self.send, args=(call,), daemon=True).start()

    def send(self, call: Any) -> None:
        with suppress(OSError):  # it died: heard of by its silence
            self.pipe.send(call)

    def end(self) -> None:
        """Kill it, if it is still there, and forget it."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for each in (self.pipe, self.errors, self.stack):
            each.close()

    def how_it_died(self) -> str:
        """What its exit status says, and its last words."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        status = self.process.returncode
        if status is not None and status < 0:
            told = f"by {signal.Signals(-status).name}"
        else:
            told = f"with exit status {status}"
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").split("\n")
        last = next((line for line in reversed(said) if line.strip()), "")
        return f"{told}: {last.strip()}" if last else told

    def where_it_is(self) -> str:
        """The line that it is at; empty if it gives no sign of life."""
        self.stack.seek(0)
        self.stack.truncate()
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGUSR1)
        end = time.monotonic() + GRACE
        while time.monotonic() < end:
            self.stack.seek(0)
            told = self.stack.read().decode(errors="replace")
            lines = [line for line in told.split("\n") if " line " in line]
            if lines:
                return lines[0].strip()
            time.sleep(0.05)
        return ""


class Crew:
    """So many ranks of a package, with the variables of each of them."""

    def __init__(
        self, package: str, variables: list[dict[str, str]], *made: str
    ) -> None:
        self.size = len(variables)
        self.members: list[Member] = []
        try:
            for rank, own in enumerate(variables):
                self.members.append(Member(package, rank, own))
            # The call of nothing: to make the implementation, and to find
            # the others, is what takes its time.
            self.ask(made, "", (), {})
        except BaseException:
            self.end()
            raise

    def ask(
        self, made: tuple[str, ...], what: str, arguments: Any, named: Any
    ) -> Any:
        """Rank 0's answer to a call of data_parallel's what, in which all
        ranks of the implementation that is made so take part.

        Raises RankError, and what all of them raise alike.
        """
        try:
            for member in self.members:
                member.tell((made, what, arguments, named))
            words = self.words(f"answer {what}" if what else "come")
        except BaseException:
            self.end()  # none is left in the middle of a call
            raise
        raised = {r: word for r, (kind, word) in words.items() if kind}
        if not raised:
            return words[0][1]
        told = {f"{type(e).__name__}: {e}" for e in raised.values()}
        if len(raised) == self.size and len(told) == 1:
            raise raised[0]
        self.end()
        raise RankError(self.failed(raised))

    def words(self, what: str) -> dict[int, tuple[bool, Any]]:
        """Of each rank, whether it raised, and what it raised or answered;
        of those that have failed alone, where the others wait for them."""
        limit = time_limit()
        end, words = time.monotonic() + limit, {}
        while waiting := [m for m in self.members if m.rank not in words]:
            left = max(0.0, end - time.monotonic())
            heard = wait([m.pipe for m in waiting], left)
            for member in waiting:
                if member.pipe in heard:
                    try:
                        words[member.rank] = member.pipe.recv()
                    except (EOFError, OSError):
                        raise RankError(
                            f"rank {member.rank} of {self.size} died "
                            f"{member.how_it_died()} (it was to {what})"
                        ) from None
            raised = any(kind for kind, _ in words.values())
            if not heard and raised:
                return words
            if not heard:
                raise RankError(self.silence(waiting, what, limit))
            if raised:
                end = min(end, time.monotonic() + GRACE)
        return words

    def failed(self, raised: dict[int, Exception]) -> str:
        """Who failed, and by what."""
        return "; ".join(
            f"rank {r} of {self.size} failed, and not all did: "
            f"{type(error).__name__}: {error}"
            for r, error in sorted(raised.items())
        )

    def silence(self, waiting: list[Member], what: str, limit: float) -> str:
        """Who it is that the others wait for, by where each of them is."""
        with ThreadPoolExecutor(len(waiting)) as pool:
            told = list(pool.map(Member.where_it_is, waiting))
        places = dict(zip((m.rank for m in waiting), told, strict=True))
        there = waiting_places()
        stuck = [
            r
            for r, place in places.items()
            if not any(part in place for part in there)
        ]
        each = "; ".join(
            f"rank {r} of {self.size} did not {what} within {limit:g} s "
            f"({LIMIT}): "
            + (f"it is at {places[r]}" if places[r] else "no sign of life")
            for r in stuck or places
        )
        others = sorted(set(places) - set(stuck)) if stuck else []
        return each + (f" (ranks {others} wait for it)" if others else "")

    def end(self) -> None:
        """Let nothing of it go on."""
        for member in self.members:
            member.end()
        self.members = []


@functools.cache
def waiting_places() -> list[str]:
    """Whose innermost line a rank is at that waits for the others: folders
    of libraries, and where ranks look for each other."""
    specs = [importlib.util.find_spec(name) for name in ("torch", "jax")]
    folders = [
        folder
        for spec in specs
        for folder in (spec and spec.submodule_search_locations) or ()
    ]
    return [*folders, str(Path("data_parallel", "launch.py"))]


crews: dict[tuple[Any, ...], Crew] = {}
inherited: list[Any] = []
"""The crews of the process that forked this one: not to be asked from here,
nor ended."""
asking = threading.RLock()
"""Held in a call: what threads ask would go through the same pipes."""


def forget() -> None:
    """In a process that was forked: it has a lock and crews of its own."""
    global asking
    asking = threading.RLock()
    inherited.append(dict(crews))
    crews.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget)


def ask_crew(
    package: str,
    shape: tuple[Any, ...],
    variables: Callable[[], list[dict[str, str]]],
    made: tuple[str, ...],
    *call: Any,
) -> Any:
    """The answer to a call (what, arguments, named) of the crew of that
    package and shape: one at a time, whoever asks."""
    with asking:
        return crew_of(package, shape, variables, made).ask(made, *call)


def crew_of(
    package: str,
    shape: tuple[Any, ...],
    variables: Callable[[], list[dict[str, str]]],
    made: tuple[str, ...],
) -> Crew:
    """The crew of that package and shape, which waits already or is new."""
    if is_member():
        raise ValueError(
            f"ranks {shape} of {package} must be started by who is no rank"
        )
    crew = crews.pop((package, shape), None)
    if crew is None or not crew.members:
        while len(crews) >= KEPT:
            crews.pop(next(iter(crews))).end()
        crew = Crew(package, variables(), *made)
    crews[package, shape] = crew
    return crew


@atexit.register
def end_all() -> None:
    """Nobody asks any more."""
    while crews:
        crews.popitem()[1].end()


def search_path() -> str:
    """Where the ranks find this project, installed or not."""
    here = str(Path(__file__).parents[2])
    before = os.environ.get("PYTHONPATH")
    return os.pathsep.join([here, before] if before else [here])
