"""The judge of other people's implementations.

guest.py lets anything answer like one of ours, examination.py asks, and
diagnosis.py looks for the mistake; judge.py has it done where a crash is
harmless. check_implementation is all of it, for an object that is here.
"""

from __future__ import annotations

from typing import Any

__all__ = ["check_implementation"]


def check_implementation(theirs: Any, thorough: bool = False) -> dict[str, Any]:
    """The verdict on an object that has some of the contract's methods.

    "verdict", "clauses", "first_departure", "diagnosis" and "notes", as
    python -m reports check --json writes them. In this process, and with no
    time limit: code that crashes or hangs is for that command. ValueError
    where the object has no method to judge.
    """
    # Here, so that whoever looks for a plugin of pytest imports no page.
    from parity_tests.judging.examination import examine_all
    from parity_tests.judging.target import NoTarget, methods_of
    from parity_tests.judging.verdict import verdict_of

    if not methods_of(theirs):
        raise NoTarget(f"theirs must have a method of the contract, got "
                       f"{type(theirs).__name__} without any")  # fmt: skip
    return verdict_of(*examine_all(theirs, thorough))
