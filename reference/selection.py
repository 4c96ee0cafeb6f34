"""Hyperparameters chosen on the dev set; the test set is used once.

Symbol     Shape          Meaning
A, Y       (n_L, m_dev)   outputs and labels of the dev set
errors     (k,)           dev error of each candidate, in [0, 1]
costs      (k,)           dev cost of each candidate, without a penalty

Source: notes, chapter 3.
"""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.prediction import accuracy, predict

__all__ = ["dev_error", "select"]


def dev_error(
    A: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """share of the dev examples with a wrong class       (3-dev-selection)"""
    return 1 - accuracy(predict(A), Y)


def select(errors: Float[Array, " k"], costs: Float[Array, " k"]) -> int:
    """the candidate of least dev error; of those, of least dev cost; of
    those, the first                                      (3-dev-selection)

    A dev set of a hundred examples has many ties: the cost breaks them.
    """
    least = np.where(errors == np.min(errors), costs, np.inf)
    return int(np.argmin(least))
