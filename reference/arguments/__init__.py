"""What bad input gets, where it takes the network to tell.

W[l], b[l], Y and the masks have to fit the network; the error names the
layer. Each check returns the argument as new arrays of the right dtype.
"""

from reference.arguments.networks import (
    check_dev,
    check_epsilon,
    check_labels,
    check_network,
    check_neuron,
    check_parameters,
    check_theta,
)
from reference.arguments.regularization import (
    check_augmentation,
    check_candidates,
    check_classes,
    check_dropout,
    check_dropouts,
)

__all__ = [
    "check_network",
    "check_parameters",
    "check_neuron",
    "check_labels",
    "check_dev",
    "check_theta",
    "check_epsilon",
    "check_classes",
    "check_candidates",
    "check_dropout",
    "check_dropouts",
    "check_augmentation",
]
