"""Training: the same steps on every device."""

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.data_parallel.dropout import shard_dropout
from jax_impl.data_parallel.sharding import Ranks
from jax_impl.data_parallel.training import Training
from reference.specification import Dropout, Network, Parameters

__all__ = ["train", "train_dropout"]


def train(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float | Scalar,
    steps: int,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)"""
    return Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    ).steps(steps)


def train_dropout(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    dropouts: tuple[Dropout, ...],
    *,
    learning_rate: float | Scalar,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """For each D: W := W - alpha dW,  b := b - alpha db, under the masks D
    (A1.1, 3.1-dropout)"""
    sharded = [shard_dropout(ranks, D) for D in dropouts]
    stacked = stack(*sharded)
    return Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    ).steps(len(dropouts), stacked)


@jax.jit
def stack(*dropouts: Dropout) -> Dropout:
    """One array for the masks of all steps, which a scan goes along."""
    return jax.tree.map(lambda *D: jnp.stack(D), *dropouts)
