"""Masks that go with their examples, whichever rank holds them."""

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor as Array

from reference.specification import Dropout, Network, check_keep_prob
from torch_impl.data_parallel.sharding import Ranks, all_gather, shard, shares

__all__ = ["shard_dropout", "example_masks", "sample_dropout"]


def shard_dropout(ranks: Ranks, dropout: Dropout | None) -> Dropout | None:
    """D[l] = [D[l]_0 ... D[l]_(R-1)]: a mask goes with its example
    (3.1-dropout)"""
    if dropout is None:
        return None
    own = [None if D is None else shard(ranks, D) for D in dropout.masks]
    return Dropout(dropout.keep_prob, tuple(own))


def example_masks(
    seed: int, l: int, n: int, keep_prob: float, first: int, m_r: int
) -> Bool[Array, "n m_r"]:
    """D(i)[l] = (U < keep_prob), U from seed, l and i alone  (3.1-dropout)

    Drawn on the CPU, an example after the other. A torch.Generator cannot
    go on to the rank's first: what the ranks before it draw, it draws too.
    """
    mixed = np.random.SeedSequence([seed, l]).generate_state(1)
    rng = torch.Generator().manual_seed(int(mixed[0]))
    U = torch.rand((first + m_r, n), generator=rng)
    D = U[first:] < check_keep_prob(keep_prob)
    return D.T


def sample_dropout(
    ranks: Ranks, seed: int, network: Network, keep_prob: float, m: int
) -> Dropout:
    """D[l] = [D[l]_0 ... D[l]_(R-1)], each drawn by its rank (3.1-dropout)"""
    masks, m_r = [], shares(m, ranks.size)
    first, own = sum(m_r[: ranks.rank]), m_r[ranks.rank]
    for l, n in enumerate(network.layer_sizes[1:-1], start=1):
        D_r = example_masks(seed, l, n, keep_prob, first, own)
        D_r = D_r.to(ranks.mesh.device_type)
        masks.append(all_gather(ranks, D_r, m))
    return Dropout(keep_prob, tuple(masks))
