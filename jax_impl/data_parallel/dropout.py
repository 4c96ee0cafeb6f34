"""Masks that go with their examples, whichever device holds them."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Bool

from jax_impl.data_parallel.sharding import (
    COLUMNS,
    Ranks,
    everywhere,
    jitted,
    shard,
)
from reference.specification import Dropout, Network, check_keep_prob

__all__ = ["shard_dropout", "example_masks", "sample_dropout"]


def shard_dropout(ranks: Ranks, dropout: Dropout | None) -> Dropout | None:
    """D[l] = [D[l]_0 ... D[l]_(R-1)]: a mask goes with its example
    (3.1-dropout)"""
    if dropout is None:
        return None
    parts = [None if D is None else shard(ranks, D) for D in dropout.masks]
    return Dropout(dropout.keep_prob, tuple(parts))


def example_masks(
    seed: int, l: int, n: int, keep_prob: float, first: int, m_r: int
) -> Bool[Array, "n m_r"]:
    """D(i)[l] = (U < keep_prob), U from seed, l and i alone  (3.1-dropout)"""
    return masks_of(layer_key(seed, l), np.arange(first, first + m_r),
                    check_keep_prob(keep_prob), n=n)  # fmt: skip


def sample_dropout(
    ranks: Ranks, seed: int, network: Network, keep_prob: float, m: int
) -> Dropout:
    """D[l] = [D[l]_0 ... D[l]_(R-1)], each drawn by its rank (3.1-dropout)"""
    keep_prob = check_keep_prob(keep_prob)
    i = shard(ranks, jnp.arange(m)[None, :])
    masks = [
        sharded_masks(layer_key(seed, l), i, keep_prob, n=n, ranks=ranks, m=m)
        for l, n in enumerate(network.layer_sizes[1:-1], start=1)
    ]
    return Dropout(keep_prob, tuple(masks))


def layer_key(seed: int, l: int) -> np.ndarray:
    """Of a layer's masks: a seed may be longer than a key."""
    return np.random.SeedSequence([seed, l]).generate_state(2)


@jitted
def masks_of(key: Array, i: Array, keep_prob: Any, n: int) -> Array:
    """A column for each example i, from its own key."""
    layer = jax.random.wrap_key_data(key, impl="threefry2x32")

    def column(i: Array) -> Array:
        # The same in both dtypes.
        return jax.random.uniform(
            jax.random.fold_in(layer, i), (n,), jnp.float32
        )

    return jax.vmap(column, out_axes=1)(i) < keep_prob


@jitted
def sharded_masks(
    key: Array, i: Array, keep_prob: Any, n: int, ranks: Ranks, m: int
) -> Array:
    D = masks_of(key, i[0], keep_prob, n=n)
    D = jax.lax.with_sharding_constraint(D, ranks.at(COLUMNS))
    return everywhere(ranks, D)[:, :m]
