"""The examination of a guest: every check that it has the methods for.

From one neuron up: the activations, then forward, cost, gradients and train
on cases from plain to regularized, then the rest of the notes. So the first
departure is where the first wrong equation shows, and what builds upon it
comes after it.
"""

from __future__ import annotations

import functools
import inspect
import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

import reference
from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks import ALL_CHECKS, PARALLEL_CHECKS
from parity_tests.checks.activations import CALLS, one_activation
from parity_tests.checks.prediction import BESIDE_THE_TIE
from parity_tests.comparison import Comparison, NoVerdict
from parity_tests.judging.cases import CASES, OPTIONAL, cases_of
from parity_tests.judging.guest import (
    ESSENTIAL,
    METHODS,
    Call,
    Guest,
    Missing,
    said_by,
)
from parity_tests.judging.reading import Misfit
from parity_tests.proofs import Proof, proofs
from reference.specification import ACTIVATIONS, CLAUSES, Network
from reference.stable_forms import loose_forms

__all__ = ["BETWEEN", "Examiner", "Finding", "binding", "clause_rows",
           "examine_all", "ladder"]  # fmt: skip

STATED = {"sigmoid": "1.2-sigmoid", "leaky_relu": "2.2-leaky-relu"}
"""The clauses of activations that are not of their name."""
HARD_LABELS = ("soft labels",)
"""Cases whose labels lie between 0 and 1: who takes them for classes is
told so, and not called wrong."""
BETWEEN = "labels between 0 and 1"
LENIENT = (
    BESIDE_THE_TIE,
    # 1/m sum x of a constant feature may be off by a rounding
    "constant feature",
    # whose example the rounding of a share gives away
    "sizes, m =",
    # a part is a set
    "shuffled, m =",
    "split: order in part",
    "stratified split: order in part",
    # in which order theta has its entries
    "theta",
    # where the kernel ends, and how bright a colour is
    "blurred photographs",
    "gray of ",
)
"""How the names of comparisons begin that ours have to pass, and a right
stranger may not: where the notes leave it open, ours agree on one way."""
QUESTIONS = (*CALLS, *ESSENTIAL)
"""Methods that have proofs of one call, by their names."""


def binding(c: Comparison) -> bool:
    """Whether a stranger has to pass it too."""
    return not c.name.startswith(LENIENT)


@dataclass
class Finding:
    """What became of one proof.

    missing names what the guest has not, error what went wrong instead of
    an answer; comparisons are those that were reached.
    """

    proof: str
    clauses: tuple[str, ...]
    case: str
    comparisons: list[Comparison] = field(default_factory=list)
    missing: str = ""
    error: str = ""
    calls: list[Call] = field(default_factory=list)
    ranks: int = 1

    @property
    def method(self) -> str:
        """What is asked for, or the name of the check."""
        return self.proof.split(", ")[0]

    @property
    def wrong(self) -> list[Comparison]:
        """The comparisons beyond their bounds, in the order of the check."""
        return [c for c in self.comparisons if not c.ratio <= 1]

    @property
    def verdict(self) -> str:
        """pass, fail, or not implemented: what lacks a part is not passed."""
        if self.error or self.wrong:
            return "fail"
        passed = self.comparisons and not self.missing
        return "pass" if passed else "not implemented"

    @property
    def worst_ratio(self) -> float:
        """The worst error over its bound; inf where something broke down."""
        if self.error:
            return float("inf")
        return max((float(c.ratio) for c in self.comparisons), default=0.0)


def ladder(
    network: Network | None = None, thorough: bool = False, ranks: int = 1
) -> list[Proof]:
    """The proofs of an examination, in their order.

    network is the one that a guest is made of, if it is no other: then the
    cases are of that shape. Who has ranks is asked what only they can get
    wrong.
    """
    if network is not None:
        cases = list(cases_of(network))
    else:
        asked = {case.name: case for case in CASES}
        cases = list(({**HARD_CASES, **asked} if thorough else asked).values())
    cases.sort(key=hardness)
    shown = {case.name: case for case in cases}
    of_cases = [
        replace(p, clauses=exercised(p.clauses, shown[p.case]))
        for p in proofs(cases, {})
        if p.case in shown
    ]
    found = list(of_activations())
    for method in ESSENTIAL:
        found += [p for p in of_cases if p.name.startswith(f"{method}, ")]
    checks = {**ALL_CHECKS, **(PARALLEL_CHECKS if ranks > 1 else {})}
    own = proofs([], checks)
    # All activations at once are those of the beginning once more.
    rest = [name for name in checks if name != "activations"]
    return found + [p for p in own if p.name in rest]


def of_activations() -> Iterator[Proof]:
    """Each activation by itself, so that a wrong one fails no other."""
    for what in CALLS:
        for name in ACTIVATIONS:
            clause = {
                "activation": STATED.get(name, f"2.2-{name}"),
                "activation_derivative": "2.3-derivatives",
            }[what]
            on = functools.partial(one_activation, what=what, name=name)
            yield Proof(f"{what}, {name}", (clause,), on, name)


def exercised(clauses: tuple[str, ...], case: Case) -> tuple[str, ...]:
    """The clauses that a case can show: what lacks dropout and passes does
    not know dropout."""
    idle = set[str]()
    if case.dropout is None:
        idle.add("3.1-dropout")
    if not case.l2:
        idle |= {"3.1-frobenius", "3.1-l2"}
    return tuple(clause for clause in clauses if clause not in idle)


