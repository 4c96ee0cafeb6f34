"""Inverted dropout.

Symbol      Shape    Meaning
A           (n, m)   activations of one hidden layer, one column per example
D           (n, m)   mask, True where a node is kept
keep_prob   scalar   probability that a node is kept, in (0, 1]

Source: notes, section 3.1; Srivastava et al., JMLR 15 (2014) 1929. The
output layer is never dropped, and no layer is when predicting.
"""

from jaxtyping import Bool, Float
from numpy import floating as Scalar
from numpy import ndarray as Array
from numpy.random import Generator as Rng

from reference.specification import Dropout, Network, check_keep_prob

__all__ = [
    "dropout_mask",
    "dropout",
    "dropout_gradient",
    "layer_dropout",
    "layer_dropout_gradient",
    "sample_dropout",
]


def dropout_mask(
    rng: Rng, shape: tuple[int, int], keep_prob: float
) -> Bool[Array, "n m"]:
    """D = (U < keep_prob),  U ~ Uniform[0, 1)                (3.1-dropout)

    Draw one mask per layer and training step; the backward pass reuses it.
    Raises ValueError unless keep_prob is in (0, 1].
    """
    return rng.random(shape) < check_keep_prob(keep_prob)


def dropout(
    A: Float[Array, "n m"], D: Bool[Array, "n m"], keep_prob: float | Scalar
) -> Float[Array, "n m"]:
    """A_drop = A * D / keep_prob                             (3.1-dropout)

    Dividing keeps the mean of A over masks, so the trained network is used
    without dropout and without rescaling.
    """
    return A * D / keep_prob


def dropout_gradient(
    dA_drop: Float[Array, "n m"],
    D: Bool[Array, "n m"],
    keep_prob: float | Scalar,
) -> Float[Array, "n m"]:
    """dA = dA_drop * D / keep_prob                           (3.1-dropout)"""
    return dA_drop * D / keep_prob


def layer_dropout(
    A: Float[Array, "n m"], l: int, masks: Dropout | None
) -> Float[Array, "n m"]:
    """A[l] * D[l] / keep_prob where layer l has a mask       (3.1-dropout)"""
    keep_prob, D = masks.at(l) if masks else (1, None)
    return A if D is None else dropout(A, D, keep_prob)


def layer_dropout_gradient(
    dA_drop: Float[Array, "n m"], l: int, masks: Dropout | None
) -> Float[Array, "n m"]:
    """dA[l] * D[l] / keep_prob where layer l has a mask      (3.1-dropout)"""
    keep_prob, D = masks.at(l) if masks else (1, None)
    return dA_drop if D is None else dropout_gradient(dA_drop, D, keep_prob)


def sample_dropout(
    rng: Rng, network: Network, keep_prob: float, m: int
) -> Dropout:
    """D[l] for l = 1 ... L-1, drawn independently            (3.1-dropout)"""
    hidden = network.layer_sizes[1:-1]
    masks = tuple(dropout_mask(rng, (n, m), keep_prob) for n in hidden)
    return Dropout(keep_prob, masks)
