"""Inverted dropout, mirrored from reference/dropout.py.

Differs from the reference:
- dropout_mask draws from a torch.Generator: same law, other bits;
- the gradient is what autograd makes of dropout.

PyTorch's own: torch.nn.functional.dropout, with p = 1 - keep_prob. It
draws from the global generator, and stays on unless training=False.
"""

import torch
from jaxtyping import Bool, Float
from torch import Generator as Rng
from torch import Tensor as Array
from torch import Tensor as Scalar

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
    """D = (U < keep_prob),  U ~ Uniform[0, 1)                (3.1-dropout)"""
    # Not the default dtype: one seed is to be one mask.
    U = torch.rand(shape, generator=rng, dtype=torch.float32, device=rng.device)
    return check_keep_prob(keep_prob) > U


def dropout(
    A: Float[Array, "n m"], D: Bool[Array, "n m"], keep_prob: float | Scalar
) -> Float[Array, "n m"]:
    """A_drop = A * D / keep_prob                             (3.1-dropout)"""
    return A * D / keep_prob


def dropout_gradient(
    dA_drop: Float[Array, "n m"],
    D: Bool[Array, "n m"],
    keep_prob: float | Scalar,
) -> Float[Array, "n m"]:
    """dA = dA_drop * D / keep_prob                           (3.1-dropout)"""
    # dropout is linear in A: its pullback is the same at any A.
    pullback = torch.func.vjp(lambda A: dropout(A, D, keep_prob), dA_drop)[1]
    return pullback(dA_drop)[0]


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
