"""The predicted class, and the share of right ones.

Symbol   Shape      Meaning
A        (n_L, m)   output of the network, the notes' y_hat, in [0, 1]
Z        (n_L, m)   what a sigmoid output is computed from
Y        (n_L, m)   labels 0 and 1

Source: notes, section 1.2. The notes leave the tie y_hat = 1/2, Z = 0 open;
here it is class 0.
"""

import numpy as np
from jaxtyping import Bool, Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.network import forward, propagate
from reference.specification import Network, Parameters

__all__ = ["predict", "predict_from_z", "classes", "accuracy"]


def predict(A: Float[Array, "n m"]) -> Bool[Array, "n m"]:
    """the class is 1 if y_hat > 1/2, else 0                  (1.2-predict)

    Never by rounding: round(0.5) is 0 and round(1.5) is 2.
    """
    return A > 0.5


def predict_from_z(Z: Float[Array, "n m"]) -> Bool[Array, "n m"]:
    """the class is 1 if Z > 0, as y_hat = sigmoid(Z) > 1/2   (1.2-predict)

    Without sigmoid's rounding: to it every |Z| below u is exactly 1/2.
    """
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
    right = np.all(predicted == (Y > 0.5), axis=0)
    return np.mean(right, dtype=Y.dtype)
