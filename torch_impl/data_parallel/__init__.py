"""Data parallelism by PyTorch's own engines: DDP, and FSDP2.

One process is one rank. All of them call each function here with the same
arguments, and get the same result; each computes its own columns of X and
Y. DistributedDataParallel keeps all parameters on every rank; fully_shard
keeps of each a share of its rows, and gathers a layer when it is due.

Both take the mean of the ranks' gradients, and the notes that over the m
examples: a rank gives R/m times the sum of its losses, and unequal shares
or none are right then. The penalty is the optimizer's weight decay, which
is not summed over the ranks. J is told by the losses' own sum.
"""

from torch_impl.data_parallel.backpropagation import gradients
from torch_impl.data_parallel.dropout import (
    example_masks,
    sample_dropout,
    shard_dropout,
)
from torch_impl.data_parallel.early_stopping import train_early_stopping
from torch_impl.data_parallel.gradient_descent import train, train_dropout
from torch_impl.data_parallel.network import cost, forward
from torch_impl.data_parallel.normalization import fit_normalization
from torch_impl.data_parallel.prediction import accuracy
from torch_impl.data_parallel.sharding import (
    Ranks,
    all_gather,
    all_reduce,
    shard,
    shares,
)
from torch_impl.data_parallel.training import Training

__all__ = [
    "Ranks",
    "shares",
    "shard",
    "all_reduce",
    "all_gather",
    "Training",
    "shard_dropout",
    "example_masks",
    "sample_dropout",
    "forward",
    "cost",
    "gradients",
    "train",
    "train_dropout",
    "train_early_stopping",
    "fit_normalization",
    "accuracy",
]
