"""The name of a mistake in what is drawn: which wrong law has these traits.

Nobody draws the guest's numbers again, so its statistics are held against
those of the reference with each mistake in force: the same ones have to be
beyond their critical values, and by as much, as far as chance lets them.
"""

from __future__ import annotations

import math
import reprlib
import warnings
from collections.abc import Iterator

from parity_tests.comparison import Comparison
from parity_tests.judging.examination import Finding, binding, ladder
from parity_tests.mistakes import MISTAKES, Mistake
from parity_tests.wrong.mistake import twin

__all__ = ["law_of", "traits"]

PAGES = {
    "initialization_law": ("initialization",),
    "dropout_law": ("dropout", "data_parallel"),
    "example_masks": ("data_parallel",),
    "split": ("splitting",),
    "split_law": ("splitting",),
    "augmentation_law": ("augmentation",),
}
"""The pages whose mistakes the statistics of a check can show."""
CHANCE, SHARE = 1.5, 0.25
"""How far two statistics of one law may be apart, in critical values and in
their own size: draws differ, and more where the law is wrong."""
MASKS = ("example_masks", "sample_dropout")
"""What ranks draw."""
RULES = ("zeros", "small", "xavier", "xavier_average", "he")


def law_of(finding: Finding, dtype: str) -> Mistake | None:
    """The mistake whose law is nearest to what a failed check found; None
    where none is near."""
    pages = PAGES.get(finding.proof, ())
    rules = {c.name.split(":")[0] for c in finding.wrong}
    nearest: tuple[float, Mistake | None] = math.inf, None
    for mistake in MISTAKES:
        page, function = mistake.at.split(".")
        if page not in pages or (function in RULES and function not in rules):
            continue
        if mistake.is_parallel and not (
            finding.ranks > 1 and function in MASKS
        ):
            continue
        apart = distance(finding, mistake, dtype)
        if apart < nearest[0]:
            nearest = apart, mistake
    return nearest[1]


def distance(finding: Finding, mistake: Mistake, dtype: str) -> float:
    """How far apart two laws are, at most 1 each statistic; inf as soon as
    one is beyond chance, or if nothing of the guest's is wrong in both."""
    wrong = twin(dtype, mistake, ranks=finding.ranks)
    proofs = ladder(ranks=finding.ranks)
    proof = next(p for p in proofs if p.name == finding.proof)
    total, shared = 0.0, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Without strict: the guest may have broken off.
            due = filter(binding, proof.compare(wrong))
            for c, theirs in zip(due, finding.comparisons, strict=False):
                total += apart(theirs, c)
                if c.name != theirs.name or math.isinf(total):
                    return math.inf
                shared = shared or not (theirs.ratio <= 1 or c.ratio <= 1)
    except Exception:
        # It breaks down where the guest does not.
        return math.inf
    return total if shared else math.inf


def apart(a: Comparison, b: Comparison) -> float:
    """How far one statistic is from another, in what chance allows; inf
    beyond 1. What is no statistic: numbers in a quarter of themselves, but
    those of strata, which are drawn too."""
    if a.kind != "law":
        x, y = a.got, b.got
        if a.ratio <= 1 and b.ratio <= 1:
            return 0.0
        if a.name.startswith("strata"):
            return 0.0
        if isinstance(x, float) and isinstance(y, float):
            return within(x, y, 0.0)
        if isinstance(x, int) and isinstance(y, int):
            return within(x, y, 1.0)
        return 0.0 if (a.ratio <= 1) == (b.ratio <= 1) else math.inf
    return within(signed(a), signed(b), CHANCE)


def within(x: float, y: float, room: float) -> float:
    """Their distance, over room and a share of the larger."""
    if x == y:
        return 0.0
    gap = abs(x - y) / (room + SHARE * max(abs(x), abs(y)))
    return gap if gap <= 1 else math.inf


def signed(c: Comparison) -> float:
    """Its ratio, below 0 where less came than was due; NaN is inf."""
    if math.isnan(c.ratio):
        return math.inf
    return math.copysign(c.ratio, c.got - c.expected)


def traits(finding: Finding) -> Iterator[str]:
    """What is true of the draws of a failed check, in words."""
    told: dict[str, list[str]] = {}
    for c in finding.wrong:
        if c.name.endswith(" variance") and c.expected:
            what = f"variance {c.got / c.expected:.3g} of the due one"
            told.setdefault(what, []).append(c.name.removesuffix(" variance"))
        elif c.kind != "law":
            what = f"{reprlib.repr(c.got)}, expected {reprlib.repr(c.expected)}"
            told.setdefault(what, []).append(c.name)
        else:
            told.setdefault("beyond chance", []).append(c.name)
    for what, names in told.items():
        some = "; ".join(names[:MOST])
        more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
        yield f"{some}{more}: {what}"


MOST = 4
"""So many names of statistics are read."""
