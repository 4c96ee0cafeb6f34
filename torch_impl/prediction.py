"""The predicted class, and the share of right ones, mirrored from
reference/prediction.py.

Differs from the reference:
- nothing.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor as Array
from torch import Tensor as Scalar

__all__ = ["predict", "accuracy"]


def predict(A: Float[Array, "n m"]) -> Bool[Array, "n m"]:
    """the class is 1 if y_hat > 1/2, else 0                  (1.2-predict)"""
    return A > 0.5


def accuracy(
    A: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """share of the examples with every class right           (1.2-predict)"""
    right = torch.all(predict(A) == (Y > 0.5), dim=0)
    return torch.mean(right, dtype=A.dtype)
