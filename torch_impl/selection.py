"""Hyperparameters chosen on the dev set, mirrored from
reference/selection.py.

Differs from the reference:
- nothing.
"""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from torch_impl.prediction import accuracy, predict

__all__ = ["dev_error", "select"]


def dev_error(
    A: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """share of the dev examples with a wrong class       (3-dev-selection)"""
    return 1 - accuracy(predict(A), Y)


def select(errors: Float[Array, " k"], costs: Float[Array, " k"]) -> int:
    """the candidate of least dev error; of those, of least dev cost; of
    those, the first                                      (3-dev-selection)"""
    least = torch.where(errors == torch.min(errors), costs, torch.inf)
    return int(torch.argmin(least))
