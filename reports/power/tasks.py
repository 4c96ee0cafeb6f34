"""What a power run is made of: tasks that any process can do, in any order.

mistake    one of the catalogue, in one dtype, through every proof
pair       two of them at once, until one proof catches them
variant    one right computation in another order, form or layout, through
           every hard case
library    one implementation in one mode, likewise
threads    the same on a network so large that its products are shared out,
           and compiled too
arithmetic what an implementation's residuals say that it computes in
laws       how many statistics of its draws are held against their law
resolution the least relative error that is seen, on one network
"""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from threadpoolctl import threadpool_limits

import reference
from parity_tests.cases import HARD_CASES, Case, make_case
from parity_tests.checks import ALL_CHECKS, cost, forward, gradients, train
from parity_tests.comparison import Comparison
from parity_tests.examples import EXAMPLES
from parity_tests.fingerprint import fingerprint
from parity_tests.implementations import TRAINERS, Choice, choices
from parity_tests.mistakes import MISTAKES, Mistake, Mistaken
from parity_tests.power import Outcome, all_proofs, outcomes
from parity_tests.proofs import Proof
from parity_tests.resolution import DEPTHS, WIDTHS, resolutions
from parity_tests.variants import variants
from reference.specification import DTYPES, Contract

__all__ = ["Task", "all_tasks", "perform"]

PAIRS = 1000
"""Pairs of mistakes, drawn from all that there are."""
CHECKS = (forward, cost, gradients, train)
COMPILED = "compile"
"""A mode that takes a compiler run for each of the cases."""
DISGUISE = "in disguise"
"""What mistakes of another arithmetic than was asked for are called."""


@dataclass(frozen=True)
class Task:
    """kind is one of the above; name tells it from the others of its kind."""

    kind: str
    name: str
    dtype: str

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{self.kind}: {self.name}, {self.dtype}"


def all_tasks(quick: bool = False) -> list[Task]:
    """All of a run; every tenth, if quick."""
    tasks = [
        *(
            Task("mistake", mistake.name, dtype)
            for mistake in MISTAKES
            for dtype in mistake.dtypes
        ),
        *(Task("pair", name, "float64") for name in pairs()),
        *(
            Task("variant", repr(variant), dtype)
            for dtype in DTYPES
            for variant in variants(dtype)
        ),
        *(Task("library", str(choice), choice.dtype) for choice in libraries()),
        *(
            Task("threads", f"{choice}, {n} threads", choice.dtype)
            for choice in libraries(compiled=True)
            for n in (1, 2)
        ),
        *(
            Task("arithmetic", str(choice), choice.dtype)
            for choice in libraries()
        ),
        *(
            Task("arithmetic", mistake.name, dtype)
            for mistake in MISTAKES
            if DISGUISE in mistake.name
            for dtype in mistake.dtypes
        ),
        *(Task("laws", str(choice), choice.dtype) for choice in libraries()),
        *(
            Task("resolution", f"{depth} x {width}", dtype)
            for depth, width in networks()
            for dtype in DTYPES
        ),
    ]
    return tasks[::10] if quick else tasks


def pairs() -> Iterator[str]:
    """Names of two mistakes in different functions."""
    possible = [
        f"{a.name} and {b.name}"
        for a, b in itertools.combinations(MISTAKES, 2)
        if a.at != b.at
    ]
    yield from random.Random(0).sample(possible, PAIRS)


def libraries(compiled: bool = False) -> Iterator[Choice]:
    """The implementations that are here and compute all of a network."""
    left_out = TRAINERS if compiled else (*TRAINERS, COMPILED)
    for choice in choices(devices=("cpu",)):
        if choice.mode not in left_out and not choice.absent():
            yield choice


def library(name: str) -> Choice:
    """The one that is called so."""
    (choice,) = (c for c in libraries(compiled=True) if str(c) == name)
    return choice


def networks() -> Iterator[tuple[int, int]]:
    """Depths of one width, and widths of one depth."""
    yield from ((depth, 16) for depth in DEPTHS)
    yield from ((3, width) for width in WIDTHS)


def perform(task: Task) -> dict[str, Any]:
    """What the task finds."""
    return TASKS[task.kind](task)


def mistake_power(task: Task) -> dict[str, Any]:
    mistake = named(task.name)
    found = list(outcomes((mistake,), task.dtype, all_proofs()))
    return {
        "clause": mistake.clause,
        "at": mistake.at,
        "first": worst_of(
            o for o in found if o.proof.split(",")[0] == mistake.first
        ),
        "own": worst_of(o for o in found if o.own and is_check(o)),
        "example": worst_of(o for o in found if o.own and not is_check(o)),
        "shapes": by_shape(found),
        "unseen": [o.proof for o in found if not o.caught],
    }


def pair_power(task: Task) -> dict[str, Any]:
    two = tuple(named(name) for name in parted(task.name))
    clauses = {mistake.clause for mistake in two}
    firsts = {mistake.first for mistake in two}
    # The likely ones first: one is enough.
    proofs = sorted(
        all_proofs(),
        key=lambda p: (
            check_of(p) not in firsts,
            clauses.isdisjoint(p.clauses),
        ),
    )
    caught = (o for o in outcomes(two, task.dtype, proofs) if o.caught)
    return {"first": first_of(itertools.islice(caught, 1))}


