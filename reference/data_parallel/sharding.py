"""The ranks, which example is whose, and what they say to each other."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Shaped
from numpy import ndarray as Array

__all__ = ["Ranks", "shares", "shard", "all_reduce", "all_gather"]


class Ranks(NamedTuple):
    """R ranks, which here take turns."""

    size: int


def shares(m: int, R: int) -> tuple[int, ...]:
    """m_r = ceil(m / R), as long as there are examples

    The last may get less, or none, as by PyTorch's chunk and JAX's padding:
    so no library's gather has to be told how many there are.
    """
    most = -(-m // R)
    return tuple(max(0, min(most, m - r * most)) for r in range(R))


def shard(ranks: Ranks, X: Shaped[Array, "n m"]) -> list[Array]:
    """X = [X_0 ... X_(R-1)]"""
    ends = np.cumsum(shares(X.shape[1], ranks.size))[:-1]
    return np.split(X, ends, axis=1)


def all_reduce(parts: list[Any]) -> Any:
    """sum_r part_r"""
    return sum(parts[1:], start=parts[0])


def all_gather(parts: list[Array]) -> Shaped[Array, "n m"]:
    """[part_0 ... part_(R-1)]"""
    return np.concatenate(parts, axis=1)
