"""The split: its facts, and the law of its shuffling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import reference
from parity_tests.comparison import Comparison, compare_exactly, proves
from parity_tests.law import chi2_statistic, correlation, normal_statistic
from reference.specification import Contract

__all__ = ["split", "split_law"]


@proves("3-split")
def split(implementation: Contract) -> Iterator[Comparison]:
    """Disjoint, complete, of the right sizes, seeded; stratified on request."""
    # A prime number of examples, which no fraction divides.
    m, rng = 1009, np.random.default_rng(2)
    labels = (rng.uniform(size=m) < 0.3).astype(int) * 7
    for fractions, classes in (
        ((0.7, 0.3), None),
        ((0.6, 0.2, 0.2), labels),
        ((0.98, 0.01, 0.01), None),
        ((0.98, 0.01, 0.01), labels),
    ):
        stratified = "" if classes is None else ", stratified"
        name = f"m = {m}, {fractions}{stratified}"
        parts = implementation.split(m, fractions, 5, classes)
        again = implementation.split(m, fractions, 5, classes)
        other = implementation.split(m, fractions, 6, classes)
        sizes = reference.splitting.part_sizes(m, fractions)
        yield from split_facts(name, m, sizes, parts, again, other)
        each = 1 if classes is None else len(np.unique(classes))
        yield shares(name, m, fractions, parts, each)
        if classes is not None:
            yield strata(name, classes, sizes, parts)


def split_facts(
    name: str, m: int, sizes: list[int], parts: Any, again: Any, other: Any
) -> Iterator[Comparison]:
    together = np.concatenate(parts).tolist()
    facts = {
        "examples": (len({*together} & {*range(m)}), m),
        "examples that are there twice": (len(together) - len({*together}), 0),
        "sizes": ([len(part) for part in parts], sizes),
        "same seed": (np.concatenate(again).tolist(), together),
        "another seed has other members": (
            set(other[0].tolist()) == set(parts[0].tolist()),
            False,
        ),
        "another seed differs": (
            np.concatenate(other).tolist() == together,
            False,
        ),
        "shuffled": (parts[0].tolist() == sorted(parts[0]), False),
    }
    for fact, (got, due) in facts.items():
        yield compare_exactly("split", f"{fact}, {name}", got, due)


def shares(
    name: str, m: int, fractions: Any, parts: Any, most: int
) -> Comparison:
    """How far a part's size is from its share, in examples: one each time
    that something is rounded."""
    pairs = zip(parts, fractions, strict=True)
    worst = max(abs(len(part) - m * share) for part, share in pairs)
    return Comparison("split", f"shares, {name}", worst / most, worst, "fair",
                      most)  # fmt: skip


def strata(name: str, classes: Any, sizes: list[int], parts: Any) -> Comparison:
    """How far a class's share of a part is from fair, in examples."""
    worst = 0.0
    for k, part in enumerate(parts):
        for label in np.unique(classes):
            fair = np.sum(classes == label) * sizes[k] / len(classes)
            worst = max(worst, abs(np.sum(classes[part] == label) - fair))
    return Comparison("split", f"strata, {name}", worst / 2, worst, "fair", 2)


@proves("3-split")
def split_law(implementation: Contract) -> Iterator[Comparison]:
    """Every example is as likely in every part, and in every place of it."""
    m, seeds, quantity = 100, range(40), "split law"
    for labels in (None, np.arange(m) % 2):
        name = "split" if labels is None else "stratified split"
        parts = [implementation.split(m, (0.6, 0.4), s, labels) for s in seeds]
        member = np.zeros((1, len(seeds), m))
        for i, (_, part) in enumerate(parts):
            member[0, i, part] = 1
        # Exactly 40 of 100 a seed: the counts of an example vary by a
        # hypergeometric law, m / (m - 1) of the binomial one.
        counts = member[0].sum(axis=0)
        n, p = len(seeds), 0.4
        spread = float(np.sum((counts - n * p) ** 2) / (n * p * (1 - p)))
        yield chi2_statistic(quantity, f"{name}: members", spread, m - 1)
        r = correlation(member[0, 1:], member[0, :-1])
        yield normal_statistic(quantity, f"{name}: seed to seed", r)
        for k in (0, 1):
            order = np.stack([part[k] for part in parts]).astype(float)
            places = np.broadcast_to(np.arange(order.shape[1]), order.shape)
            # Both halves: each has to be shuffled.
            for half in np.array_split(np.arange(order.shape[1]), 2):
                z = correlation(order[:, half], places[:, half])
                where = f"{name}: order in part {k + 1}, from {half[0]}"
                yield normal_statistic(quantity, where, z)
