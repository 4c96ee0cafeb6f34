"""The notes in NumPy, by hand: one function for each equation."""

from reference.specification import Dropout, Layer, Network, Parameters

from reference import (  # isort: skip
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
from reference.backend import implementation

__all__ = ["Dropout", "Layer", "Network", "Parameters", "implementation"]
