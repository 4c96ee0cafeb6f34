"""Data parallelism by JAX's own sharding: a mesh of devices, and jit.

The arrays say where they are, and the program stays what it is: the compiler
puts the sums over ranks in. The devices may be of one process, or of many
that jax.distributed has joined; each process calls each function here with
the same arguments, hands its devices their columns of X and Y, and gets the
same result.
"""

from jax_impl.data_parallel.backpropagation import gradients
from jax_impl.data_parallel.dropout import (
    example_masks,
    sample_dropout,
    shard_dropout,
)
from jax_impl.data_parallel.early_stopping import train_early_stopping
from jax_impl.data_parallel.gradient_descent import train, train_dropout
from jax_impl.data_parallel.network import cost, forward
from jax_impl.data_parallel.normalization import fit_normalization
from jax_impl.data_parallel.prediction import accuracy
from jax_impl.data_parallel.sharding import Ranks, shard, shares
from jax_impl.data_parallel.training import Training

__all__ = [
    "Ranks",
    "shares",
    "shard",
    "shard_dropout",
    "example_masks",
    "sample_dropout",
    "forward",
    "cost",
    "gradients",
    "Training",
    "train",
    "train_dropout",
    "train_early_stopping",
    "fit_normalization",
    "accuracy",
]
