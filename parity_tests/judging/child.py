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

from parity_tests.judging.examination import Examiner, Finding
from parity_tests.judging.packing import packed
from parity_tests.judging.target import NoTarget, load

__all__ = ["main"]


def main(descriptor: str, settings: str) -> None:
    """Send ("ready", findings to be), ("begin", k), ("done", k, finding, dtype,
    remarks), and ("end",); or ("no target", why), ("broken", error)."""
    pipe = Connection(int(descriptor), readable=False)
    told = json.loads(settings)
    try:
        examiner = Examiner(load(told["target"]), told["thorough"])
    except NoTarget as error:
        pipe.send(("no target", str(error)))
        return
    except (Exception, SystemExit) as error:
        pipe.send(("broken", f"{type(error).__name__}: {error}"))
        return
    proofs = examiner.proofs
    pipe.send(("ready", [Finding(p.name, p.clauses, p.case) for p in proofs]))
    for k in told["numbers"] or range(len(proofs)):
        if k % told["of"] == told["part"]:
            pipe.send(("begin", k))
            finding = packed(sendable(examiner.ask(k)))
            pipe.send(("done", k, finding, examiner.dtype, examiner.remarks))
    pipe.send(("end",))


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
