"""Data parallelism: R ranks share the examples, and compute as one.

Symbol      Shape        Meaning
R           scalar       number of ranks, >= 1: processes or devices
m_r         scalar       examples of rank r, their sum is m; 0 is allowed
X_r, Y_r    (n, m_r)     the columns of X and Y that rank r holds
part        any          what one rank has computed from its examples
seed, l, i  scalars      a mask's seed, its layer, its example

Source: the notes' own equations, each with its sum over the examples taken
rank by rank. Here the ranks take turns in one process; in the mirrors they
are processes or devices, and all_reduce and all_gather what they say to
each other. Nothing may depend on R but the order of rounding: m is that of
all ranks together, the penalty has no examples and counts once, and a
rank without an example adds nothing, where a mean of its own would be 0/0.
"""

from reference.data_parallel.backpropagation import gradient_share, gradients
from reference.data_parallel.dropout import (
    example_masks,
    sample_dropout,
    shard_dropout,
)
from reference.data_parallel.early_stopping import train_early_stopping
from reference.data_parallel.gradient_descent import step, train, train_dropout
from reference.data_parallel.network import cost, cost_share, forward
from reference.data_parallel.normalization import fit_normalization
from reference.data_parallel.prediction import accuracy
from reference.data_parallel.sharding import (
    Ranks,
    all_gather,
    all_reduce,
    shard,
    shares,
)

__all__ = [
    "Ranks",
    "shares",
    "shard",
    "all_reduce",
    "all_gather",
    "shard_dropout",
    "example_masks",
    "sample_dropout",
    "forward",
    "cost_share",
    "cost",
    "gradient_share",
    "gradients",
    "step",
    "train",
    "train_dropout",
    "train_early_stopping",
    "fit_normalization",
    "accuracy",
]
