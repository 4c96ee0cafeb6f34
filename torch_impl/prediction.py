"""The predicted class, and the share of right ones, mirrored from
reference/prediction.py.

Differs from the reference:
- nothing.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Network, Parameters
from torch_impl.network import forward, propagate

__all__ = ["predict", "predict_from_z", "classes", "accuracy"]


def predict(A: Float[Array, "n m"]) -> Bool[Array, "n m"]:
    """the class is 1 if y_hat > 1/2, else 0                  (1.2-predict)"""
    return A > 0.5


def predict_from_z(Z: Float[Array, "n m"]) -> Bool[Array, "n m"]:
    """the class is 1 if Z > 0, as y_hat = sigmoid(Z) > 1/2   (1.2-predict)"""
    return Z > 0


def classes(
    network: Network, parameters: Parameters, X: Float[Array, "n_x m"]
) -> Bool[Array, "n_y m"]:
    """the class of each output: from Z[L] for a sigmoid, else from A[L]
    (1.2-predict)"""
    if network.activations[-1] == "sigmoid":
        return predict_from_z(propagate(network, parameters, X)[0][-1])
    return predict(forward(network, parameters, X)[-1])


def accuracy(
    predicted: Bool[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """share of the examples with every class right           (1.2-predict)"""
    right = torch.all(predicted == (Y > 0.5), dim=0)
    return torch.mean(right, dtype=Y.dtype)
