"""The notes in PyTorch: the reference's pages, with gradients by autograd."""

from torch_impl import (
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
    tuned,
    vanishing_gradients,
)
from torch_impl.backend import implementation

__all__ = ["implementation"]
