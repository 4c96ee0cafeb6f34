"""The vocabulary of the notes: the names that all implementations share.

Symbol        Shape           Meaning
L             scalar          number of layers; the input is not counted
n[l]          scalar          nodes of layer l; n[0] = n_x features
m             scalar          number of examples
X = A[0]      (n[0], m)       one column per example
Y             (n[L], m)       labels, or targets of a regression
W[l], b[l]    (n[l], n[l-1]), (n[l], 1)
Z[l], A[l]    (n[l], m)       before and after the activation g[l]
D[l]          (n[l], m)       dropout mask, True where a node is kept
lambda        scalar          written l2 in Python, in [0, inf)

Source: notes, sections 1.1 and 2.5. Erratum: section 1.1 prints that X is
(m, n); the matrix that it draws is (n, m), and so is every X here.

Free of any framework and of arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from reference.validation import check_layer_sizes, check_names, check_range

__all__ = [
    "ACTIVATIONS",
    "AUGMENTATIONS",
    "DTYPES",
    "OUTPUTS",
    "RULES",
    "THRESHOLDS",
    "Dropout",
    "Layer",
    "Network",
    "Parameters",
]

ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky_relu")
OUTPUTS = ("sigmoid", "identity", "relu")
"""The output activations that have a cost."""
RULES = ("zeros", "small", "xavier", "xavier_average", "he")
DTYPES = ("float64", "float32")
AUGMENTATIONS = {
    "flip": ("probability", 0.5),
    "desaturate": ("least", 0.0),
    "blur": ("sigma", 1.0),
    "louder": ("most", 2.0),
    "noise": ("scale", 0.05),
    "suppress": ("share", 0.1),
}
"""Three operations on images, three on sounds (3.1-augmentation); each has
one setting, here with its default."""
THRESHOLDS = {"correct": 1e-7, "acceptable": 1e-5, "suspect": 1e-3}
"""The notes' thresholds of the relative difference (3.2.3-check)."""


class Layer(NamedTuple):
    """W[l] and b[l] of one layer, or their gradients dW[l] and db[l]."""

    W: Any
    b: Any


Parameters: TypeAlias = tuple[Layer, ...]


class Dropout(NamedTuple):
    """The masks of one forward and backward pass (3.1-dropout).

    masks[l-1] is D[l], or None where hidden layer l keeps all its nodes;
    keep_prob is one number for all hidden layers, or one for each.
    """

    keep_prob: Any
    masks: tuple[Any, ...]

    def at(self, l: int) -> tuple[Any, Any]:
        """keep_prob and D[l] of hidden layer l = 1 ... L-1."""
        each = isinstance(self.keep_prob, tuple)
        return self.keep_prob[l - 1] if each else self.keep_prob, self.masks[
            l - 1
        ]


@dataclass(frozen=True)
class Network:
    """The shape of a network: n[0] ... n[L] and g[1] ... g[L] (2.5-shapes).

    Raises TypeError or ValueError unless layer_sizes holds at least two
    integers >= 1, activations names one of ACTIVATIONS for each layer but
    the input, and leaky_slope is in [0, 1].
    """

    layer_sizes: tuple[int, ...]
    activations: tuple[str, ...]
    leaky_slope: float = 0.01

    def __post_init__(self) -> None:
        sizes = check_layer_sizes(self.layer_sizes)
        names = check_names("activations", self.activations, ACTIVATIONS)
        if len(names) != len(sizes) - 1:
            raise ValueError(
                f"activations must name one for each of the {len(sizes) - 1} "
                f"layers, got {len(names)}"
            )
        slope = check_range("leaky_slope", self.leaky_slope, most=1)
        object.__setattr__(self, "layer_sizes", sizes)
        object.__setattr__(self, "activations", names)
        object.__setattr__(self, "leaky_slope", slope)

    @property
    def L(self) -> int:
        """The number of layers, the input not counted."""
        return len(self.layer_sizes) - 1

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(n[l], n[l-1]) of W[l], for l = 1 ... L."""
        n = self.layer_sizes
        return tuple((n[l], n[l - 1]) for l in range(1, len(n)))
