"""The process that a stranger's code runs in: python -m ... FD SETTINGS.

It judges proof after proof, says over the pipe FD which it begins and what
became of it, and knows nothing of time: whoever waits does. What the
stranger prints goes where this process's output goes.
"""

from __future__ import annotations

import json
import os
import sys
from multiprocessing.connection import Connection
from typing import Any

from parity_tests.judging.examination import Finding, examined, ladder
from parity_tests.judging.guest import Guest
from parity_tests.judging.target import NoTarget, load

__all__ = ["main"]


def main(descriptor: str, settings: str) -> None:
    """Send ("ready", names), ("begin", k), ("done", k, finding, dtype,
    remarks), and ("end",); or ("no target", why), ("broken", error)."""
    pipe = Connection(int(descriptor), readable=False)
    told = json.loads(settings)
    try:
        theirs = load(told["target"])
        guest = Guest(theirs)
        proofs = ladder(getattr(theirs, "network", None), told["thorough"])
    except NoTarget as error:
        pipe.send(("no target", str(error)))
        return
    except (Exception, SystemExit) as error:
        pipe.send(("broken", f"{type(error).__name__}: {error}"))
        return
    pipe.send(("ready", [p.name for p in proofs]))
    known = getattr(theirs, "dtype", None) is not None
    for k in told["numbers"] or range(len(proofs)):
        if k % told["of"] != told["part"]:
            continue
        pipe.send(("begin", k))
        finding = examined(guest, proofs[k])
        dtype = None if known else dtype_of(finding)
        if dtype is not None:
            known = True
            if dtype == "float32":
                guest = in_single(theirs)
                finding = examined(guest, proofs[k])
        remarks = list(guest.remarks.values())
        pipe.send(("done", k, sendable(finding), str(guest.dtype), remarks))
    pipe.send(("end",))


def in_single(theirs: Any) -> Guest:
    """The guest in float32, for it answers in that whatever it is asked."""
    guest = Guest(theirs, "float32")
    guest.remark("dtype", "it answers in float32 when it is asked in float64: "
                 "judged as float32")  # fmt: skip
    return guest


def dtype_of(finding: Finding) -> str | None:
    """The dtype of its first answer that is an array."""
    for call in finding.calls:
        for array in arrays_of(call.answer):
            return str(array.dtype)
    return None


def arrays_of(answer: Any) -> list[Any]:
    """The arrays in it."""
    if isinstance(answer, tuple | list):
        return [a for item in answer for a in arrays_of(item)]
    return [answer] if hasattr(answer, "dtype") else []


def sendable(finding: Finding) -> Finding:
    """Without what nobody reads and could be large: calls of laws."""
    if len(finding.calls) > MANY:
        finding.calls = finding.calls[-1:]
    return finding


MANY = 50

if __name__ == "__main__":
    main(*sys.argv[1:])
    # A stranger's threads do not keep the process.
    sys.stdout.flush()
    os._exit(0)
