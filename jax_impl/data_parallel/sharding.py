"""The devices, and what of an array is where.

A sharded array has shares of one size, so that the examples are filled up
with columns that count for nothing, and so are the rows of W[l] and b[l]
where the weights are sharded too: a layer narrower than the mesh is one row
a device, and nothing on the others.
"""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Shaped

from reference.specification import Layer, Network, Parameters

COLUMNS, ROWS = PartitionSpec(None, "ranks"), PartitionSpec("ranks", None)
EVERYWHERE = PartitionSpec()

__all__ = [
    "Ranks",
    "jitted",
    "shares",
    "shard",
    "shard_weights",
    "placed",
    "own_rows",
    "examples",
    "everywhere",
]


class Ranks(NamedTuple):
    """The devices, in one line, and whether the weights are sharded too."""

    mesh: Mesh
    weights: bool

    @property
    def size(self) -> int:
        """R."""
        return self.mesh.size

    def at(self, spec: PartitionSpec) -> NamedSharding:
        """What of an array is where."""
        return NamedSharding(self.mesh, spec)


def jitted(function: Callable[..., Any]) -> Any:
    """jax.jit, compiled for each network, mesh and size."""
    static = {"ranks", "network", "m", "steps", "n"}
    takes = inspect.signature(function).parameters
    return jax.jit(function, static_argnames=tuple(static & set(takes)))


def shares(m: int, R: int) -> tuple[int, ...]:
    """m_r = ceil(m / R), as long as there are examples"""
    most = -(-m // R)
    return tuple(max(0, min(most, m - r * most)) for r in range(R))


def shard(ranks: Ranks, X: Shaped[Array, "n m"]) -> Array:
    """X = [X_0 ... X_(R-1)]

    Of the size R ceil(m / R), with columns of 0 behind the last example.
    """
    m = X.shape[1]
    behind = ranks.size * shares(m, ranks.size)[0] - m
    return placed(ranks, np.pad(X, ((0, 0), (0, behind))), COLUMNS)


def shard_weights(ranks: Ranks, parameters: Parameters) -> Parameters:
    """W[l] and b[l], whole on each device, or a share of their rows."""
    if not ranks.weights:
        return jax.tree.map(lambda p: placed(ranks, p, EVERYWHERE), parameters)
    return jax.tree.map(
        lambda p: placed(ranks, np.pad(p, ((0, -len(p) % ranks.size), (0, 0))),
                         ROWS),
        parameters,
    )  # fmt: skip


def placed(ranks: Ranks, array: np.ndarray, spec: PartitionSpec) -> Array:
    """The array, of which each process gives its devices what is theirs."""
    return jax.make_array_from_callback(
        array.shape, ranks.at(spec), lambda index: np.array(array[index])
    )


def own_rows(network: Network, parameters: Parameters) -> Parameters:
    """The parameters without the rows that fill their shares up."""
    return tuple(
        Layer(W[:n], b[:n])
        for (W, b), n in zip(parameters, network.layer_sizes[1:], strict=True)
    )


def examples(X: Array, m: int | Array) -> Array:
    """Which columns are examples, (1, columns)."""
    return jnp.arange(X.shape[1])[None, :] < m


def everywhere(ranks: Ranks, value: Any) -> Any:
    """The same, whole on every device, from where a process can read it."""
    return jax.lax.with_sharding_constraint(value, ranks.at(EVERYWHERE))