def hardness(case: Case) -> tuple[bool, bool, bool, int]:
    """Plain cases first, then large Z, L2 and dropout; few layers first."""
    large = "|" in case.name
    return case.dropout is not None, case.l2 > 0, large, case.network.L


def examined(guest: Guest, proof: Proof) -> Finding:
    """One proof, to its end or to where the guest breaks down."""
    finding = Finding(proof.name, proof.clauses, proof.case, ranks=guest.ranks)
    begun = len(guest.transcript)
    if finding.method in QUESTIONS and not guest.has(finding.method):
        # Before the truth of it is computed, for nobody.
        finding.missing = finding.method
        return finding
    implementation: Any = guest
    guest.lent.clear()
    guest.lender = lender_of(guest, finding.method)
    try:
        with warnings.catch_warnings(), loose_forms():
            warnings.simplefilter("ignore")
            for c in proof.compare(implementation):
                # An array that may be left out was; or nobody need know.
                if c.got != "Unanswered of no dtype" and binding(c):
                    finding.comparisons.append(c)
    except Missing as error:
        finding.missing = str(error)
    except Misfit as error:
        finding.error = str(error)
    except NoVerdict as error:
        finding.missing = "" if finding.comparisons else str(error)
    except (Exception, SystemExit) as error:
        words = str(error).strip().splitlines()
        text = f": {words[0]}" if words else ""
        told = f"{type(error).__name__}{text}"[:300]
        if proof.case in OPTIONAL:
            finding.missing = told
            guest.remark(proof.case, f"no {proof.case}: {told}")
        else:
            finding.error = told
    finding.calls = guest.transcript[begun:]
    if guest.lent and not finding.missing:
        # It may fail by what it has, and cannot pass.
        finding.missing = ", ".join(sorted(guest.lent))
    if finding.case in HARD_LABELS and finding.wrong:
        finding.missing, finding.comparisons = BETWEEN, []
    return finding


def lender_of(guest: Guest, check: str) -> Any:
    """The reference for a check that asks for several methods, where the
    guest has one of them; None for the others."""
    if check not in ALL_CHECKS:
        return None
    text = Path(inspect.getsourcefile(ALL_CHECKS[check]) or "").read_text()
    asked = {*re.findall(r"implementation\.(\w+)\(", text)} & {*METHODS}
    if not any(guest.has(name) for name in asked - {*ESSENTIAL}):
        return None
    return reference.implementation(dtype=str(guest.dtype))


class Examiner:
    """A guest and its proofs, asked one after the other.

    Who says no dtype is asked in float64, and judged in float32 from the
    first answer on that comes in it.
    """

    def __init__(self, theirs: Any, thorough: bool = False) -> None:
        self.theirs, self.guest = theirs, Guest(theirs)
        shape = getattr(theirs, "network", None)
        self.proofs = ladder(shape, thorough, self.guest.ranks)
        self._known = said_by(theirs) is not None

    @property
    def dtype(self) -> str:
        """What it is judged in."""
        return str(self.guest.dtype)

    @property
    def remarks(self) -> list[str]:
        """What was told beside the numbers."""
        return list(self.guest.remarks.values())

    def ask(self, k: int) -> Finding:
        """What becomes of the proof of that number."""
        finding = examined(self.guest, self.proofs[k])
        dtype = None if self._known else dtype_of(finding)
        if dtype is not None:
            self._known = True
            if dtype == "float32":
                self.guest = Guest(self.theirs, dtype)
                self.guest.remark("dtype", IN_SINGLE)
                return examined(self.guest, self.proofs[k])
        return finding


IN_SINGLE = (
    "it answers in float32 when it is asked in float64: judged as float32"
)


def dtype_of(finding: Finding) -> str | None:
    """The dtype of its first answer that is an array."""
    arrays = (a for call in finding.calls for a in arrays_of(call.answer))
    return next((str(a.dtype) for a in arrays), None)


def arrays_of(answer: Any) -> list[np.ndarray]:
    """The arrays in it."""
    if isinstance(answer, tuple | list):
        return [a for item in answer for a in arrays_of(item)]
    return [answer] if isinstance(answer, np.ndarray) else []


def examine_all(
    theirs: Any, thorough: bool = False
) -> tuple[str, list[Finding], list[str]]:
    """The dtype, every finding and the remarks, in this process."""
    examiner = Examiner(theirs, thorough)
    findings = [examiner.ask(k) for k in range(len(examiner.proofs))]
    return examiner.dtype, findings, examiner.remarks


def clause_rows(findings: list[Finding]) -> list[dict[str, Any]]:
    """A row for each clause: its verdict, and its worst error over bound."""
    rows = []
    for clause in CLAUSES:
        own = [f for f in findings if clause.id in f.clauses]
        verdicts = {f.verdict for f in own}
        verdict = next(
            (v for v in ("fail", "pass") if v in verdicts), "not implemented"
        )
        ratios = [f.worst_ratio for f in own if f.comparisons or f.error]
        worst = max(ratios, default=math.inf)
        # None where nothing was compared, or what came is no number.
        rows.append({
            "id": clause.id, "verdict": verdict,
            "worst_ratio": worst if math.isfinite(worst) else None,
        })  # fmt: skip
    return rows