def parted(name: str) -> tuple[str, str]:
    """The two names that were put together; a name may hold an and."""
    known = {mistake.name for mistake in MISTAKES}
    words = name.split(" and ")
    for k in range(1, len(words)):
        a, b = " and ".join(words[:k]), " and ".join(words[k:])
        if a in known and b in known:
            return a, b
    raise ValueError(f"name must be of two mistakes, got {name}")


def named(name: str) -> Mistake:
    return next(mistake for mistake in MISTAKES if mistake.name == name)


def check_of(proof: Proof) -> str:
    return "" if proof.name in EXAMPLES else proof.name.split(",")[0]


def is_check(outcome: Outcome) -> bool:
    """Whether it is a check of the contract, and no example of a page."""
    return outcome.proof not in EXAMPLES


def first_of(found: Iterable[Outcome]) -> dict[str, Any] | None:
    """The first check that catches it."""
    caught = (o for o in found if o.caught and is_check(o))
    return told(next(caught, None))


def worst_of(found: Iterable[Outcome]) -> dict[str, Any] | None:
    """The one that catches it by most."""
    caught = [o for o in found if o.caught]
    return told(max(caught, key=lambda o: o.ratio, default=None))


def told(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    # JSON has neither inf nor NaN, and both are beyond every bound.
    ratio = 1e308 if math.isnan(outcome.ratio) else min(outcome.ratio, 1e308)
    return {
        "proof": outcome.proof,
        "seen_in": outcome.seen_in,
        "kind": outcome.kind,
        "ratio": ratio,
    }


def by_shape(found: Iterable[Outcome]) -> dict[str, list[int]]:
    """Of the proofs that it touches: how many catch it, and how many there
    are, by the shape of their network."""
    caught, all_of_them = Counter[str](), Counter[str]()
    for outcome in filter(is_check, found):
        all_of_them[outcome.shape] += 1
        caught[outcome.shape] += outcome.caught
    return {shape: [caught[shape], n] for shape, n in all_of_them.items()}


def variant_alarms(task: Task) -> dict[str, Any]:
    (variant,) = (v for v in variants(task.dtype) if repr(v) == task.name)
    return alarms(variant, HARD_CASES.values())


@functools.cache
def large_case() -> Case:
    """So large that libraries share its products out over threads."""
    return make_case("large", (300, 200, 100, 1), ("tanh", "relu", "sigmoid"),
                     700, l2=0.1, steps=2)  # fmt: skip


def thread_alarms(task: Task) -> dict[str, Any]:
    name, threads = task.name.removesuffix(" threads").split(", ")
    choice = library(name)
    with threads_of(choice.name, int(threads)):
        return alarms(choice.build(), [large_case()])


@contextmanager
def threads_of(framework: str, threads: int) -> Iterator[None]:
    """The scope in which BLAS, and PyTorch's own pool, have so many."""
    with threadpool_limits(threads):
        if framework == "torch":
            import torch

            torch.set_num_threads(threads)
        yield


def library_alarms(task: Task) -> dict[str, Any]:
    return alarms(library(task.name).build(), HARD_CASES.values())


def alarms(implementation: Contract, cases: Iterable[Case]) -> dict[str, Any]:
    """How many right computations there were, and how many were called
    wrong; the worst by what it was judged by."""
    computations, found = 0, list[str]()
    worst: dict[str, float] = {}
    for case in cases:
        for check in CHECKS:
            computations += 1
            compared: list[Comparison] = list(check(implementation, case))
            for c in compared:
                worst[c.kind] = max(worst.get(c.kind, 0.0), float(c.ratio))
            if not all(c.ratio <= 1 for c in compared):
                found.append(f"{check.__name__}, {case.name}")
    return {"computations": computations, "alarms": found, "worst": worst}


def arithmetic(task: Task) -> dict[str, Any]:
    if DISGUISE in task.name:
        asked = reference.implementation(dtype=task.dtype)
        disguised: Any = Mistaken(asked, named(task.name))
        found = fingerprint(disguised)
    else:
        found = fingerprint(library(task.name).build())
    return {**asdict(found), "said": str(found)}


def laws(task: Task) -> dict[str, Any]:
    implementation = library(task.name).build()
    held = [
        comparison
        for name, check in ALL_CHECKS.items()
        if name.endswith("_law")
        for comparison in check(implementation)
        if comparison.kind == "law"
    ]
    worst = max(float(comparison.ratio) for comparison in held)
    return {"statistics": len(held), "worst": worst}


def resolution(task: Task) -> dict[str, Any]:
    depth, width = map(int, task.name.split(" x "))
    judged = reference.implementation(dtype=task.dtype)
    rows = [asdict(r) for r in resolutions(judged, depth, width)]
    for row in rows:
        for name in ("sharpest", "coarsest", "by_bound"):
            row[name] = min(row[name], 1e308)
    return {"rows": rows}


TASKS: dict[str, Callable[[Task], dict[str, Any]]] = {
    "mistake": mistake_power,
    "pair": pair_power,
    "variant": variant_alarms,
    "library": library_alarms,
    "threads": thread_alarms,
    "arithmetic": arithmetic,
    "laws": laws,
    "resolution": resolution,
}
