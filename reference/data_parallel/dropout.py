"""Masks that go with their examples, whichever rank holds them."""

from typing import Any

import numpy as np
from jaxtyping import Bool
from numpy import ndarray as Array

from reference.data_parallel.sharding import Ranks, all_gather, shard, shares
from reference.specification import Dropout, Network, check_keep_prob

__all__ = ["shard_dropout", "example_masks", "sample_dropout"]


def shard_dropout(ranks: Ranks, dropout: Dropout | None) -> list[Any]:
    """D[l] = [D[l]_0 ... D[l]_(R-1)]: a mask goes with its example
    (3.1-dropout)"""
    if dropout is None:
        return [None] * ranks.size
    layers = [
        [None] * ranks.size if D is None else shard(ranks, D)
        for D in dropout.masks
    ]
    masks = zip(*layers, strict=True) if layers else [()] * ranks.size
    return [Dropout(dropout.keep_prob, D) for D in masks]


def example_masks(
    seed: int, l: int, n: int, keep_prob: float, first: int, m_r: int
) -> Bool[Array, "n m_r"]:
    """D(i)[l] = (U < keep_prob), U from seed, l and i alone  (3.1-dropout)

    One stream a layer, of which example i has the draws i n ... i n + n - 1,
    whoever holds it: a rank goes on to its first, and draws no other's.
    """
    stream = np.random.PCG64(np.random.SeedSequence([seed, l]))
    rng = np.random.Generator(stream.advance(first * n))
    D = rng.random((m_r, n)) < check_keep_prob(keep_prob)
    return D.T


def sample_dropout(
    ranks: Ranks, seed: int, network: Network, keep_prob: float, m: int
) -> Dropout:
    """D[l] = [D[l]_0 ... D[l]_(R-1)], each drawn by its rank (3.1-dropout)"""
    masks, m_r = [], shares(m, ranks.size)
    first = [sum(m_r[:r]) for r in range(ranks.size)]
    for l, n in enumerate(network.layer_sizes[1:-1], start=1):
        parts = [
            example_masks(seed, l, n, keep_prob, *r)
            for r in zip(first, m_r, strict=True)
        ]
        masks.append(all_gather(parts))
    return Dropout(keep_prob, tuple(masks))
