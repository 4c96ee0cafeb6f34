"""The notes in NumPy, by hand: one function for each equation."""

from reference.specification import Dropout, Layer, Network, Parameters

from reference import (  # isort: skip
    activations,
    backpropagation,
    dropout,
    gradient_descent,
    initialization,
    losses,
    network,
    normalization,
    prediction,
    regularization,
    splitting,
)
from reference.backend import implementation

__all__ = ["Dropout", "Layer", "Network", "Parameters", "implementation"]
