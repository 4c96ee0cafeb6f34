"""Which digits of a gradient are right: gradient checking to be trusted.

The notes' relative difference judges the whole vector, by differences of J
that lose a third of its digits and more: a layer with a small gradient may
be zero, or of the other sign, unnoticed. Here every entry of a claim is held
against its exact slope and the bar that rounding error analysis derives,

    |claim - slope| <= bar

and each W[l] and b[l] as a whole against what rounding really does; see
evidence.py. Only the bars come from the reference's equations, and never
the slope. Where the entries are too many for that, each W[l] and b[l] is
moved along one random direction instead, and the two slopes along it are
compared: a few passes, which see a layer that is wrong, and may miss an
entry.

Digits: -log10 of the error over the slope, in the norm of each W[l] and
b[l], what is not known of the slope included; and the least of these. A
layer whose slope is 0 throughout has none to lose.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reference.evidence import NEAR, Evidence, Yardstick, norm
from reference.vocabulary import THRESHOLDS, Parameters

__all__ = ["Entry", "GradientCheck", "judge"]

ENOUGH = -float(np.log10(NEAR))
"""Digits with which an error of 1 % shows: fewer are no verdict."""


class Entry(NamedTuple):
    """One entry of the gradient, or its slope along one random direction.

    at is its place in dW[l] or db[l]; () stands for the direction, or for
    all of dW[l] or db[l] in norm.
    """

    name: str
    at: tuple[int, ...]
    claimed: float
    expected: float
    bound: float
    ratio: float


class GradientCheck(NamedTuple):
    """What a gradient check found.

    relative_difference  the notes', to two-sided differences of J
    verdict              "correct": every entry is within its bound, and two
                         digits of each layer are certain;
                         "kink": so it is, but a ReLU's kink lies within
                         epsilon, or another convention was taken at one: no
                         bug, and the relative difference says nothing;
                         "undecided": within bounds that leave fewer digits;
                         "wrong": beyond what rounding can do, or does
    digits               that are certain in every W[l] and b[l]
    worst                the entry with the largest error over its bound
    """

    relative_difference: float
    verdict: str
    digits: float
    worst: Entry


def judge(evidence: Evidence, claim: Parameters) -> GradientCheck:
    """The verdict on a claimed gradient."""
    arrays = [np.asarray(a, np.float64) for layer in claim for a in layer]
    slopes = evidence.yardsticks
    numerical = [s.numerical.ravel() for s in slopes]
    claimed = [s.of(a).ravel() for s, a in zip(slopes, arrays, strict=True)]
    difference = evidence.relative_difference(
        np.concatenate(numerical), np.nan_to_num(np.concatenate(claimed))
    )
    worst, digits = worst_entry(slopes, arrays), certain(slopes, arrays)
    if worst.ratio <= 1 and digits >= ENOUGH:
        far = difference >= THRESHOLDS["acceptable"]
        verdict = "kink" if far and evidence.near_kink() else "correct"
        return GradientCheck(difference, verdict, digits, worst)
    others = evidence.conventions()
    for other in others:
        if worst_entry(other, arrays).ratio <= 1:
            digits = certain(other, arrays)
            if digits >= ENOUGH:
                return GradientCheck(difference, "kink", digits, worst)
    if worst.ratio <= 1:
        layer = unlikely(slopes, others, arrays)
        if not layer.ratio > 1:
            return GradientCheck(difference, "undecided", digits, worst)
        worst = layer
    return GradientCheck(difference, "wrong", digits, worst)


def worst_entry(slopes: list[Yardstick], arrays: list[np.ndarray]) -> Entry:
    """The entry with the largest error over its bar."""
    return max(map(worst_in, slopes, arrays), key=lambda entry: entry.ratio)


def worst_in(s: Yardstick, array: np.ndarray) -> Entry:
    """That of one W[l] or b[l]; a claim that is not finite counts as inf."""
    claimed = s.of(array)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.abs(claimed - s.exact)
        ratios = np.where(error == 0, 0, error / s.bar)
    # What overflows in J itself says nothing of the claim.
    ratios = np.where(np.isfinite(s.exact), ratios, 0)
    ratios = np.where(np.isfinite(claimed), ratios, np.inf)
    at = np.unravel_index(np.argmax(ratios), ratios.shape)
    return Entry(
        s.name,
        () if s.direction is not None else tuple(int(i) for i in at),
        *(float(a[at]) for a in (claimed, s.exact, s.bar, ratios)),
    )


def certain(slopes: list[Yardstick], arrays: list[np.ndarray]) -> float:
    """The digits that are right in every W[l] and b[l], in norm."""
    return min(map(digits_of, slopes, arrays))


def digits_of(s: Yardstick, array: np.ndarray) -> float:
    """-log10 of the error over the slope, what is unknown of it included."""
    size = norm(s.exact)
    error = norm(s.of(array) - s.exact) + s.unknown
    if size == 0:
        return float("inf")
    if not np.isfinite(error / size):
        return 0.0
    return float(max(0.0, -np.log10(max(error / size, 1e-300))))


def unlikely(
    slopes: list[Yardstick],
    others: list[list[Yardstick]],
    arrays: list[np.ndarray],
) -> Entry:
    """The W[l] or b[l] furthest beyond what rounding does, in norm.

    Rounding decides where a Z is all but at a kink: as much as the other
    conventions there differ is likely too.
    """
    entries = []
    for s, array, *same in zip(slopes, arrays, *others, strict=True):
        flipped = max((norm(o.exact - s.exact) for o in same), default=0.0)
        bound = s.unknown + s.likely + 2 * flipped
        error = norm(s.of(array) - s.exact)
        sure = digits_of(s, array) >= ENOUGH or not np.isfinite(error)
        entries.append(
            Entry(s.name, (), norm(s.of(array)), norm(s.exact), bound,
                  0.0 if sure or error <= bound else
                  error / bound if bound else np.inf)
        )  # fmt: skip
    return max(entries, key=lambda entry: entry.ratio)
