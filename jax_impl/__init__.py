"""The notes in JAX: the reference's pages, with grad, jit and explicit keys."""

from jax_impl import (
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
from jax_impl.backend import implementation

__all__ = ["implementation"]
