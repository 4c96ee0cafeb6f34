"""The notes in PyTorch: the reference's pages, with gradients by autograd."""

from torch_impl import (
    activations,
    backpropagation,
    dropout,
    gradient_descent,
    idiomatic,
    initialization,
    losses,
    network,
    normalization,
    prediction,
    regularization,
    splitting,
)
from torch_impl.backend import implementation

__all__ = ["implementation"]
