"""The split into training, dev and test set, mirrored from
reference/splitting.py.

Differs from the reference:
- the permutations come from a torch.Generator: same law, other bits.

PyTorch's own: torch.utils.data.random_split, without stratification.
"""

import torch
from jaxtyping import Int, Shaped
from torch import Generator as Rng
from torch import Tensor as Array

__all__ = ["part_sizes", "deal", "split"]


def part_sizes(m: int, fractions: tuple[float, ...]) -> list[int]:
    """m_k = round(m (f_1 + ... + f_k)) - round(m (f_1 + ... + f_k-1))
    (3-split)"""
    ends = [int(m * sum(fractions[:k]) + 0.5) for k in range(len(fractions))]
    return [b - a for a, b in zip(ends, [*ends[1:], m], strict=True)]


def deal(sizes: list[int]) -> Int[Array, " m"]:
    """part of each position: member i of part k sits at (i + 1/2) / m_k
    (3-split)"""
    parts = torch.cat([torch.full((n,), k) for k, n in enumerate(sizes)])
    seats = torch.cat(
        [(torch.arange(n, dtype=torch.float64) + 0.5) / n for n in sizes]
    )
    return parts[torch.argsort(seats, stable=True)]


def split(
    rng: Rng,
    m: int,
    fractions: tuple[float, ...],
    labels: Shaped[Array, " m"] | None = None,
) -> tuple[Int[Array, " _"], ...]:
    """disjoint random index arrays, one for each fraction, together all m
    (3-split)"""
    order = torch.randperm(m, generator=rng, device=rng.device)
    if labels is not None:
        order = order[torch.argsort(labels[order], stable=True)]
    sizes = part_sizes(m, fractions)
    part = torch.empty_like(order)
    part[order] = deal(sizes).to(order.device)
    shuffled = torch.randperm(m, generator=rng, device=rng.device)
    by_part = shuffled[torch.argsort(part[shuffled], stable=True)]
    return torch.split(by_part, sizes)
