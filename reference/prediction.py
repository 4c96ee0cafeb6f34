"""The predicted class, and the share of right ones.

Symbol   Shape      Meaning
A        (n_L, m)   output of the network, the notes' y_hat, in [0, 1]
Y        (n_L, m)   labels 0 and 1

Source: notes, section 1.2. The notes leave the tie y_hat = 1/2 open; here
it is class 0.
"""

import numpy as np
from jaxtyping import Bool, Float
from numpy import floating as Scalar
from numpy import ndarray as Array

__all__ = ["predict", "accuracy"]


def predict(A: Float[Array, "n m"]) -> Bool[Array, "n m"]:
    """the class is 1 if y_hat > 1/2, else 0                  (1.2-predict)

    Never by rounding: round(0.5) is 0 and round(1.5) is 2.
    """
    return A > 0.5


def accuracy(
    A: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """share of the examples with every class right           (1.2-predict)"""
    right = np.all(predict(A) == (Y > 0.5), axis=0)
    return np.mean(right, dtype=A.dtype)
