"""The split into training, dev and test set.

Symbol      Shape    Meaning
m           scalar   number of examples
fractions   (k,)     share of each part, in (0, 1], adding up to 1
labels      (m,)     class of each example, or None
order       (m,)     a random permutation of the examples

Source: notes, chapter 3: 70/30, 60/20/20 or 98/1/1, every part with the
same distribution.
"""

import numpy as np
from jaxtyping import Int, Shaped
from numpy import ndarray as Array
from numpy.random import Generator as Rng

__all__ = ["part_sizes", "deal", "split"]


def part_sizes(m: int, fractions: tuple[float, ...]) -> list[int]:
    """m_k = round(m (f_1 + ... + f_k)) - round(m (f_1 + ... + f_k-1))
    (3-split)

    Rounding the running sum, halves up, makes the sizes add up to m.
    """
    ends = [int(m * sum(fractions[:k]) + 0.5) for k in range(len(fractions))]
    return [b - a for a, b in zip(ends, [*ends[1:], m], strict=True)]


def deal(sizes: list[int]) -> Int[Array, " m"]:
    """part of each position: member i of part k sits at (i + 1/2) / m_k
    (3-split)

    Any run of neighbours is thus shared out in the proportion of the sizes.
    """
    parts = np.concatenate([np.full((n,), k) for k, n in enumerate(sizes)])
    seats = np.concatenate([(np.arange(n) + 0.5) / n for n in sizes])
    return parts[np.argsort(seats, stable=True)]


def split(
    rng: Rng,
    m: int,
    fractions: tuple[float, ...],
    labels: Shaped[Array, " m"] | None = None,
) -> tuple[Int[Array, " _"], ...]:
    """disjoint random index arrays, one for each fraction, together all m
    (3-split)

    With labels, the examples are dealt class by class, so that each class
    is shared out in the same proportion, give or take two examples.
    """
    order = rng.permutation(m)
    if labels is not None:
        order = order[np.argsort(labels[order], stable=True)]
    sizes = part_sizes(m, fractions)
    part = np.zeros(m, dtype=int)
    part[order] = deal(sizes)
    shuffled = rng.permutation(m)
    by_part = shuffled[np.argsort(part[shuffled], stable=True)]
    return tuple(np.split(by_part, np.cumsum(sizes)[:-1]))
