"""The notes in JAX: the reference's pages, with grad, jit and explicit keys."""

from jax_impl import (
    activations,
    augmentation,
    backpropagation,
    convexity,
    data_parallel,
    dropout,
    early_stopping,
    flattening,
    gradient_checking,
    gradient_descent,
    idiomatic,
    initialization,
    linear_collapse,
    logistic_regression,
    losses,
    network,
    normalization,
    one_example,
    prediction,
    price_model,
    regularization,
    selection,
    splitting,
    steepest_ascent,
    vanishing_gradients,
)
from jax_impl.backend import implementation

__all__ = ["implementation"]
