"""The split into training, dev and test set, mirrored from
reference/splitting.py.

Differs from the reference:
- the permutations come from two keys: same law, other bits;
- without 64-bit types seats are float32, and near ties may fall otherwise.

JAX's own: jax.random.permutation; there is no splitter.
"""

import functools
import itertools

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Rng
from jaxtyping import Int, Shaped

__all__ = ["part_sizes", "deal", "split"]


def part_sizes(m: int, fractions: tuple[float, ...]) -> list[int]:
    """m_k = round(m (f_1 + ... + f_k)) - round(m (f_1 + ... + f_k-1))
    (3-split)"""
    ends = [int(m * sum(fractions[:k]) + 0.5) for k in range(len(fractions))]
    return [b - a for a, b in zip(ends, [*ends[1:], m], strict=True)]


def deal(sizes: list[int]) -> Int[Array, " m"]:
    """part of each position: member i of part k sits at (i + 1/2) / m_k
    (3-split)"""
    parts = jnp.concatenate([jnp.full((n,), k) for k, n in enumerate(sizes)])
    seats = jnp.concatenate([(jnp.arange(n) + 0.5) / n for n in sizes])
    return parts[jnp.argsort(seats, stable=True)]


@functools.partial(jax.jit, static_argnames=("m", "fractions"))
def split(
    rng: Rng,
    m: int,
    fractions: tuple[float, ...],
    labels: Shaped[Array, " m"] | None = None,
) -> tuple[Int[Array, " _"], ...]:
    """disjoint random index arrays, one for each fraction, together all m
    (3-split)"""
    first, second = jax.random.split(rng)
    order = jax.random.permutation(first, m)
    if labels is not None:
        order = order[jnp.argsort(labels[order], stable=True)]
    sizes = part_sizes(m, fractions)
    part = jnp.zeros(m, dtype=int).at[order].set(deal(sizes))
    shuffled = jax.random.permutation(second, m)
    by_part = shuffled[jnp.argsort(part[shuffled], stable=True)]
    return tuple(jnp.split(by_part, list(itertools.accumulate(sizes))[:-1]))
