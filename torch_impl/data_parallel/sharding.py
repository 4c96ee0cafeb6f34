"""The rank that this process is, its columns, and what it tells the others."""

from typing import NamedTuple

import torch
import torch.distributed as dist
from jaxtyping import Shaped
from torch import Tensor as Array
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.tensor import DTensor, Shard

__all__ = [
    "Ranks",
    "shares",
    "shard",
    "all_reduce",
    "all_gather",
    "part",
    "whole",
]


class Ranks(NamedTuple):
    """The ranks, of which this process is one, and the engine's name."""

    mesh: DeviceMesh
    engine: str

    @property
    def size(self) -> int:
        """R."""
        return self.mesh.size()

    @property
    def rank(self) -> int:
        """r, of this process."""
        return self.mesh.get_local_rank()


def shares(m: int, R: int) -> tuple[int, ...]:
    """m_r = ceil(m / R), as long as there are examples"""
    most = -(-m // R)
    return tuple(max(0, min(most, m - r * most)) for r in range(R))


def shard(ranks: Ranks, X: Shaped[Array, "n m"]) -> Array:
    """X = [X_0 ... X_(R-1)]"""
    return X.split(shares(X.shape[1], ranks.size), dim=1)[ranks.rank]


def all_reduce(ranks: Ranks, part: Array) -> Array:
    """sum_r part_r"""
    total = part.detach().clone()
    dist.all_reduce(total, group=ranks.mesh.get_group())
    return total


def all_gather(ranks: Ranks, part: Array, m: int) -> Shaped[Array, "n m"]:
    """[part_0 ... part_(R-1)]"""
    n = len(part)
    return DTensor.from_local(
        part.detach().contiguous(), ranks.mesh, [Shard(1)],
        shape=torch.Size((n, m)), stride=(m, 1),
    ).full_tensor()  # fmt: skip


def part(p: Array) -> Array:
    """What of it this rank holds."""
    return p.to_local() if isinstance(p, DTensor) else p


def whole(p: Array | None) -> Array:
    """All of it."""
    assert p is not None, "a gradient is there after backward()"
    return (p.full_tensor() if isinstance(p, DTensor) else p).detach().clone()
